"""Standard input, output and error of a program that was started without some of them."""

import contextlib
import os
import sys


def open_streams():
    """Opens those that are closed, as services and schedulers leave them, to nothing: the next file
    that is opened would take a closed one's number, and be written to by whoever reports something.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            with contextlib.suppress(OSError):
                # The lowest number that is free.
                os.open(os.devnull, os.O_RDWR)
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))
