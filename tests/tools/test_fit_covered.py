"""What the network of things on faces is taught with: things drawn onto heads, and known ones."""

import pathlib
import sys

import drawn_heads
import numpy as np
import pytest

# The tool finds what it draws beside it.
sys.path.append(str(pathlib.Path(__file__).parents[2] / "tools"))
import drawn_shapes
import drawn_things
import fit_covered

POINTS = drawn_heads.shape().astype("float64")
FACE = drawn_heads.draw_head(POINTS, bald=True)[0]
THINGS = {thing.__name__: thing for thing, _ in drawn_things.THINGS}


def drawn(thing, seed):
    head = drawn_shapes.Head(FACE.astype("float32"), POINTS, np.zeros((256, 256), "float32"))
    thing(head, FACE[None], np.random.default_rng(seed))
    return head


@pytest.mark.parametrize("name", sorted(set(THINGS) - {"clear_glasses"}))
def test_a_thing_hides_what_it_is_drawn_over(name):
    shares = []
    for seed in range(6):
        head = drawn(THINGS[name], seed)
        hidden = head.hidden > 0.9
        changed = np.abs(head.picture - FACE).max(axis=-1) > 4
        assert 0 <= head.hidden.min() and head.hidden.max() <= 1.001
        if hidden.any():
            shares.append(changed[hidden].mean())
    # Some lie beside the face, and some are of its own colour.
    assert len(shares) >= 4 and np.median(shares) > 0.9


def test_frames_of_clear_glasses_hide_nothing_and_are_in_doubt():
    hidden = drawn(THINGS["clear_glasses"], 1).hidden
    assert set(np.unique(hidden)) == {-1, 0} and 0.005 < (hidden < 0).mean() < 0.15


def test_the_same_seed_draws_the_same():
    one, other = (
        drawn_things.dressed(FACE, POINTS, FACE[None], np.random.default_rng(5)) for _ in range(2)
    )
    assert all(np.array_equal(*pair) for pair in zip(one, other, strict=True))


def test_a_head_is_turned_with_what_lies_on_it():
    hidden = np.zeros((256, 256), "float32")
    face = FACE.copy()
    face[100:140, 60:196], hidden[100:140, 60:196] = (255, 0, 255), 1
    for seed in range(4):
        seen, said = fit_covered.photographed(face, hidden, POINTS, np.random.default_rng(seed))
        assert seen.shape == (128, 128, 3) and said.shape == (128, 128)
        inside, outside = seen[said > 250].mean(axis=0), seen[said == 0].mean(axis=0)
        assert np.linalg.norm(inside - outside) > 25


def test_where_a_known_hat_is_that_nobody_found():
    known = fit_covered.worn_where("headwear", POINTS, np.zeros((256, 256), "float32"))
    brows, eyes = POINTS[105], drawn_shapes.eyes_of(POINTS)[0]
    column, row = (brows * 256).astype(int)
    assert known[row - 60, column] == 1 and known[row - 10, column] == -1
    assert known[int(eyes[1] * 256) + 20, 128] == 0


def test_where_known_lenses_are():
    known = fit_covered.worn_where("lenses", POINTS, np.zeros((256, 256), "float32"))
    for eye in drawn_shapes.eyes_of(POINTS):
        column, row = (eye * 256).astype(int)
        assert known[row, column] == 1
    assert known[240, 128] == 0 and -1 in known


def test_the_network_says_something_of_every_pixel():
    network = fit_covered.covered_network()
    assert network(np.zeros((2, 128, 128, 3), "float32")).shape == (2, 128, 128, 1)
