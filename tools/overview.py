"""Writes the tables of `docs/overview.md` anew, of what each file's docstring says first: `python
tools/overview.py`.
"""

import ast
import pathlib

ROOT = pathlib.Path(__file__).parents[1]
PAGE = ROOT / "docs" / "overview.md"
MARK = "<!-- From here on written by tools/overview.py: change the docstrings instead. -->"
TREES = ("faceaging_tf", "zoo", "tools")


def overview() -> str:
    """The page as it should be: its head by hand, then a table of the files for each folder."""
    head = PAGE.read_text(encoding="utf-8").partition(MARK)[0]
    return "\n\n".join([head + MARK, *(part for tree in TREES for part in _sections(tree))]) + "\n"


def _sections(tree):
    """The headings, sentences and tables of a folder and of those below it."""
    for folder in sorted({path.parent for path in (ROOT / tree).rglob("*.py")}):
        files = [path for path in sorted(folder.glob("*.py")) if path.name != "__init__.py"]
        # A folder of one file, as an entry is, is a row of the folder above.
        alone = [path for path in sorted(folder.glob("*/__init__.py")) if _is_alone(path.parent)]
        if _is_alone(folder) or not files + alone:
            continue
        yield f"{'##' if folder == ROOT / tree else '###'} `{folder.relative_to(ROOT).as_posix()}/`"
        if (folder / "__init__.py").is_file():
            yield _first(folder / "__init__.py")
        rows = [f"| `{path.name}` | {_first(path)} |" for path in files]
        rows += [f"| `{path.parent.name}/` | {_first(path)} |" for path in alone]
        yield "\n".join(["| file | what is in it |", "|---|---|", *rows])


def _is_alone(folder):
    """Whether a folder has an `__init__.py` and no other Python file, nor one below it."""
    return [path.name for path in folder.rglob("*.py")] == ["__init__.py"]


def _first(path):
    """The first paragraph of a file's docstring, on one line."""
    said = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return " ".join(said.partition("\n\n")[0].split())


if __name__ == "__main__":
    PAGE.write_text(overview(), encoding="utf-8")
    print(PAGE)
