"""Growth: distances and shares of the way, against numbers worked out by hand."""

import importlib.util
import pathlib

import numpy as np
import pytest

PATH = pathlib.Path(__file__).parents[2] / "tools" / "growth.py"
SPEC = importlib.util.spec_from_file_location("growth", PATH)
growth = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(growth)


def landmarks():
    """A face with eye centres at (-1, 0) and (1, 0), the tip of the nose at (0, 1), the corners of
    the mouth at (-1, 2) and (1, 2).
    """
    points = np.zeros((1, 468, 2))
    places = {
        33: (-1.5, 0),
        133: (-0.5, 0),
        362: (0.5, 0),
        263: (1.5, 0),
        1: (0, 1),
        61: (-1, 2),
        291: (1, 2),
    }
    places |= {234: (-2, 1), 454: (2, 1), 172: (-1.5, 2), 397: (1.5, 2), 2: (0, 1.2), 152: (0, 3.2)}
    places |= {159: (-1, -0.1), 145: (-1, 0.1), 386: (1, -0.2), 374: (1, 0.2)}
    for number, place in places.items():
        points[0, number] = place
    return points


@pytest.mark.parametrize("size", [1.0, 128.0])
def test_distances_are_in_centroid_sizes(size):
    # The five points are sqrt(2), sqrt(2), 0, sqrt(2) and sqrt(2) from their mean (0, 1): the root
    # of 8.
    expected = {
        "face width at the cheeks": 4,
        "jaw width": 3,
        "lower face height": 2,
        "eye width": 1,
        "eye opening": 0.3,
        "outer eye corners": 3,
    }
    found = growth.distances(landmarks() * size, "centroid size")
    assert {name: value[0] for name, value in found.items()} == pytest.approx(
        {name: value / 8**0.5 for name, value in expected.items()}
    )


def test_distances_are_in_widths_of_the_face():
    expected = {
        "jaw width": 3,
        "lower face height": 2,
        "eye width": 1,
        "eye opening": 0.3,
        "outer eye corners": 3,
    }
    found = growth.distances(landmarks(), "face width")
    assert {name: value[0] for name, value in found.items()} == pytest.approx(
        {name: value / 4 for name, value in expected.items()}
    )


def test_the_share_of_the_way_is_to_adults_of_the_childrens_sexes():
    spread = np.array([-0.01, 0.01, -0.01, 0.01])
    children = {
        "jaw width": 1 + spread,
        "eye opening": 2 + spread,
        "face width at the cheeks": 1 + spread,
    }
    outputs = {
        "jaw width": 1.35 + spread,
        "eye opening": 1.9 + spread,
        "face width at the cheeks": 2 + spread,
    }
    # Three girls and a boy, so that adults' means are .75 * 1.5 + .25 * 2.5 = 1.75, 1.5, and for
    # the cheeks 1.
    sexes, adult_sexes = np.array(["f", "f", "f", "m"]), np.array(["f"] * 4 + ["m"] * 4)
    jaws = np.concatenate([1.5 + spread, 2.5 + spread])
    adults = {
        "jaw width": jaws,
        "eye opening": np.tile(1.5 + spread, 2),
        "face width at the cheeks": np.tile(1 + spread, 2),
    }
    found = growth.shares(children, outputs, adults, sexes, adult_sexes)
    jaw, eye, cheeks = (
        found["distances"][name]
        for name in ("jaw width", "eye opening", "face width at the cheeks")
    )
    assert (
        jaw["adult"] == 1.75
        and jaw["share"] == pytest.approx(0.35 / 0.75, abs=1e-3)
        and jaw["low"] < jaw["share"] < jaw["high"]
    )
    assert eye["share"] == pytest.approx(0.2, abs=1e-3) and found["summary"][
        "share"
    ] == pytest.approx((0.35 / 0.75 + 0.2) / 2, abs=1e-3)
    assert cheeks["share"] is None and cheeks["output"] == 2
