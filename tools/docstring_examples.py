"""For `make docs`: the section `Example:` of a docstring is shown as code, which mkdocstrings does
for `Examples:` alone.
"""

import re

import griffe

HEADING = re.compile(r"^( *)Example:( .+)?$", re.MULTILINE)


class DocstringExamples(griffe.Extension):
    """Renames the section before it is parsed; an extension of griffe, named in `mkdocs.yml`."""

    def on_object(self, *, obj, **kwargs):
        """Of every module, class and function that griffe has read."""
        if obj.docstring:
            obj.docstring.value = HEADING.sub(r"\1Examples:\2", obj.docstring.value)
