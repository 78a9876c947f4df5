"""Where no face is."""

import pytest

from faceaging_tf.data.face_outline import outside
from faceaging_tf.geometry.align import TEMPLATE


@pytest.mark.parametrize("size", [32, 128])
def test_no_landmark_is_outside(size):
    x, y = (TEMPLATE * size).astype(int).T
    assert not outside(size)[y, x].any()


def test_corners_temples_and_the_sides_of_the_neck_are():
    mask = outside(128)
    assert (
        mask[[0, 0, 127, 127, 10, 120], [0, 127, 0, 127, 8, 20]].all()
        and not mask[64, 20]
        and not mask[100, 64]
    )


def test_it_is_a_sixth_to_a_third_of_the_square_and_symmetric():
    mask = outside(128)
    assert 1 / 6 < mask.mean() < 1 / 3 and (mask == mask[:, ::-1]).all()
