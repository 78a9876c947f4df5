"""How dim the light is that a face was taken in."""

import numpy as np
import pytest

from faceaging_tf.geometry.exposure import gains_of, in_common_light


def square(face, around, size=64):
    """A face of one level, an ellipse in the tight frame, before a background of another."""
    place = (np.arange(size) + 0.5) / size
    inside = np.hypot((place[None, :] - 0.5) / 0.3, (place[:, None] - 0.5) / 0.36) < 1
    return np.where(inside[..., None], face, around).astype("uint8").repeat(3, axis=-1)[None]


@pytest.mark.parametrize(
    "face, around, gain",
    [
        (160, 40, 1.0),  # a bright face
        (60, 220, 1.0),  # dark skin in good light: what is behind it is bright
        (74, 74, 2.0),  # to 148
        (20, 50, 4.0),  # to 200 behind it, before the face has 148
        (2, 2, 16.0),  # no more
        (0, 0, 16.0),
    ],
)
def test_a_face_is_brightened_until_it_or_the_picture_is_bright(face, around, gain):
    assert gains_of(square(face, around), "tight").tolist() == pytest.approx([gain], rel=1e-5)


def test_each_face_has_its_own_gain():
    assert gains_of(
        np.concatenate([square(74, 74), square(200, 0)]), "tight"
    ).tolist() == pytest.approx([2.0, 1.0])


def test_a_whole_heads_face_is_where_its_frame_has_it():
    whole = np.zeros((1, 200, 200, 3), "uint8")
    # The tight frame's window, fractions .158 to .842 and .238 to .922 of the side.
    whole[:, 48:184, 32:168] = square(100, 0, 136)
    assert gains_of(whole, "whole_head").tolist() == pytest.approx([1.48], rel=1e-5)


def test_a_large_face_is_looked_at_in_part_and_says_the_same():
    assert gains_of(square(20, 50, 1024), "tight").tolist() == pytest.approx([4.0], rel=1e-5)


def test_no_faces_have_no_gains():
    assert gains_of(np.zeros((0, 8, 8, 3), "uint8"), "tight").shape == (0,)


def test_a_face_in_good_light_is_the_same_array():
    face = square(160, 40)
    assert in_common_light(face, "tight") is face


def test_a_dim_face_is_multiplied_and_rounded():
    assert np.unique(in_common_light(square(20, 50), "tight")).tolist() == [80, 200]
