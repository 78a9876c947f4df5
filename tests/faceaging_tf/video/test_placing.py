"""Edits put onto a frame, by hand."""

import numpy as np
import pytest

from faceaging_tf.video.placing import PlacedEdit, moved, place_edits

SIDE = 32


def noise(height=60, width=80):
    return np.random.default_rng(0).integers(60, 190, (height, width, 3), dtype=np.uint8)


def at(left, top):
    """The square of `SIDE` pixels of the frame from there on."""
    return np.array([[1, 0, 0.5 - left], [0, 1, 0.5 - top]]) / SIDE


def edit(matrix, light=0.0, colour=(0.0, 0.0), flow=None):
    mask = np.zeros((SIDE, SIDE), np.float32)
    mask[4:-4, 4:-4] = 1
    small = mask[::2, ::2]
    return PlacedEdit(
        matrix,
        mask,
        np.float32(light) * mask,
        np.stack([np.float32(one) * small for one in colour]),
        None if flow is None else np.stack([np.float32(one) * mask for one in flow]),
    )


def test_light_is_added_to_all_channels_where_the_face_is():
    frame = noise()
    added = place_edits(frame, [edit(at(20, 10), light=-15)]).astype(int) - frame
    assert (added[15:37, 25:47] == -15).all()
    assert not added[:10].any() and not added[:, :20].any() and not added[42:].any()


def test_colour_keeps_the_luminance():
    frame = noise()
    added = place_edits(frame, [edit(at(20, 10), colour=(12, -8))]).astype(int) - frame
    inside = added[16:36, 26:46].reshape(-1, 3)
    green = -(0.299 * 12 - 0.114 * 8) / 0.587
    np.testing.assert_array_equal(inside, np.tile([12, round(green), -8], (400, 1)))


def test_a_face_is_moved_and_keeps_its_grain():
    frame = noise()
    aged = place_edits(frame, [edit(at(20, 10), flow=(3 / SIDE, -2 / SIDE))])
    np.testing.assert_array_equal(aged[16:36, 26:46], frame[14:34, 29:49])


def test_a_turned_square_moves_by_its_own_axes():
    frame = noise()
    # A quarter turn: right in the square is down in the frame.
    quarter = np.array([[0, 1, -9.5], [-1, 0, 52.5]]) / SIDE
    aged = place_edits(frame, [edit(quarter, flow=(3 / SIDE, 0))])
    np.testing.assert_array_equal(aged[16:36, 27:47], frame[19:39, 27:47])


def test_where_two_faces_overlap_they_share():
    frame = noise()
    both = [edit(at(10, 10), light=-10), edit(at(26, 10), light=-20)]
    added = place_edits(frame, both).astype(int) - frame
    assert (added[16:36, 15:29] == -10).all() and (added[16:36, 31:37] == -15).all()
    assert (added[16:36, 40:53] == -20).all()


@pytest.mark.parametrize("left, top", [(-16, 10), (64, 40), (300, 10)])
def test_a_square_may_reach_over_the_edge(left, top):
    frame = noise()
    added = place_edits(frame, [edit(at(left, top), light=-15)]).astype(int) - frame
    assert added.shape == frame.shape and set(np.unique(added)) <= set(range(-15, 1))


def test_fine_patterns_do_not_alias_where_a_square_is_shrunk():
    stripes = np.float32(40 * (np.arange(SIDE) % 2 * 2 - 1))[None] * np.ones((SIDE, 1), np.float32)
    half = at(20, 10) * 2
    plain = edit(half)
    shrunk = PlacedEdit(half, plain.mask, stripes, plain.colour)
    frame = np.full((60, 80, 3), 120, np.uint8)
    added = place_edits(frame, [shrunk]).astype(int) - frame
    assert np.abs(added[12:24, 22:34]).max() <= 2


def test_pixels_are_fetched_between_four_and_edges_repeated():
    ramp = np.arange(5.0)[None, :, None] + 10 * np.arange(4.0)[:, None, None] + np.zeros(3)
    across, down = np.full((4, 5), 0.25, np.float32), np.full((4, 5), 0.5, np.float32)
    found = moved(ramp, across, down)
    np.testing.assert_allclose(found[:3, :4], ramp[:3, :4] + 5.25, atol=1e-4)
    np.testing.assert_allclose(found[3, 4], 34, atol=0.02)
