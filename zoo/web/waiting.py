"""What the demo holds for visitors: uploads until their turn at the models, and photos in memory;
both up to a limit.
"""

import threading
import time
import weakref

# Seconds that an upload waits for its turn at most.
LONGEST = 1200
# Bytes of all photos that are kept in memory for pages that are open.
MOST_BYTES = 2**29


class Waiting:
    """Uploads that wait for their turn, one a visitor; they stay on the disk meanwhile.

    Args:
        most: how many; whoever comes then is refused at once.
    """

    def __init__(self, most):
        self.most = most
        self._lock = threading.Lock()
        self._came = {}

    def come(self, visitor, *paths):
        """Lets an upload wait, by the names that it has; whether there is room."""
        with self._lock:
            now = time.monotonic()
            self._came = {
                other: came for other, came in self._came.items() if now - came[1] < LONGEST
            }
            if visitor not in self._came and len(self._came) >= self.most:
                return False
            self._came[visitor] = tuple(map(str, paths)), now
            return True

    def names_of(self, visitor):
        """The names of what a visitor waits with; none where that is nothing."""
        with self._lock:
            return self._came.get(visitor, ((), 0))[0]

    def leave(self, visitor):
        """A visitor's turn has come, or their page was closed."""
        with self._lock:
            self._came.pop(visitor, None)

    def holds(self, path):
        """Whether a file waits."""
        with self._lock:
            now = time.monotonic()
            return any(
                str(path) in held and now - came < LONGEST for held, came in self._came.values()
            )


class Kept:
    """A photo that a page holds.

    Attributes:
        photo: a `VisitorPhoto`, or None once it was let go for those of others.
    """

    def __init__(self, photo):
        self.photo = photo


class KeptPhotos:
    """The photos of all pages that are open, which take so many bytes together: of more, those that
    came first are let go.

    Args:
        most: bytes.
    """

    def __init__(self, most=MOST_BYTES):
        self.most = most
        self._lock = threading.Lock()
        # In the order in which they came; a page that is closed takes its own away.
        self._kept = weakref.WeakValueDictionary()
        self._number = 0

    def keep(self, photo):
        """A `Kept` with a photo."""
        kept = Kept(photo)
        with self._lock:
            self._number += 1
            self._kept[self._number] = kept
            there = [one for _, one in sorted(self._kept.items()) if one.photo is not None]
            size = sum(one.photo.size for one in there)
            for one in there[:-1]:
                if size > self.most:
                    size -= one.photo.size
                    one.photo = None
        return kept
