"""What all readers share: a base for layouts that say everything in a picture's name, and the rows
for what a layout makes no sense of.
"""

import posixpath
import re

from faceaging_tf.data.readers.labels import is_picture, plausible
from faceaging_tf.data.readers.source import Source

NO_PICTURE = "is no picture by its name"
NO_LABEL = "no label names it"


class Reader:
    """A public layout of a dataset.

    A subclass gives the three names below and `count` and `read`; see `NameReader` and
    `table.LabelledPictures` for the two usual kinds.

    Attributes:
        name: what the layout is called, at the command line and in the column `source`.
        looks_like: a few words for errors and documentation: by what the layout is known.
        kind: "labels" where the labels are files of their own, "names" where the names of pictures
            say everything, "folders" where folders do. Where several layouts match, they win in
            this order.
    """

    name = ""
    looks_like = ""
    kind = "names"

    def count(self, tree):
        """How many files (pictures, or label files for the kind "labels") of the tree are named as
        in this layout.
        """
        raise NotImplementedError

    def recognises(self, tree):
        """Whether the tree looks like this layout, by its names and at most the first line of a
        label file.
        """
        return self.count(tree) > 0

    def read(self, tree):
        """Iterates over `Source`s: every picture of the tree once, and a row with a problem for
        whatever else lies there.

        Args:
            tree: a `Tree`.

        Raises:
            ReaderError: a label file that can't be read.
        """
        raise NotImplementedError

    def problem(self, file, clause):
        """The `Source` of a file that can't be used, for the reason in the clause."""
        return Source(file, None, None, source=self.name, problem=clause)

    def stray(self, file):
        """The `Source` of a file that the layout does not know."""
        return self.problem(file, NO_LABEL if is_picture(file) else NO_PICTURE)


class NameReader(Reader):
    """A layout that says everything in the name of a picture.

    Attributes:
        pattern: the name without folders and extension, whole.
        companions: extensions, in small letters, of files that belong to the layout and are neither
            pictures nor labels that are needed.
    """

    pattern = re.compile("")
    companions: frozenset[str] = frozenset()

    def count(self, tree):
        return sum(is_picture(file) and self.match(file) is not None for file in tree.files())

    def recognises(self, tree):
        """Whether at least half of the tree's pictures are named as in this layout."""
        count = self.count(tree)
        return count > 0 and 2 * count >= sum(map(is_picture, tree.files()))

    def match(self, file):
        """The match of the pattern with a file's name, or None."""
        return self.pattern.fullmatch(posixpath.splitext(posixpath.basename(file))[0])

    def labels(self, match):
        """What a name says, as arguments of `Source`: "age" in years, and any of "sex", "person",
        "split" and "attributes".
        """
        raise NotImplementedError

    def source_of(self, file):
        """The `Source` of one picture, with a problem where its name makes no sense."""
        match = self.match(file)
        if match is None:
            return self.problem(file, self.misnamed(file))
        labels = self.labels(match)
        age = float(labels.pop("age"))
        try:
            plausible(age, age)
        except ValueError as error:
            return self.problem(file, str(error))
        return Source(file, age, age, source=self.name, **labels)

    def misnamed(self, file):
        """The clause for a picture whose name is not of this layout."""
        return f"the name is none of {self.name}, which has {self.looks_like}"

    def read(self, tree):
        for file in tree.files():
            if is_picture(file):
                yield self.source_of(file)
            elif posixpath.splitext(file)[1].lower() not in self.companions:
                yield self.stray(file)
