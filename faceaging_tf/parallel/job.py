"""What is to be done with many pictures, in parts."""

import abc
from typing import Any


class Job(abc.ABC):
    """Work on many things, in parts of some each: made by one process, and written so that a part
    is there whole or not at all.

    A job is sent to other processes and machines, so that it holds little. What is dear to make,
    such as networks, is made once a process: see `kept`.
    """

    @abc.abstractmethod
    def look_at(self, items):
        """Does the work on some things in this process, and returns a list of rows, one
        for each.
        """

    @abc.abstractmethod
    def write(self, number, rows):
        """Writes a part's rows, and returns how many there are, and how many of them were a
        success.
        """

    @abc.abstractmethod
    def ended_by(self, item):
        """The row of a thing that ended the process that worked on it."""

    def make(self, number, items):
        """Works on a part and writes it; what `write` returns."""
        return self.write(number, self.look_at(items))


# What a process keeps from one part to the next.
_kept: dict[Any, Any] = {}


def kept(make):
    """What `make()` made in this process, which it does once; `make` is a function, or equal to
    others that make the same.
    """
    if make not in _kept:
        _kept[make] = make()
    return _kept[make]
