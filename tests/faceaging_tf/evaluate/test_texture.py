"""Texture and colour by cell: against hand-made pictures."""

import numpy as np
import pytest

from faceaging_tf.evaluate.texture import texture_features

SIZE = 32


def cells(face):
    """`(16, 29)`: patterns at 1 pixel, patterns at 2 pixels, means, deviations, skewnesses."""
    return texture_features(face[None])[0].reshape(16, 29)


def test_an_even_face_has_its_colour_and_one_pattern():
    found = cells(np.full((SIZE, SIZE, 3), 255, "uint8"))
    # White is L = 100, a = b = 0 in CIE Lab; no neighbour of a pixel is darker (at the border,
    # skimage takes what is beyond for 0).
    np.testing.assert_allclose(found[:, 20:23], [[100, 0, 0]] * 16, atol=0.01)
    np.testing.assert_allclose(found[:, 23:], 0, atol=0.01)
    assert found[5, 8] == 1 and found[5, :10].sum() == 1 and found[5, 18] == 1


def test_a_change_of_one_cell_shows_in_that_cell():
    face = np.full((SIZE, SIZE, 3), 128, "uint8")
    changed = face.copy()
    changed[10:14, 18:22] = 30
    difference = np.abs(cells(changed) - cells(face)).sum(axis=1)
    # Rows 8 to 15, columns 16 to 23: the seventh cell.
    assert np.flatnonzero(difference).tolist() == [6]


def test_moments_are_those_of_the_pixels():
    face = np.zeros((SIZE, SIZE, 3), "uint8")
    face[:8, :2] = 255
    # A quarter of the first cell is white: L is 100 or 0, of variance .25 * .75 and third moment
    # .25 * .75 * (.75 - .25), in units of 100.
    lightness = cells(face)[0, [20, 23, 26]]
    assert lightness.tolist() == pytest.approx(
        [25, 100 * 0.1875**0.5, 100 * 0.09375 ** (1 / 3)], rel=1e-3
    )


def test_no_faces_have_no_features():
    assert texture_features(np.zeros((0, SIZE, SIZE, 3), "uint8")).shape == (0, 464)
