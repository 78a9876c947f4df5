"""What the words of labels mean: ages and groups of ages, sexes, splits, and which files are
pictures by their name.
"""

import math
import posixpath
import re

from faceaging_tf.errors import ReaderError

PICTURE_EXTENSIONS = frozenset(
    (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff", ".gif", ".heic", ".heif", ".avif")
)
# No person has been older; a label that says so is a slip.
OLDEST = 122
# The end of a group that names none ("70+"), as FairFace's "more than 70" is written in this
# project's corpora.
OPEN_END = 99

_SEXES = {
    **dict.fromkeys(("f", "female", "woman", "girl"), "female"),
    **dict.fromkeys(("m", "male", "man", "boy"), "male"),
    **dict.fromkeys(("", "unknown", "none", "nan", "null", "na", "n/a", "?"), ""),
}
_SPLITS = {
    **dict.fromkeys(("train", "training"), "train"),
    **dict.fromkeys(("val", "valid", "validation", "dev"), "validation"),
    **dict.fromkeys(("test", "testing"), "test"),
}
# Half of Europe writes 34,5; a comma before three digits would be one of thousands.
_NUMBER = r"\d+(?:\.\d+|,\d{1,2})?"
_AGE = re.compile(_NUMBER)
_GROUP = re.compile(rf"({_NUMBER})\s*(?:[-–−_]|to)\s*({_NUMBER})")
_OPEN_GROUP = re.compile(rf"(?:more than |over )?({_NUMBER})\s*(\+?)")


def is_picture(file):
    """Whether a file is a picture by the end of its name, in capitals or not."""
    return posixpath.splitext(file)[1].lower() in PICTURE_EXTENSIONS


def ages_of(text):
    """The ages that a label says: "35", "20-29", "70+", "more than 70".

    Args:
        text: the label.

    Returns:
        `(youngest, oldest)` in years, equal for an exact age; a group without an end ends at
        `OPEN_END`.

    Raises:
        ValueError: a clause that says what is wrong: no age, or one that nobody has.

    Example:
        >>> from faceaging_tf.data.readers.labels import ages_of
        >>> ages_of("35"), ages_of("20-29"), ages_of("70+")
        ((35.0, 35.0), (20.0, 29.0), (70.0, 99.0))
    """
    text = text.strip()
    if not text:
        raise ValueError("no age is given")
    if _AGE.fullmatch(text):
        return plausible(number_of(text), number_of(text))
    if match := _GROUP.fullmatch(text):
        return plausible(number_of(match[1]), number_of(match[2]))
    match = _OPEN_GROUP.fullmatch(text.lower())
    if match and (match[2] or not text[0].isdigit()):
        youngest = number_of(match[1])
        return plausible(youngest, float(max(OPEN_END, youngest)))
    raise ValueError(
        f"the age {text!r} is neither a number of years nor a group such as 20-29 or 70+"
    )


def number_of(text):
    """A number, with a point or a comma before its decimals.

    Raises:
        ValueError: it is none.
    """
    return float(text.replace(",", ".") if _AGE.fullmatch(text) else text)


def plausible(youngest, oldest):
    """The two ages as they came (years, either may be None).

    Raises:
        ValueError: a clause: an age that nobody has, or a group that ends before it begins.
    """
    for age in (youngest, oldest):
        if age is not None and not (math.isfinite(age) and 0 <= age <= OLDEST):
            raise ValueError(f"the age {age:g} is not between 0 and {OLDEST}")
    if youngest is not None and oldest is not None and youngest > oldest:
        raise ValueError(f"the ages {youngest:g} to {oldest:g} end before they begin")
    return youngest, oldest


def sex_of(text, where):
    """ "female", "male" or "" for a word of a label; "" for words that are neither.

    Args:
        text: the label, such as "F", "woman" or "Male".
        where: the column, for the error.

    Raises:
        ReaderError: a number, which datasets use both ways round.
    """
    word = text.strip().lower()
    if _AGE.fullmatch(word):
        raise ReaderError(
            f"{where} says {text.strip()}, and datasets number the sexes both ways round; "
            "write female and male (or f and m) in it, or leave the column out."
        )
    return _SEXES.get(word, "")


def stated_split_of(text, where):
    """`split_of` a word that is to name a split, "" for none.

    Args:
        text: the label.
        where: the column, for the error.

    Raises:
        ReaderError: a word that names none.
    """
    split = split_of(text)
    if text.strip() and not split:
        raise ReaderError(
            f"{where} says {text.strip()!r}; it needs train, validation or test, or nothing."
        )
    return split


def split_of(text):
    """ "train", "validation" or "test" for a word that means it ("val", "Training"), else ""."""
    return _SPLITS.get(text.strip().lower(), "")
