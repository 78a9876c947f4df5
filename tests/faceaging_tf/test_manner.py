"""How faces age: what is asked, what networks are told of it, and what is refused."""

import numpy as np
import pytest

from faceaging_tf.errors import FaceAgingError
from faceaging_tf.manner import asked, checked_manner, defaults, hair_share

PARTS = ("wrinkles", "hair")


def test_what_is_as_it_would_be_is_not_asked():
    assert asked() == asked({}, 0, "auto") == asked(None, 0, None) == {}
    assert asked({"hair": 1}, 2, 0.5) == {"strengths": {"hair": 1}, "future": 2, "hair": 0.5}


@pytest.mark.parametrize(
    "given, told",
    [
        ({"strengths": {"hair": 0.5}}, {"strengths": [1, 0.5]}),
        ({"future": 3}, {"future": [3]}),
        ({"hair": "keep"}, {"hair": [0]}),
        ({"hair": "grey"}, {"hair": [1]}),
        ({"hair": "gray"}, {"hair": [1]}),
        ({"hair": 0.25}, {"hair": [0.25]}),
    ],
)
def test_networks_are_told_numbers(given, told):
    found = checked_manner(PARTS, 4, **given)
    assert {name: value.tolist() for name, value in found.items()} == told
    assert all(value.dtype == np.float32 for value in found.values())


@pytest.mark.parametrize("future", [-1, 4, 1.0, True, "1"])
def test_a_future_that_there_is_not_is_refused(future):
    with pytest.raises(FaceAgingError, match="this model has 4 futures, 0 to 3"):
        checked_manner(PARTS, 4, future=future)


@pytest.mark.parametrize("hair", ["blue", -0.1, 1.1, float("nan"), 10**400, True, [1]])
def test_a_wish_for_hair_that_is_none_is_refused(hair):
    with pytest.raises(FaceAgingError, match="it needs 'auto', 'keep', 'grey', or a number"):
        checked_manner(PARTS, 4, hair=hair)


def test_a_share_may_be_in_letters():
    assert hair_share("0.5") == 0.5 and hair_share("auto") == -1


def test_networks_with_parts_have_defaults():
    assert defaults(PARTS) == {"strengths": (1, 1), "future": (0,), "hair": (-1,)}
    assert defaults(()) == {}
