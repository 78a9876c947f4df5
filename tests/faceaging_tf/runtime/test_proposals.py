"""Where small faces may be, by the small network."""

import numpy as np
import pytest
from PIL import Image
from skimage.data import astronaut, brick, coffee, gravel

from faceaging_tf.runtime.face_detector import FOLLOWED
from faceaging_tf.runtime.proposals import LARGEST, SMALLEST, STRIDE, face_proposals

# Of the astronaut's picture: the middle of the face, and its height from the brows to the chin.
MIDDLE, HEIGHT = np.array([224.0, 115.0]), 100


def scene(height, degrees=0, light=1.0, place=(300, 200)):
    """The astronaut's head with a face of such a height, turned, on a wall of bricks."""
    wall = np.repeat(brick()[:384, :512, None], 3, axis=2).astype("float64")
    side = int(1.9 * HEIGHT)
    left, top = (MIDDLE - side / 2).astype(int)
    head = Image.fromarray(astronaut()[top : top + side, left : left + side])
    small = int(np.rint(side * height / HEIGHT))
    head = head.rotate(degrees, Image.Resampling.BICUBIC).resize((small, small))
    x, y = np.array(place) - small // 2
    wall[y : y + small, x : x + small] = np.asarray(head)
    return np.clip(wall * light, 0, 255).astype("uint8")


@pytest.mark.parametrize("height", [SMALLEST + 3, 24, 36, LARGEST - 6])
@pytest.mark.parametrize(("degrees", "light"), [(0, 1.0), (90, 1.0), (-40, 0.6), (180, 0.35)])
def test_a_small_face_is_proposed(height, degrees, light):
    places, logits = face_proposals(scene(height, degrees, light))
    places = places[logits >= FOLLOWED]
    away = np.linalg.norm(places - (300, 200), axis=1)
    assert away.min() < max(height / 2, STRIDE)


def test_a_wall_is_hardly_proposed():
    for picture in (gravel(), brick()):
        picture = np.repeat(picture[:, :, None], 3, axis=2)
        cells = picture.shape[0] * picture.shape[1] / STRIDE**2
        assert (face_proposals(picture)[1] >= FOLLOWED).sum() < 0.01 * cells


def test_sizes_that_are_no_multiples_of_the_stride():
    for height, width in ((1, 1), (7, 90), (101, 133)):
        places, logits = face_proposals(np.full((height, width, 3), 90, np.uint8), threads=2)
        assert places.shape == (len(logits), 2)


def test_a_picture_gives_the_same_with_two_threads():
    for one, two in zip(face_proposals(coffee()), face_proposals(coffee(), threads=2), strict=True):
        np.testing.assert_array_equal(one, two)
