"""What the tools that try tables, calls, photos and videos have in common: cases, what became of
them, and how it is told.
"""

import argparse
import dataclasses
import itertools
import pathlib
import struct
import time
import traceback

import faceaging_tf
import zoo

NUMBERS = (0, 1, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF)
PACKAGES = tuple(str(pathlib.Path(package.__file__).parent) for package in (faceaging_tf, zoo))


@dataclasses.dataclass
class Counts:
    """What became of the cases.

    Attributes:
        tried: how many there were.
        taken: how many did what they are for.
        refused: how many were refused with a sentence.
        failures: pairs of a case, or its seed, and what it showed that it should not.
    """

    tried: int = 0
    taken: int = 0
    refused: int = 0
    failures: list = dataclasses.field(default_factory=list)

    def add(self, case, taken, problem):
        """Counts a case; `problem` is "" where there was none."""
        self.tried += 1
        self.taken += bool(taken and not problem)
        self.refused += bool(not taken and not problem)
        if problem:
            self.failures.append((case, problem))

    def told(self, kind, taken):
        """Prints a line for all, such as "5 tables tried: 3 read, ..."; the exit code, 1 where
        there were failures.
        """
        print(
            f"{self.tried} {kind} tried: {self.taken} {taken}, {self.refused} refused with a sentence, {len(self.failures)} failures"
        )
        return int(bool(self.failures))


def parser_of(description, minutes=1.0, number="cases"):
    """A parser of the flags that these tools have: `--minutes`, `--seed` and `--cases`, or whatever
    else the number of cases is called.
    """
    parser = argparse.ArgumentParser(description=description.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=minutes, help="how long to go on")
    parser.add_argument("--seed", type=int, default=0, help="the first seed")
    parser.add_argument(f"--{number}", type=int, help="how many cases at most")
    return parser


def numbers(first, minutes=None, most=None):
    """Numbers from a first one on, until so many minutes are over or so many are given."""
    began = time.monotonic()
    for number in itertools.count(first):
        if number - first == most:
            return
        if minutes is not None and time.monotonic() - began >= 60 * minutes:
            return
        yield number


def damaged(content, rng):
    """Bytes changed in one to four ways."""
    content = bytearray(content)
    for _ in range(rng.randint(1, 4)):
        place, size = rng.randrange(len(content) + 1), rng.choice((1, 2, 4, 16, 256, 4096))
        what = rng.randrange(8)
        if what == 0 and content:
            for _ in range(rng.randint(1, 20)):
                content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
        elif what == 1:
            content[place : place + size] = rng.randbytes(size)
        elif what == 2:
            del content[place : place + size]
        elif what == 3:
            content[place:place] = content[max(0, place - size) : place]
        elif what == 4 and rng.random() < 0.3:
            del content[place:]
        elif what == 5:
            number = struct.pack(rng.choice("<>") + "I", rng.choice(NUMBERS))
            content[place : place + 4] = number
        elif what == 6:
            content[place : place + size] = bytes(len(content[place : place + size]))
        else:
            content += rng.randbytes(size)
    return bytes(content)


def is_sentence(text):
    """Whether a text says something to a reader."""
    ended = bool(text.strip()) and (
        text.rstrip()[-1] in ".)?" or "for example: " in text or "such as: " in text
    )
    return len(text.split()) >= 5 and "Traceback" not in text and ended


def described(error):
    """An error in a line, with the place in this package that it passed last."""
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename.startswith(PACKAGES)
    ]
    place = f" ({pathlib.Path(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}: {' '.join(str(error).split())[:200]}{place}"


def middle_face(share):
    """A detector of one face in the middle, of so much of the shorter side."""
    import numpy as np

    from faceaging_tf.geometry.align import TEMPLATE
    from faceaging_tf.photo.detection import Face

    def detector(pixels):
        height, width = pixels.shape[:2]
        side = share * min(height, width)
        first = np.array([width - side, height - side]) / 2
        return [Face(np.concatenate([first, first + side]), first + TEMPLATE * side, 1.0)]

    return detector
