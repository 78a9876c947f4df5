"""Where a photo or a video is written to: checked before the work is done."""

import os
import tempfile


def check_place(path, endings, error, hint=""):
    """Find out before the work is done whether a file of one of these endings can be written to
    this path.

    Args:
        path: the file to be written.
        endings: in lower case with their dot.
        error: class of the error to raise.
        hint: what the sentence on a wrong ending says after the endings.

    Raises:
        error: another ending, no such folder, a folder of that name or one that does not allow it.
    """
    path = os.fspath(path)
    folder, ending = os.path.dirname(path) or ".", os.path.splitext(path)[1].lower()
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        pass
    except (OSError, ValueError) as problem:
        raise error(
            f"{path!r} cannot be the name of a file: {getattr(problem, 'strerror', None) or problem}. Choose another one."
        ) from problem
    if os.path.isdir(path):
        raise error(f"'{path}' is a directory; pass the path of a file in it.")
    if ending not in endings:
        raise error(
            f"'{path}' ends in '{ending}', which names no format this writes. Use one of {', '.join(endings)}{hint}."
        )
    if not os.path.isdir(folder):
        raise error(
            f"There is no directory '{folder}' to write '{os.path.basename(path)}' to. Make it first."
        )
    try:
        # Rights do not tell of a disk that is read-only. It has no name, so that a killed run
        # leaves nothing.
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as problem:
        raise error(
            f"The directory '{folder}' does not allow writing ({problem.strerror}). Choose another one."
        ) from problem
