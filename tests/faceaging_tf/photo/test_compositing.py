"""The change alone goes back onto the photo, at the right place and nowhere else."""

import numpy as np
import pytest
from skimage.transform import warp

from faceaging_tf.geometry.align import TEMPLATE, cut_square, similarity_to_template
from faceaging_tf.photo.compositing import composite, composite_faces
from faceaging_tf.resampling import feathered_mask

SIZE = 64


def noise(height=300, width=400):
    return np.random.default_rng(0).integers(60, 190, (height, width, 3), dtype=np.uint8)


def matrix(scale=1.0, shift=(0, 0), degrees=0.0):
    """From the photo to the square, for a face `scale` times the square's size, turned
    and shifted.
    """
    angle = np.radians(degrees)
    turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return np.linalg.inv(np.vstack([np.column_stack([turn, shift]), (0, 0, 1)]))[:2]


@pytest.mark.parametrize("size", [2, 63, 64, 128])
def test_the_mask_is_zero_at_its_border_and_lies_in_0_to_1(size):
    mask = feathered_mask(size)
    assert mask[[0, -1]].max() == mask[:, [0, -1]].max() == mask.min() == 0 and mask.max() <= 1


def test_the_mask_is_one_over_eyes_nose_and_mouth():
    x, y = np.rint(TEMPLATE * 128 - 0.5).astype(int).T
    np.testing.assert_array_equal(feathered_mask(128)[y, x], 1)


def test_the_mask_falls_without_a_corner():
    # The slope itself changes by little from one pixel to the next.
    assert np.abs(np.diff(feathered_mask(128), n=2, axis=0)).max() < 0.02


@pytest.mark.parametrize("scale, degrees", [(0.5, 0), (1, 0), (3, 20)])
def test_no_change_leaves_every_byte(scale, degrees):
    photo = noise()
    aged = composite(
        photo, np.zeros((SIZE, SIZE, 3)), matrix(scale, (90, 40), degrees), feathered_mask(SIZE)
    )
    np.testing.assert_array_equal(aged, photo)


@pytest.mark.parametrize("scale, degrees", [(0.5, 0), (1, 0), (2.7, 30)])
def test_a_constant_change_is_that_constant_where_the_mask_is_one(scale, degrees):
    photo, face = noise(), matrix(scale, (150, 60), degrees)
    aged = composite(photo, np.full((SIZE, SIZE, 3), 21.0), face, feathered_mask(SIZE))
    y, x = np.mgrid[:300, :400]
    u, v = np.tensordot(face, np.stack([x, y, np.ones_like(x)]), axes=1)
    # Half the square's side is well inside the mask's core.
    core = (np.abs(u - SIZE / 2) < SIZE / 4) & (np.abs(v - SIZE / 2) < SIZE / 4)
    assert core.sum() > 100
    np.testing.assert_array_equal(aged[core], photo[core] + 21)


@pytest.mark.parametrize("scale, degrees", [(0.5, 0), (1.3, 45), (3, 20)])
def test_outside_the_square_nothing_changes(scale, degrees):
    photo, face = noise(), matrix(scale, (150, 60), degrees)
    aged, inside = composite_faces(
        photo, [np.full((SIZE, SIZE, 3), -60.0)], [face], feathered_mask(SIZE)
    )
    y, x = np.mgrid[:300, :400]
    u, v = np.tensordot(face, np.stack([x, y, np.ones_like(x)]), axes=1)
    off_square = (u < 0) | (v < 0) | (u > SIZE - 1) | (v > SIZE - 1)
    assert not inside[off_square].any()
    np.testing.assert_array_equal(aged[~inside], photo[~inside])


@pytest.mark.parametrize("scale, degrees", [(0.6, 0), (1, 0), (3, 25), (6, -10)])
def test_a_spot_aligned_and_put_back_lands_where_it_was(scale, degrees):
    y, x = np.mgrid[:500, :500]
    landmarks = TEMPLATE * SIZE @ (scale * turn(degrees)).T + (190, 60)
    face = similarity_to_template(landmarks, SIZE)
    centre = landmarks.mean(axis=0)
    spot = 100 * np.exp(-((x - centre[0]) ** 2 + (y - centre[1]) ** 2) / (2 * (4 * scale) ** 2))
    photo = np.repeat(np.rint(spot + 20).astype(np.uint8)[..., None], 3, axis=2)
    change = cut_square(photo, face, SIZE).astype(float) - 20
    grey = np.full_like(photo, 20)
    added = composite(grey, change, face, np.ones((SIZE, SIZE)))[..., 0].astype(float) - 20
    found = np.array([(added * x).sum(), (added * y).sum()]) / added.sum()
    np.testing.assert_allclose(found, centre, atol=0.5)
    # And at its height, less what the blur of a strong enlargement takes.
    assert added.max() > 85


def turn(degrees):
    angle = np.radians(degrees)
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


def test_an_enlarged_slanted_edge_is_straight_to_half_a_pixel():
    y, x = np.mgrid[: SIZE * 8, : SIZE * 8] / 8
    sharp = np.where(x - 20 > 0.35 * (y - 10), 100.0, 0.0)
    # Drawn antialiased, as the mean over 8 x 8 points a pixel.
    change = np.repeat(sharp.reshape(SIZE, 8, SIZE, 8).mean(axis=(1, 3))[..., None], 3, axis=2)
    black = np.zeros((SIZE * 8, SIZE * 8, 3), np.uint8)
    added = composite(black, change, matrix(8.0), np.ones((SIZE, SIZE)))[100:400, :, 0].astype(
        float
    )
    rows = np.arange(300)
    after = np.argmax(added > 50, axis=1)
    crossing = after - (added[rows, after] - 50) / (added[rows, after] - added[rows, after - 1])
    line = np.polyval(np.polyfit(rows, crossing, 1), rows)
    assert (crossing - line).std() < 0.5


def test_a_change_finer_than_the_photo_vanishes_instead_of_aliasing():
    stripes = np.zeros((SIZE, SIZE, 3))
    stripes[:, ::2], stripes[:, 1::2] = 60, -60
    photo = np.full((200, 200, 3), 100, np.uint8)
    aged = composite(photo, stripes, matrix(0.3, (50, 50)), feathered_mask(SIZE))
    assert np.abs(aged.astype(int) - 100).max() <= 3


def test_two_faces_in_one_place_are_changed_once():
    photo = np.full((200, 200, 3), 100, np.uint8)
    change = np.full((SIZE, SIZE, 3), 30.0)
    aged, _ = composite_faces(photo, [change, change], [matrix(), matrix()], feathered_mask(SIZE))
    assert aged[32, 32].tolist() == [130, 130, 130]


def test_a_face_over_the_photos_edge_is_put_back_as_far_as_it_goes():
    photo = np.full((200, 200, 3), 100, np.uint8)
    aged = composite(
        photo, np.full((SIZE, SIZE, 3), 30.0), matrix(2.0, (-64, 20)), feathered_mask(SIZE)
    )
    assert aged[84, 0].tolist() == [130, 130, 130]


def test_levels_stay_in_0_to_255():
    photo = np.full((100, 100, 3), 250, np.uint8)
    aged = composite(photo, np.full((SIZE, SIZE, 3), 90.0), matrix(), feathered_mask(SIZE))
    assert aged.max() == 255 and aged.min() == 250


def test_the_input_is_not_written_to():
    photo = noise()
    before = photo.copy()
    composite(photo, np.full((SIZE, SIZE, 3), 90.0), matrix(), feathered_mask(SIZE))
    np.testing.assert_array_equal(photo, before)


def test_a_change_of_another_size_than_the_mask_is_refused():
    with pytest.raises(ValueError, match="mask's size"):
        composite(noise(), np.zeros((32, 32, 3)), matrix(), feathered_mask(SIZE))


def test_a_face_of_many_tiles_is_what_it_is_at_once():
    photo, face, mask = noise(400, 420), matrix(1.0, (80, 30), 12), feathered_mask(256)
    change = np.random.default_rng(1).uniform(-30, 30, (256, 256, 3)).astype("float32")
    # Where nothing changes, nothing is done.
    change[:, 150:] = 0
    to_square = np.vstack([face, (0, 0, 1)])
    at_once = lambda plane, **more: warp(plane, to_square, output_shape=(400, 420), **more)
    sampled = [at_once(plane, order=3, mode="edge") for plane in np.moveaxis(change, -1, 0)]
    weights = at_once(mask.copy(), order=1)
    expected = np.clip(photo + weights[..., None] * np.stack(sampled, axis=-1), 0, 255)
    aged, inside = composite_faces(photo, [change], [face], mask)
    assert np.abs(aged - expected).max() < 0.51
    assert (inside != (weights > 0)).mean() < 1e-4
