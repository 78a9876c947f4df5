"""The files below a place, whatever the place is: a folder, a zip, or a URL that fsspec knows."""

import io
import os
import pathlib
import stat
import zipfile
import zlib

from faceaging_tf.errors import ReaderError

_LITTER = frozenset(("__MACOSX", "Thumbs.db"))
# Bytes that anything may unpack to, and how many times its size what is larger may.
UNPACKED, LARGEST_RATIO = 2**26, 100


def _hidden(name):
    return any(
        (part.startswith(".") and part != "..") or part in _LITTER for part in name.split("/")
    )


class Tree:
    """A read-only view of the files below a place.

    A tree may be sent to another process: it takes only the place along, and opens it again there.
    Hidden files (`.DS_Store`, whatever begins with a dot) and the litter of other systems
    (`__MACOSX`, `Thumbs.db`) are not listed.

    Args:
        location: a local folder, a zip (local or at a URL that ends in .zip), or a URL (`s3://…`,
            `gs://…`, `memory://…`).

    Raises:
        ReaderError: there is nothing at that place, it is neither a folder nor a zip, the zip is
            damaged, or the URL can't be opened.

    Example:
        >>> import tempfile, pathlib
        >>> from faceaging_tf.data.readers import Tree
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     _ = (pathlib.Path(folder) / "35_1_2_20170109.jpg").write_bytes(b"...")
        ...     Tree(folder).files()
        ['35_1_2_20170109.jpg']
    """

    def __init__(self, location):
        self.location = os.fspath(location)
        self._forget()
        self._open()

    def __repr__(self):
        return f"Tree({self.location!r})"

    def __getstate__(self):
        return {"location": self.location}

    def __setstate__(self, state):
        self.location = state["location"]
        self._forget()

    def _forget(self):
        self._place = None
        self._process = None
        self._files = None
        self._known = None
        self._sizes = None
        self._problems = None

    def _open(self):
        # A file that is open while a process forks has one position for both: each process opens
        # its own.
        if self._place is None or self._process != os.getpid():
            self._place = _open(self.location)
            self._process = os.getpid()
        return self._place

    def files(self):
        """The files' names below the place, sorted, with "/" between their parts; a list of its own
        for each caller.

        Raises:
            ReaderError: the place can't be listed.
        """
        self._list()
        return list(self._files)

    @property
    def problems(self):
        """`(name, reason)` of what was met while listing and could not be followed: links in a
        circle or to nothing, folders that may not be read.
        """
        self._list()
        return list(self._problems)

    def _list(self):
        if self._files is None:
            files, problems = self._open().list()
            self._files = sorted(name for name in files if not _hidden(name))
            self._sizes = dict(files)
            self._known = frozenset(self._files)
            self._problems = sorted(problem for problem in problems if not _hidden(problem[0]))

    def size(self, name):
        """The bytes of a listed file; None where the place does not say."""
        self._list()
        return self._sizes[name]

    def exists(self, name):
        """Whether a file of that name is listed."""
        self._list()
        return name in self._known

    def read(self, name):
        """The bytes of a file.

        Raises:
            ReaderError: there is no such file, or it can't be read.
        """
        with self.open(name) as file:
            try:
                return file.read()
            except (OSError, RuntimeError, zipfile.BadZipFile, zlib.error, EOFError) as error:
                raise ReaderError(
                    f"{name!r} in {self.location} cannot be read: {error}."
                ) from error

    def open(self, name):
        """A file, opened for reading bytes.

        Raises:
            ReaderError: there is no such file, or it can't be opened.
        """
        try:
            return self._open().open(name)
        except (KeyError, FileNotFoundError) as error:
            raise ReaderError(f"{self.location} holds no file {name!r}.") from error
        # RuntimeError and NotImplementedError: zipfile's, for a password and for a kind of
        # compression it does not have.
        except (OSError, RuntimeError, ValueError, zipfile.BadZipFile) as error:
            raise ReaderError(f"{name!r} in {self.location} cannot be read: {error}.") from error


def _open(location):
    if "://" in location or "::" in location:
        return _open_url(location)
    path = pathlib.Path(location)
    if path.is_dir():
        return _Folder(location)
    if path.is_file() and (path.suffix.lower() == ".zip" or zipfile.is_zipfile(path)):
        return _Zip(location, location)
    if path.exists():
        raise ReaderError(
            f"{location} is neither a folder nor a zip; give the folder or the zip that holds the pictures."
        )
    raise ReaderError(
        f"There is nothing at {location}; give the folder, the zip or the URL that holds the pictures."
    )


def _open_url(location):
    import fsspec

    try:
        system, root = fsspec.core.url_to_fs(location)
        if location.lower().endswith(".zip") and "::" not in location:
            return _Zip(system.open(root), location)
        return _Remote(system, root, location)
    except (OSError, ValueError, ImportError) as error:
        raise ReaderError(
            f"{location} cannot be opened: {error}. Check the URL, and that the package for its kind is installed."
        ) from error


class _Folder:
    def __init__(self, root):
        self.root = root

    def list(self):
        files, problems = {}, []
        status = os.stat(self.root)
        pending = [("", ((status.st_dev, status.st_ino),))]
        while pending:
            below, above = pending.pop()
            try:
                with os.scandir(os.path.join(self.root, below)) as entries:
                    names = [entry.name for entry in entries]
            except OSError as error:
                if not below:
                    raise ReaderError(
                        f"{self.root} may not be read ({error.strerror}); give yourself the right to read it."
                    ) from error
                problems.append((below, f"the folder may not be read ({error.strerror})"))
                continue
            for name in names:
                name = f"{below}/{name}" if below else name
                if _hidden(name):
                    continue
                try:
                    status = os.stat(os.path.join(self.root, name))
                except OSError as error:
                    problems.append((name, _unreachable(os.path.join(self.root, name), error)))
                    continue
                identity = (status.st_dev, status.st_ino)
                if stat.S_ISREG(status.st_mode):
                    files[name] = status.st_size
                elif not stat.S_ISDIR(status.st_mode):
                    problems.append((name, "it is neither a file nor a folder"))
                elif identity in above:
                    problems.append((name, "the link leads back to a folder that it lies in"))
                else:
                    pending.append((name, (*above, identity)))
        return files, problems

    def open(self, name):
        path = os.path.join(self.root, name)
        # A pipe would wait for ever.
        if not os.path.isfile(path):
            raise FileNotFoundError(name)
        return open(path, "rb")


def _unreachable(path, error):
    if os.path.islink(path):
        return (
            "the link leads nowhere"
            if isinstance(error, FileNotFoundError)
            else f"the link cannot be followed ({error.strerror})"
        )
    return f"it cannot be reached ({error.strerror})"


class _Zip:
    def __init__(self, file, location):
        try:
            self.archive = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, OSError, ValueError) as error:
            raise ReaderError(
                f"{location} is no zip that can be read ({error}); unpack it if it is another kind of archive, or copy it again."
            ) from error

    def list(self):
        files, problems = {}, []
        for entry in self.archive.infolist():
            # A name that begins with a zero byte comes out empty.
            if not entry.filename or entry.is_dir():
                continue
            # Whoever writes by these names would write anywhere.
            if entry.filename.startswith("/") or ".." in entry.filename.split("/"):
                problems.append((entry.filename, "the name leads out of the zip"))
                continue
            if entry.filename in files:
                problems.append(
                    (
                        entry.filename,
                        "the zip holds two files of this name, and the last one is read",
                    )
                )
            files[entry.filename] = entry.file_size
        return files, problems

    def open(self, name):
        refuse_bomb(self.archive.getinfo(name))
        return self.archive.open(name)


def refuse_bomb(entry):
    """Refuses a file of a zip, a `zipfile.ZipInfo`, that unpacks to far more than it is.

    Raises:
        zipfile.BadZipFile: it does.
    """
    if entry.file_size > max(UNPACKED, LARGEST_RATIO * entry.compress_size):
        raise zipfile.BadZipFile(
            f"{entry.filename} has {entry.compress_size / 1e6:.1f} MB and would unpack to {entry.file_size / 1e6:,.0f}"
        )


class _Remote:
    def __init__(self, system, root, location):
        self.system, self.root, self.location = system, root.rstrip("/"), location

    def list(self):
        try:
            found = self.system.find(self.root, detail=True)
            if not found and not self.system.exists(self.root):
                raise ReaderError(
                    f"There is nothing at {self.location}; give the URL that holds the pictures."
                )
        except OSError as error:
            raise ReaderError(f"{self.location} cannot be listed: {error}.") from error
        return {
            name[len(self.root) :].lstrip("/"): facts.get("size") for name, facts in found.items()
        }, []

    def open(self, name):
        # Read at once: pictures are small, and a remote file is slow to seek in.
        return io.BytesIO(self.system.cat_file(f"{self.root}/{name}"))
