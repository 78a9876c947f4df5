"""Pictures of which nothing is known but what they show."""

from faceaging_tf.data.readers.labels import is_picture
from faceaging_tf.data.readers.reader import Reader
from faceaging_tf.data.readers.source import Source


class Pictures(Reader):
    """Any pictures, without ages: they are estimated. It is never recognised, for every dataset
    would be; it must be said.
    """

    name = "pictures"
    looks_like = "pictures without labels"
    kind = "folders"

    def count(self, tree):
        return 0

    def read(self, tree):
        for file in tree.files():
            yield Source(file, None, None) if is_picture(file) else self.stray(file)
