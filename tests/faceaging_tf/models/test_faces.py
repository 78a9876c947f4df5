"""The two forms of a face."""

import numpy as np
import pytest

from faceaging_tf.models.faces import (
    FaceEdit,
    changed_at_size,
    checked_faces,
    lit,
    resized,
    to_pixels,
    to_range,
)


def test_every_level_survives_the_way_there_and_back():
    levels = np.arange(256, dtype="uint8")
    np.testing.assert_array_equal(to_pixels(to_range(levels)), levels)


def test_black_is_minus_one_and_white_is_one():
    assert np.asarray(to_range(np.array([0, 255], "uint8"))).tolist() == [-1.0, 1.0]


def test_pixels_are_rounded_and_clipped():
    # (x + 1) * 127.5: 127.499 and 127.501 round apart.
    assert to_pixels([-1.5, 1.5, -1e-5, 1e-5]).tolist() == [0, 255, 127, 128]


def test_an_image_of_the_right_size_is_left_alone():
    image = np.random.default_rng(0).integers(0, 256, (1, 8, 8, 3), dtype="uint8")
    np.testing.assert_array_equal(resized(image, 8), image)


def test_shrinking_smooths_first():
    stripes = np.zeros((1, 64, 64, 1), "uint8")
    stripes[:, :, ::2] = 200
    assert np.abs(resized(stripes, 16)[:, 2:-2, 2:-2] - 100).max() < 2


def test_faces_pass_the_check_as_they_are():
    faces = np.zeros((2, 8, 8, 3), "uint8")
    assert checked_faces(faces, "anyone") is faces


def test_whoever_asked_is_named():
    with pytest.raises(ValueError, match="^anyone got faces of shape"):
        checked_faces(np.zeros((8, 8, 3), "uint8"), "anyone")


def to_the_right(small):
    """Fetched from a quarter of the side to the left, and brighter by 10 levels."""
    flow = np.zeros((len(small), 4, 4, 2), "float32")
    flow[..., 0] = -0.25
    return FaceEdit(small + 10 / 127.5, flow)


def test_a_larger_face_moves_with_all_its_detail():
    face = np.random.default_rng(0).integers(0, 200, (1, 32, 32, 3), dtype="uint8")
    moved = changed_at_size(face, 16, to_the_right)
    expected = np.concatenate([face[:, :, :1].repeat(8, axis=2), face[:, :, :-8]], axis=2) + 10
    np.testing.assert_array_equal(moved, expected)


def test_where_the_mask_is_nothing_a_face_neither_moves_nor_changes():
    face = np.random.default_rng(0).integers(0, 200, (1, 32, 32, 3), dtype="uint8")
    mask = np.zeros((32, 32))
    mask[:16] = 1
    moved = changed_at_size(face, 16, to_the_right, mask)
    np.testing.assert_array_equal(moved[:, 16:], face[:, 16:])
    np.testing.assert_array_equal(moved[:, :16], changed_at_size(face, 16, to_the_right)[:, :16])
    assert (moved[:, :16] != face[:, :16]).any()


def test_an_edit_is_filled_by_rows():
    faces = np.zeros((3, 8, 8, 3), "float32")
    whole = FaceEdit.nothing(faces, True)
    whole.put([1], np.full((1, 8, 8, 3), 0.25), np.full((1, 2, 2, 2), 0.5))
    whole.put([2], np.ones((1, 8, 8, 3)))
    assert whole.changed.mean(axis=(1, 2, 3)).tolist() == [0, 0.25, 1]
    assert whole.flow.mean(axis=(1, 2, 3)).tolist() == [0, 0.5, 0]
    assert not faces.any() and FaceEdit.nothing(faces, False).flow is None


def test_an_edit_of_a_dim_face_is_made_in_common_light_and_scaled_back():
    # A level of 74 is doubled; what is then 20 levels brighter is 10 levels brighter in the photo.
    dim = to_range(np.full((1, 32, 32, 3), 74, "uint8"))
    seen = []
    edit = lit(lambda small: seen.append(small) or FaceEdit(small + 20 / 127.5), "tight")(
        np.asarray(dim)
    )
    assert to_pixels(seen[0]).max() == to_pixels(seen[0]).min() == 148
    np.testing.assert_array_equal(to_pixels(edit.changed), 84)


def test_a_face_in_good_light_is_edited_as_it_is_beside_a_dim_one():
    faces = np.stack([np.full((32, 32, 3), level) for level in (37, 200)]).astype("uint8")
    small = np.asarray(to_range(faces))
    edit = lit(lambda given: given * np.float32(0.7), "tight")(small)
    np.testing.assert_array_equal(edit.changed[1], small[1] * np.float32(0.7))
    # 37 is seen as 148; in levels, 0.7 x is 0.7 * 148 + 0.15 * 255 = 141.85, so the change is -6.15
    # / 4.
    np.testing.assert_allclose((edit.changed[0] + 1) * 127.5, 37 - 6.15 / 4, atol=1e-3)


def test_what_moves_a_dim_face_is_not_scaled():
    flow = np.full((1, 4, 4, 2), 0.1, "float32")
    assert (
        lit(lambda small: FaceEdit(small, flow), "tight")(
            np.full((1, 32, 32, 3), -0.8, "float32")
        ).flow
        is flow
    )
