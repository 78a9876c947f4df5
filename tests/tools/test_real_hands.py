"""Hands before faces: what one covers, and how it is laid onto another head."""

import csv
import pathlib
import sys

import drawn_heads
import numpy as np
import pytest

# The tool finds what it draws beside it.
sys.path.append(str(pathlib.Path(__file__).parents[2] / "tools"))
import fit_covered
import real_hands

POINTS = drawn_heads.shape().astype("float64")
FACE = drawn_heads.draw_head(POINTS, bald=True)[0]
# An open hand, fingers upwards: wrist, then four points of each finger from the thumb on.
FINGERS = [
    [(0.5 + aside * (0.4 + 0.2 * far), 0.8 - far * high) for far in (1.0, 1.35, 1.6, 1.8)]
    for aside, high in ((-0.16, 0.06), (-0.07, 0.12), (-0.02, 0.13), (0.03, 0.12), (0.08, 0.1))
]
HAND = np.array([(0.5, 0.84), *(point for finger in FINGERS for point in finger)])


def test_a_hand_covers_its_points_and_little_else():
    area = real_hands.hand_area(HAND)
    column, row = (HAND * 256).astype(int).T
    assert area.shape == (256, 256) and area.dtype == "float32"
    assert (area[row, column] > 0.5).all() and area[:100].max() == 0
    width = real_hands.finger_width(HAND)
    assert area.mean() < 1.4 * (np.ptp(HAND, axis=0) + width).prod()


def test_a_hand_is_laid_onto_a_head_and_hides_it():
    held = real_hands.HeldHand(np.full((256, 256, 3), (40, 90, 200), np.uint8), POINTS, HAND)
    hidden = np.zeros((256, 256), "float32")
    hidden[:20] = -1
    for seed in range(6):
        rng = np.random.default_rng(seed)
        picture, hides = real_hands.with_hand(FACE, hidden, POINTS, held, rng)
        assert picture.shape == FACE.shape and picture.dtype == np.uint8
        changed = np.abs(picture.astype(int) - FACE).max(axis=-1) > 8
        assert changed[hides > 0.9].mean() > 0.9 and (hides > 0.9).mean() > 0.005
        assert (hides[:20] < 0).mean() > 0.8
    again = real_hands.with_hand(FACE, hidden, POINTS, held, np.random.default_rng(5))
    assert np.array_equal(picture, again[0]) and np.array_equal(hides, again[1])


def test_where_a_known_hand_is():
    known = fit_covered.worn_where("hand", POINTS, np.zeros((256, 256), "float32"), [HAND])
    area = real_hands.hand_area(HAND)
    assert (known[area > 0.5] == 1).all() and (known[:60] == 0).all()
    assert (known[200:, :20] == -1).all()


def test_every_hand_of_the_table_is_on_a_head_that_is_said_to_have_one():
    with fit_covered.TABLE.open() as file:
        wears = {row["file"]: row["wears"] for row in csv.DictReader(file)}
    hands = real_hands.hands_of_heads()
    assert {file for file, each in wears.items() if "hand" in each.split("+")} == set(hands)
    for points in (hand for each in hands.values() for hand in each):
        assert points.shape == (21, 2) and -0.6 < points.min() and points.max() < 1.6


@pytest.mark.parametrize("turn", [0.0, 2.0])
def test_a_hand_beyond_the_picture_changes_nothing(turn):
    away = HAND + (turn, 3.0)
    held = real_hands.HeldHand(FACE, POINTS, away)
    hidden = np.zeros((256, 256), "float32")
    picture, hides = real_hands.with_hand(FACE, hidden, POINTS, held, np.random.default_rng(0))
    assert np.array_equal(picture, FACE) and not hides.any()
