"""Files that are there whole or not at all: written beside, then given their name."""

import contextlib
import os
import uuid


@contextlib.contextmanager
def written_whole(path, beside=None):
    """The name of a file to write to, in the folder of `path`: at the end of the block it gets that
    name, after an error it is removed.

    Args:
        path: the file.
        beside: the name to write under, for what asks for an ending, or is large: what a killed run
            leaves there the next one writes over. A name of its own when None, so that several may
            write at a time.

    Example:
        >>> import os, tempfile
        >>> from faceaging_tf.files import written_whole
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     with written_whole(os.path.join(folder, "a.txt")) as temporary:
        ...         written = open(temporary, "w").write("whole")
        ...     os.listdir(folder)
        ['a.txt']
    """
    temporary = (
        os.path.join(os.path.dirname(path), f".{uuid.uuid4().hex}.part")
        if beside is None
        else beside
    )
    try:
        yield temporary
        os.replace(temporary, path)
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.remove(temporary)


def write_whole(path, content):
    """Writes bytes, or text as UTF-8.

    Args:
        path: the file; its folder is there.
        content: bytes or str.
    """
    path = os.fspath(path)
    beside = os.path.join(os.path.dirname(path), f".{os.path.basename(path)}.part")
    with written_whole(path, beside) as temporary, open(temporary, "wb") as file:
        file.write(content.encode("utf-8") if isinstance(content, str) else content)
