"""What the C library does with memory that is freed."""

import os

# Of glibc's `mallopt`: the parameter's number, the variable that gives it to processes that are
# started, and bytes.
SETTINGS = ((-3, "MALLOC_MMAP_THRESHOLD_", 2**23), (-1, "MALLOC_TRIM_THRESHOLD_", 2**25))


def keep_freed():
    """Has glibc keep freed memory for what is allocated next, here and in processes to come.

    Pictures of a photo's size are made and freed all the time, and memory that comes anew from the
    kernel is emptied first, page by page: a quarter of the time of a photo. The largest are given
    back all the same: kept, they would add up. What the user has set stays; other C libraries are
    left as they are.
    """
    import ctypes

    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):
        return
    for number, name, size in SETTINGS:
        if name not in os.environ:
            os.environ[name] = str(size)
            mallopt(number, size)
