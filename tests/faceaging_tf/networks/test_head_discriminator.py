"""The discriminator of whole heads: what each tower sees, and that what it must not see changes nothing."""

import numpy as np
import pytest

from faceaging_tf.networks import head_discriminator
from faceaging_tf.networks.head_discriminator import SkinView, SmallHead

TINY = {"image_size": 64, "skin": (4, 4), "head": (4, 4)}


def heads(number=2, size=64, seed=0):
    rng = np.random.default_rng(seed)
    colours = rng.uniform(-1, 1, (number, size, size, 3))
    masks = np.zeros((number, size, size, 2))
    masks[:, 20:50, 20:44, 0] = 1
    masks[:, 8:, 10:54, 1] = 1
    return np.concatenate([colours, masks], axis=-1).astype("float32")


def test_skin_is_seen_less_its_mean_colour():
    head = heads(1)
    head[..., :3] = (0.5, 0.2, -0.1)
    seen = np.asarray(SkinView()(head))
    assert seen.shape == (1, 44, 40, 5) == SkinView().compute_output_shape(head.shape)
    assert np.abs(seen[..., :3]).max() < 2e-3 and np.abs(seen[..., 3]).max() < 1e-5
    # 12 to 56 down and 12 to 52 across of 64 pixels.
    np.testing.assert_array_equal(seen[0, :, :, 4], head[0, 12:56, 12:52, 3])


def test_a_dark_line_on_the_skin_is_enlarged():
    head = heads(1)
    head[..., :3] = 0.0
    head[:, 30, 24:40, :3] = -0.1
    seen = np.asarray(SkinView()(head))[0, 30 - 12, 30 - 12]
    # Twice the colour less a mean near 0; eight times what is left of the line without a fifth of it.
    np.testing.assert_allclose(seen[:4], [-0.2, -0.2, -0.2, -8 * 0.1 * 0.8], atol=0.01)


@pytest.mark.parametrize("size, side", [(64, 64), (256, 64), (96, 48)])
def test_the_small_head_has_at_most_64_pixels(size, side):
    found = SmallHead()(heads(1, size))
    assert found.shape == (1, side, side, 4) == SmallHead().compute_output_shape((1, size, size, 5))


def test_what_stands_behind_the_person_is_not_seen():
    model, first = head_discriminator(**TINY), heads()
    second = first.copy()
    second[..., :3] = np.where(first[..., 4:] > 0, first[..., :3], -first[..., :3])
    ages = np.full((2, 1), 40.0)
    np.testing.assert_allclose(model([first, ages]), model([second, ages]), atol=1e-6)


def test_the_score_hangs_on_the_age():
    model = head_discriminator(**TINY)
    young, old = (np.asarray(model([heads(), np.full((2, 1), age)])) for age in (20.0, 70.0))
    assert young.shape == (2, 1, 1, 2) and (np.abs(young - old) > 1e-6).all()


def test_without_an_age_it_takes_the_head_alone():
    assert head_discriminator(**TINY, conditioned=False)(heads()).shape == (2, 1, 1, 2)


def test_a_side_that_has_no_sixteenths_is_refused():
    with pytest.raises(ValueError, match="image_size=100; it needs a multiple of 16"):
        head_discriminator(image_size=100)
