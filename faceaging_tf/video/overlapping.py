"""Work that is done ahead in a thread, so that decoding, editing and encoding overlap."""

import contextlib
import queue
import threading

_END = object()


@contextlib.contextmanager
def ahead(items, most=2):
    """Take items in a thread of its own, a few before they are asked for.

    NumPy, Pillow, LiteRT and FFmpeg let other threads run while they work.

    Args:
        items: a generator; it is run, and closed, in the thread.
        most: of them wait at once.

    Yields:
        An iterator over the items; an error of the generator is raised where its item would be.
        With the block the thread ends, whatever is left.

    Example:
        >>> from faceaging_tf.video.overlapping import ahead
        >>> with ahead(number**2 for number in range(4)) as squares:
        ...     print(list(squares))
        [0, 1, 4, 9]
    """
    waiting, ended = queue.Queue(most), threading.Event()

    def put(*pair):
        while not ended.is_set():
            with contextlib.suppress(queue.Full):
                waiting.put(pair, timeout=0.1)
                return True
        return False

    def work():
        try:
            with contextlib.closing(items):
                for item in items:
                    if not put(item, None):
                        return
        # It is raised in the other thread.
        except BaseException as error:
            put(_END, error)
        else:
            put(_END, None)

    def taken():
        while True:
            item, error = waiting.get()
            if error is not None:
                raise error
            if item is _END:
                return
            yield item

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        yield taken()
    finally:
        ended.set()
        thread.join()
