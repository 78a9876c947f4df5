"""Strands run along the hair, and are not drawn into pictures that are not sharp."""

import numpy as np
import pytest
from plain_heads import rng

from faceaging_tf.layers.hair_strands import strands
from faceaging_tf.resampling import by_matrices, enlarging_matrix

SIDE = 96


def everywhere():
    return np.ones((1, SIDE // 2, SIDE // 2, 1), "float32")


def stripes(turned):
    """Noise that is the same along one axis, columns unless turned, as a picture."""
    noise = np.exp(rng().normal(scale=0.5, size=(1, 1, SIDE, 1))) * np.ones((1, SIDE, 1, 3))
    picture = np.clip(0.2 * noise, 0, 1).astype("float32")
    return picture.transpose(0, 2, 1, 3) if turned else picture


def drawn(picture, inside=None):
    texture, sharp = strands(picture, everywhere(), everywhere() if inside is None else inside)
    return np.array(texture)[0, 8:-8, 8:-8, 0], float(np.array(sharp)[0, 0, 0, 0])


@pytest.mark.parametrize("turned", [False, True])
def test_strands_run_along_the_hair(turned):
    texture, sharp = drawn(stripes(turned))
    texture = texture.T if turned else texture
    along, across = (np.abs(np.diff(texture, axis=axis)).mean() for axis in (0, 1))
    assert sharp == 1 and across > 3 * along
    assert abs(texture.mean()) < 0.2 and texture.std() == pytest.approx(1, abs=0.3)


def test_where_nothing_is_seen_hair_falls_from_the_crown():
    picture = np.full((1, SIDE, SIDE, 3), 0.1, "float32")
    # Sharp at the side, so that strands are drawn.
    picture[:, :, : SIDE // 8] = stripes(False)[:, :, : SIDE // 8]
    middle = drawn(picture)[0][40:, SIDE // 2 - 20 : SIDE // 2]
    along, across = (np.abs(np.diff(middle, axis=axis)).mean() for axis in (0, 1))
    assert across > 2 * along


def test_strands_do_not_run_along_the_edge_of_the_hair():
    # Above an edge across the picture hair is as smooth as in poor light.
    picture = np.full((1, SIDE, SIDE, 3), 0.1, "float32")
    picture[:, SIDE // 2 :] = 0.5 * stripes(False)[:, SIDE // 2 :] + 0.4
    inside = everywhere()
    inside[:, inside.shape[1] // 2 - 4 :] = 0
    ways = []
    for told in (None, inside):
        edge = drawn(picture, told)[0][SIDE // 2 - 16 : SIDE // 2 - 8, 20:60]
        along, across = (np.abs(np.diff(edge, axis=axis)).mean() for axis in (0, 1))
        ways.append(across / along)
    assert ways[0] < 1 < 1.5 < ways[1]


def test_curls_get_less_of_it_than_strands_that_go_one_way():
    curls = np.clip(0.2 * np.exp(rng().normal(scale=0.5, size=(1, SIDE, SIDE, 1))), 0, 1)
    texture, sharp = drawn((curls * np.ones(3)).astype("float32"))
    assert sharp == 1 and texture.std() < 0.6 * drawn(stripes(False))[0].std()


def test_a_picture_that_was_enlarged_gets_little():
    small = stripes(False)[0, : SIDE // 3, : SIDE // 3]
    texture, sharp = drawn(by_matrices(small, enlarging_matrix(SIDE // 3, SIDE))[None])
    fine = np.abs(np.diff(texture, axis=1)).mean()
    assert sharp == 0 and fine < 0.3 * np.abs(np.diff(drawn(stripes(False))[0], axis=1)).mean()
