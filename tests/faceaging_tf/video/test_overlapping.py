"""Work that is done ahead in a thread."""

import threading

import pytest

from faceaging_tf.video.overlapping import ahead


def test_items_come_in_their_order_and_few_wait():
    made = []

    def items():
        for number in range(20):
            made.append(number)
            yield number

    with ahead(items(), most=2) as taken:
        for number in taken:
            # Two that wait, and one that wants to.
            assert made[-1] <= number + 3
    assert made == list(range(20))


def test_an_error_comes_where_its_item_would_be():
    def items():
        yield 1
        raise OSError("lost")

    with ahead(items()) as taken:
        assert next(taken) == 1
        with pytest.raises(OSError, match="lost"):
            next(taken)


def test_whoever_leaves_early_ends_the_thread_and_closes_the_generator():
    closed = []

    def items():
        try:
            while True:
                yield threading.current_thread()
        finally:
            closed.append(threading.current_thread())

    with pytest.raises(KeyboardInterrupt), ahead(items()) as taken:
        thread = next(taken)
        raise KeyboardInterrupt
    assert closed == [thread] and not thread.is_alive()
