"""Where things lie on a face: drawn heads, with things painted onto them."""

import numpy as np
import pytest
from drawn_heads import SKIN
from painted_heads import EYES, FACE, HAT, HEIGHT, MOUTH, POINTS, haired, painted

from faceaging_tf.geometry.landmarks import NOSE_BASE
from faceaging_tf.photo.covered import covered


def test_nothing_lies_on_a_bare_face():
    assert covered(FACE, POINTS) is None


@pytest.mark.parametrize(
    "colour",
    [(120, 165, 205), (235, 235, 232), (30, 30, 33), (232, 170, 172), (212, 180, 150), SKIN],
)
def test_a_mask_of_any_colour_hides_the_mouth(colour):
    mask = covered(painted(MOUTH, colour), POINTS)
    middle = slice(100, 156)
    assert mask[MOUTH][4:-4, middle].min() > 0.99
    assert mask[: HEIGHT(168) - 10, middle].max() < 0.01


@pytest.mark.parametrize("colour", [(18, 18, 20), (70, 40, 24), (120, 78, 52)])
def test_lenses_of_any_colour_hide_the_eyes(colour):
    mask = covered(painted(EYES, colour), POINTS)
    assert mask[EYES][3:-3, 90:166].min() > 0.99
    assert mask[HEIGHT(NOSE_BASE) :].max() < 0.01 and mask[:60].max() < 0.01


@pytest.mark.parametrize("colour", [(24, 23, 25), (80, 52, 36), (170, 30, 35), (120, 120, 122)])
def test_a_hat_is_told_by_its_edge(colour):
    mask = covered(painted(HAT, colour), POINTS)
    assert mask[HAT][:-3, 90:166].min() > 0.99
    assert mask[HAT.stop + 5 :, 90:166].max() < 0.01


@pytest.mark.parametrize("colour", [(38, 28, 24), (90, 60, 40), (150, 120, 85), (185, 182, 178)])
def test_hair_with_a_ragged_edge_is_no_hat(colour):
    assert covered(haired(colour), POINTS) is None


def test_what_is_bare_beside_a_thing_stays_so():
    half = slice(96, 160)
    mask = covered(painted(MOUTH, (235, 232, 225), half), POINTS)
    assert mask[MOUTH][5:-5, 100:156].min() > 0.99
    cheek = HEIGHT(NOSE_BASE)
    assert mask[cheek - 5 : cheek + 5, 75:90].max() < 0.2


def test_it_has_the_size_of_the_face():
    large = np.repeat(np.repeat(painted(MOUTH, (232, 170, 172)), 2, axis=0), 2, axis=1)
    mask = covered(large, POINTS)
    assert (
        mask.shape == (512, 512) and mask.dtype == np.float32 and 0 <= mask.min() <= mask.max() <= 1
    )
