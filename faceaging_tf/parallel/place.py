"""Where many files are written: a local folder, or object storage by fsspec; a file is there whole
or not at all.
"""

import contextlib
import os
import pathlib
import uuid
from collections.abc import Iterator

from faceaging_tf.errors import ParallelError
from faceaging_tf.files import held_alone, written_whole
from faceaging_tf.optional import MANY, needed
from faceaging_tf.typing import PathLike

# The end of a file's name until it is whole.
WORKING = ".part"
# Whoever has it open is at work.
LOCK = "lock"


class Place:
    """A folder that is written to.

    Args:
        location: a path, or a URL that fsspec knows, such as `s3://bucket/corpus`.

    Raises:
        ParallelError: a URL of an unknown kind, or a file in its place.
    """

    def __init__(self, location: PathLike):
        self.location = os.fspath(location)
        fsspec = needed("fsspec", MANY)
        try:
            self.system, self.root = fsspec.core.url_to_fs(self.location)
        except (ValueError, ImportError) as error:
            raise ParallelError(
                f"{self.location} is no place that can be written to ({error}); give a folder, or a URL that fsspec knows."
            ) from error
        self.is_local = "file" in (
            self.system.protocol
            if isinstance(self.system.protocol, tuple)
            else (self.system.protocol,)
        )
        if self.system.exists(self.root) and not self.system.isdir(self.root):
            raise ParallelError(f"{self.location} is a file; give a folder.")

    def write(self, name: str, content: bytes) -> None:
        """Writes a file under a name; it appears there when it is whole.

        Raises:
            ParallelError: it cannot be written, for want of space or of permission.
        """
        path = f"{self.root}/{name}"
        try:
            self.system.makedirs(os.path.dirname(path), exist_ok=True)
            if not self.is_local:
                # What is written to object storage appears when it is closed.
                self.system.pipe_file(path, content)
                return
            # No look for what others left among a million files: `clean` does that once.
            beside = os.path.join(os.path.dirname(path), f".{uuid.uuid4().hex}{WORKING}")
            with written_whole(path, beside) as working:
                pathlib.Path(working).write_bytes(content)
        except OSError as error:
            raise self._unwritten(path, error) from error

    def _unwritten(self, path, error):
        return ParallelError(
            f"{path} could not be written ({error.strerror or error}); free some space or choose another place, and run it again: it goes on where it stopped."
        )

    def read(self, name: str) -> bytes:
        """The bytes of a file."""
        return self.system.cat_file(f"{self.root}/{name}")

    def names(self, folder: str = "") -> list[str]:
        """Names of the files in a folder of it, sorted; none where there is no such folder."""
        path = f"{self.root}/{folder}".rstrip("/")
        # Others write here too: a listing that was kept may be out of date.
        self.system.invalidate_cache()
        found = self.system.ls(path, detail=False) if self.system.isdir(path) else []
        return sorted(os.path.basename(one.rstrip("/")) for one in found)

    def files(self) -> list[str]:
        """Names of all files below it, with "/" between their parts."""
        self.system.invalidate_cache()
        return [path[len(self.root) :].lstrip("/") for path in self.system.find(self.root)]

    def exists(self, name: str) -> bool:
        """Whether there is such a file."""
        self.system.invalidate_cache()
        return self.system.exists(f"{self.root}/{name}")

    @contextlib.contextmanager
    def alone(self, folder: str) -> Iterator[None]:
        """Works in a folder of it, which is made, while no other run does; object storage knows no
        such thing.

        Raises:
            ParallelError: another run is at work there, or it cannot be written to.
        """
        if not self.is_local:
            yield
            return
        path = os.path.join(self.root, folder)
        lock = os.path.join(path, LOCK)
        new = [each for each in (self.root, path) if not os.path.exists(each)]
        try:
            held = held_alone(lock)
        except BlockingIOError as error:
            raise ParallelError(
                f"Another run is at work in {self.location} at this moment; wait until it has ended, or choose another place."
            ) from error
        except OSError as error:
            raise self._unwritten(path, error) from error
        try:
            yield
        finally:
            with contextlib.suppress(OSError):
                if os.listdir(path) == [LOCK]:
                    os.remove(lock)
                for each in reversed(new):
                    os.rmdir(each)
            held.close()

    def clean(self) -> None:
        """Removes what interrupted writers left."""
        for path in self.system.find(self.root):
            if os.path.basename(path).startswith(".") and path.endswith(WORKING):
                self.system.rm_file(path)

    def remove(self, folder: str) -> None:
        """Removes a folder of it, if it is there."""
        if self.system.isdir(f"{self.root}/{folder}"):
            self.system.rm(f"{self.root}/{folder}", recursive=True)


def as_text(name):
    """A name as text that every table can hold; bytes that are no text are written out.

    Example:
        >>> from faceaging_tf.parallel.place import as_text
        >>> as_text(b"caf\\xe9".decode("utf-8", "surrogateescape"))
        'caf\\\\xe9'
    """
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
