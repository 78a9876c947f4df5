"""Files and folders that are there whole or not at all: written beside, then given their name."""

import contextlib
import ctypes
import errno
import hashlib
import os
import re
import shutil
import sys
import time
import uuid
from pathlib import Path

# Seconds after which what is being written is what a killed run has left.
STALE = 600
# Bytes that HDF5 may write beside an array: its header, and those of the groups that it lies in.
BESIDE_AN_ARRAY = 2**14
_AT_CWD, _EXCHANGE, _SWAP = -100, 2, 2


@contextlib.contextmanager
def written_whole(path, beside=None):
    """The name of a file to write to, in the folder of `path`: at the end of the block it gets that
    name, after an error it is removed.

    Args:
        path: the file.
        beside: the name to write under, for what asks for an ending, or is large: what a killed run
            leaves there the next one writes over. A name of its own when None, so that several may
            write at a time; what a killed run left there is removed after ten minutes, by the next
            that writes this file.

    Example:
        >>> import os, tempfile
        >>> from faceaging_tf.files import written_whole
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     with written_whole(os.path.join(folder, "a.txt")) as temporary:
        ...         written = open(temporary, "w").write("whole")
        ...     os.listdir(folder)
        ['a.txt']
    """
    temporary = _name_beside(path) if beside is None else beside
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


def sha256(path):
    """The checksum of a file, in hexadecimal."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def reserve(path, size, arrays):
    """Finds out whether arrays can be written to a new file by HDF5, which ends the process where
    they cannot.

    Args:
        path: the file; an empty one is left there.
        size: bytes of all arrays.
        arrays: how many there are; each comes in groups that take some kilobytes.

    Raises:
        OSError: they cannot.
    """
    with open(path, "wb") as file:
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(file.fileno(), 0, size + size // 8 + arrays * BESIDE_AN_ARRAY)
        file.truncate(0)


def held_alone(path):
    """Opens a file that nobody else has open by this: a mark that a run is at work in its folder.
    Whoever ends, or is killed, lets go of it.

    Args:
        path: of the file; it is made, and its folder too.

    Returns:
        What is to be closed to let go of it; where the system knows no such locks, to no effect.

    Raises:
        BlockingIOError: another run has it.
        OSError: it cannot be made.
    """
    os.makedirs(os.path.dirname(path) or os.curdir, exist_ok=True)
    try:
        import fcntl
    except ImportError:  # Windows.
        return contextlib.ExitStack()
    while True:
        try:
            file = open(path, "ab")
        except FileNotFoundError:
            # Another run has just ended, and removed the folder.
            os.makedirs(os.path.dirname(path) or os.curdir, exist_ok=True)
            continue
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # Whoever had it may have removed it since it was opened.
            if os.path.exists(path) and os.path.samestat(os.fstat(file.fileno()), os.stat(path)):
                return file
        except BlockingIOError:
            file.close()
            raise
        except OSError as error:
            # A network drive without locks.
            if error.errno in (errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EINVAL):
                return file
            file.close()
            raise
        file.close()


@contextlib.contextmanager
def folder_written_whole(folder):
    """A new folder beside `folder`: at the end of the block it takes its place, after an error it
    is removed.

    Where the system can exchange two names (Linux, macOS), a kill at any moment leaves the old
    folder or the new one under the name. Elsewhere the old one steps aside first.

    Args:
        folder: a `pathlib.Path`; its parent is made.

    Raises:
        OSError: it cannot be written.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    working = Path(_name_beside(folder))
    working.mkdir()
    try:
        yield working
        if not folder.exists():
            working.rename(folder)
        elif not _exchanged(working, folder):
            old = working.with_suffix(".old")
            folder.rename(old)
            try:
                working.rename(folder)
            except OSError:
                old.rename(folder)
                raise
            shutil.rmtree(old)
    finally:
        shutil.rmtree(working, ignore_errors=True)


def _name_beside(path):
    """A name of its own in the folder of a path; stale ones of the same path are removed."""
    folder, name = os.path.split(os.fspath(path))
    begin = f".{hashlib.sha256(os.fsencode(name)).hexdigest()[:12]}."
    with contextlib.suppress(OSError), os.scandir(folder or ".") as entries:
        for entry in entries:
            ours = re.fullmatch(re.escape(begin) + r"[0-9a-f]{32}\.(part|old)", entry.name)
            if ours and time.time() - entry.stat(follow_symlinks=False).st_mtime > STALE:
                if entry.is_dir(follow_symlinks=False):
                    shutil.rmtree(entry.path, ignore_errors=True)
                else:
                    os.remove(entry.path)
    return os.path.join(folder, f"{begin}{uuid.uuid4().hex}.part")


def _exchanged(first, second):
    """Exchanges the names of two folders in one step; whether the system can."""
    first, second = os.fsencode(first), os.fsencode(second)
    with contextlib.suppress(AttributeError, OSError):
        library = ctypes.CDLL(None)
        if sys.platform == "linux":
            return library.renameat2(_AT_CWD, first, _AT_CWD, second, _EXCHANGE) == 0
        if sys.platform == "darwin":
            return library.renamex_np(first, second, _SWAP) == 0
    return False
