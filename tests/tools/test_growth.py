"""Growth: proportions and shares, against numbers worked out by hand."""

import importlib.util
import pathlib

import numpy as np
import pytest

PATH = pathlib.Path(__file__).parents[2] / "tools" / "growth.py"
SPEC = importlib.util.spec_from_file_location("growth", PATH)
growth = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(growth)
EYES, HEIGHT, NOSE, JAW = growth.proportions(np.random.default_rng(0).random((1, 468, 2)))


def face(width=4.0, height=5.0, eyes=0.0):
    """A face from y = -2 down, with eyes at a height, a nose of 1 and a jaw of 3, `(468, 2)`."""
    points = np.zeros((468, 2))
    for number in growth.EYES[0] + growth.EYES[1]:
        points[number] = (0, eyes)
    points[growth.TOP], points[growth.CHIN] = (0, -2), (0, height - 2)
    points[growth.LEFT], points[growth.RIGHT] = (-width / 2, 0), (width / 2, 0)
    points[129], points[358], points[172], points[397] = (-0.5, 1), (0.5, 1), (-1.5, 2), (1.5, 2)
    return points


@pytest.mark.parametrize("size", [1.0, 128.0])
def test_proportions_are_ratios_whatever_the_size(size):
    found = growth.proportions(face()[None] * size)
    expected = {EYES: 3 / 5, HEIGHT: 5 / 4, NOSE: 1 / 4, JAW: 3 / 4}
    assert {name: value[0] for name, value in found.items()} == pytest.approx(expected)


def test_lines_of_age_end_where_the_next_begins():
    found = growth.lines([2, 6, 10, 14, 31.5, 80])
    assert found.tolist() == [
        [0, 0, 0], [0.5, 0, 0], [1, 0, 0], [1, 0.5, 0], [1, 1, 0.5], [1, 1, 1]
    ]  # fmt: skip


def test_outputs_that_change_as_people_do_have_a_share_of_one():
    rng = np.random.default_rng(0)
    age, male = rng.uniform(2, 45, 300), rng.random(300) < 0.5
    # Faces grow longer by 1 up to 18, and no more; of three of them two did so in the output.
    long = lambda at: 4.0 + 0.5 * growth.lines(at)[:, :2].sum(axis=1)
    of = lambda heights: np.stack([face(height=height) for height in heights])
    people = of(long(age)) + rng.normal(0, 1e-3, (300, 468, 2))
    slopes = growth.regression(people, age, male)
    children = np.array([4.0, 8.0, 12.0])
    before, after = of(long(children)), of(long(children + 25))
    after[2] = before[2]
    found = growth.shares(before, after, children, 25, slopes)[HEIGHT]
    grown = (long(children + 25) - long(children)) / 4
    assert found["people"] == pytest.approx(grown.mean(), abs=2e-3)
    assert found["share"] == pytest.approx(grown[:2].sum() / grown.sum(), abs=0.02)
    assert 0 < found["people_error"] < 1e-3
