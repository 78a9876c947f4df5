"""Small datasets in the layouts that are published, written by each test: readers do not open
pictures, so one byte is one.
"""

import pytest

from faceaging_tf.data.readers import Tree


@pytest.fixture
def write(tmp_path):
    """Writes files (names, or a dict of names and contents) and returns the folder."""

    def write(contents):
        if not isinstance(contents, dict):
            contents = dict.fromkeys(contents, b".")
        for name, content in contents.items():
            file = tmp_path / "dataset" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return tmp_path / "dataset"

    return write


@pytest.fixture
def tree_of(write):
    """The `Tree` of a dataset that is written."""
    return lambda contents: Tree(write(contents))


@pytest.fixture
def sources_of(tree_of):
    """What a reader says of a dataset that is written: a dict of `Source`s by file."""
    return lambda reader, contents: {
        source.file: source for source in reader.read(tree_of(contents))
    }
