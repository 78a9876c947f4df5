"""Where hair is grey: told from skin by how pale it is."""

import numpy as np
import pytest
from plain_heads import REGIONS, SIZE, half

from faceaging_tf.layers.grey_hair import paleness, where_grey

PALE, GREY, FAIR = np.float32([[0.8, 0.6, 0.5], [0.6, 0.6, 0.62], [0.75, 0.6, 0.35]])


def found(upper, lower=PALE, surely=0.0, hair=None):
    """Where a head of one colour above and another below is grey, and how grey it is."""
    hair = half(REGIONS)[None] if hair is None else hair
    picture = lambda side: np.where(half(side)[None] > 0, upper, lower).astype("float32")
    share, grey = where_grey(
        picture(SIZE),
        picture(REGIONS),
        1 - hair,
        hair,
        np.full((1, SIZE, SIZE, 1), surely, "float32"),
    )
    return np.array(share)[0, :, :, 0], float(grey[0, 0, 0, 0])


def test_paleness_is_one_for_grey_and_zero_without_one_of_the_colours():
    colours = np.float32([[[[0.5, 0.5, 0.5], [0.8, 0.6, 0.0], [0.8, 0.6, 0.4]]]])
    np.testing.assert_allclose(np.array(paleness(colours)).ravel(), [1, 0, 0.5], atol=1e-6)


@pytest.mark.parametrize("surely", [0.0, 1.0])
def test_grey_hair_as_light_as_the_skin_is_found(surely):
    share, grey = found(GREY, surely=surely)
    assert grey == 1.0
    np.testing.assert_allclose(share[: SIZE // 2 - 4], 1, atol=1e-3)
    np.testing.assert_allclose(share[SIZE // 2 + 6 :], 0, atol=1e-3)


def test_fair_hair_is_not_grey_and_hair_of_the_skins_paleness_is_not_told():
    assert found(FAIR)[1] < 0.1
    for hair in (0.9 * PALE, (0.74, 0.6, 0.53)):
        np.testing.assert_allclose(found(np.float32(hair), surely=1.0)[0], 0, atol=1e-6)


def test_what_is_coloured_in_a_mask_of_hair_is_none():
    everywhere = np.ones((1, REGIONS, REGIONS, 1), "float32")
    hair = np.concatenate(
        [everywhere[:, : 3 * REGIONS // 4], 0 * everywhere[:, 3 * REGIONS // 4 :]], axis=1
    )
    share, _ = found(GREY, surely=1.0, hair=hair)
    assert share[: SIZE // 2 - 8].min() > 0.9 and share[5 * SIZE // 8 :].max() < 0.1
