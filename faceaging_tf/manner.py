"""How faces age, beside the years: the strengths of the parts of ageing, which future, and what
becomes of the hair.
"""

import numbers

import numpy as np

from faceaging_tf.arguments import shown
from faceaging_tf.errors import FaceAgingError

MOST_STRENGTH = 2.0
# What a network is told of the hair: how grey it is to be, or below 0, as the years have it.
AUTO = -1.0
HAIR = {"auto": AUTO, "keep": 0.0, "grey": 1.0, "gray": 1.0}


def asked(strengths=None, future=0, hair="auto"):
    """What of a `faceaging_tf.typing.Manner` is not as it would be anyway, a dict."""
    every = {"strengths": strengths, "future": future, "hair": hair}
    # Only what cannot be compared in the plain way is left to those who check it.
    plain = {"strengths": (None, {}), "future": (0,), "hair": (None, "auto")}
    return {
        name: value
        for name, value in every.items()
        if not any(type(value) is type(one) and value == one for one in plain[name])
    }


def checked_manner(parts, futures, strengths=None, future=0, hair="auto"):
    """A manner as networks are told of it, float32 by name: "strengths" `(P,)` in the order of the
    parts, "future" and "hair" `(1,)`; what is as it would be anyway is left out.

    Args:
        parts: of ageing, that the model has.
        futures: how many the model has.
        strengths: of `faceaging_tf.typing.Manner`, like the rest.
        future: likewise.
        hair: likewise.

    Raises:
        FaceAgingError: a wish that the model does not know, or that is none.

    Example:
        >>> from faceaging_tf.manner import checked_manner
        >>> checked_manner(("tone", "hair"), 4, hair="grey")
        {'hair': array([1.], dtype=float32)}
    """
    given = asked(strengths, future, hair)
    if "strengths" in given:
        given["strengths"] = _strengths(strengths, parts)
    if "future" in given:
        given["future"] = _future(future, futures)
    if "hair" in given:
        given["hair"] = _hair(hair, parts)
    return given


def defaults(parts):
    """What a network with these parts is told where nothing is asked, tuples of numbers by name;
    none for one without.
    """
    if not parts:
        return {}
    return {"strengths": (1.0,) * len(parts), "future": (0.0,), "hair": (AUTO,)}


def hair_share(value):
    """A wish for hair as a number: one of the words of `HAIR`, or a share from 0 to 1, also in
    letters.

    Raises:
        FaceAgingError: it is none.
    """
    try:
        share = HAIR[value] if isinstance(value, str) and value in HAIR else float(value)
        fits = not isinstance(value, bool) and (value == "auto" or 0 <= share <= 1)
    except (OverflowError, TypeError, ValueError):
        fits = False
    if not fits:
        raise FaceAgingError(
            f"hair was {shown(value)}; it needs 'auto', 'keep', 'grey', or a number from 0 to 1, the share of full greying."
        )
    return share


def _future(future, futures):
    fits = isinstance(future, numbers.Integral) and not isinstance(future, bool)
    if not fits or not 0 <= future < futures:
        has = f"{futures} futures, 0 to {futures - 1}" if futures > 1 else "one future alone, 0"
        raise FaceAgingError(
            f"future was {shown(future)}; it needs a whole number, and this model has {has}."
        )
    return np.array([future], "float32")


def _hair(hair, parts):
    share = hair_share(hair)
    if "hair" not in parts:
        raise FaceAgingError(
            f"hair was {shown(hair)}, and this model does not know what to do with hair; take fagan or fagan_mobile."
        )
    return np.array([share], "float32")


def _strengths(strengths, parts):
    known = f"its parts are {', '.join(parts)}" if parts else "it is of one piece"
    if not isinstance(strengths, dict):
        raise FaceAgingError(
            f"strengths was {strengths!r}; it needs a dict from a part to a number from 0 to {MOST_STRENGTH:g}; {known}."
        )
    for part, value in strengths.items():
        if part not in parts:
            raise FaceAgingError(
                f"strengths names {part!r}, which this model does not have; {known}."
            )
        if (
            not isinstance(value, (int, float, np.number))
            or isinstance(value, bool)
            or not 0 <= value <= MOST_STRENGTH
        ):
            raise FaceAgingError(
                f"The strength of {part} was {value!r}; it needs a number from 0 to {MOST_STRENGTH:g}, where 1 is as learned."
            )
    return np.array([strengths.get(part, 1.0) for part in parts], "float32")
