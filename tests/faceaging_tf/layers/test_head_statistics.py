"""Statistics of heads: by hand on planes and stripes, and that nothing behind a person is seen."""

import numpy as np
import pytest

from faceaging_tf.layers import HeadStatistics

SIZE = 128
# Cells of skin, and those of one band: energies, peakedness, ridges over furrows, directions.
CELLS, BAND = 110, 6


def head(skin=1.0, hair=0.0):
    return np.concatenate(
        [
            np.zeros((1, SIZE, SIZE, 3)),
            np.full((1, SIZE, SIZE, 1), skin),
            np.full((1, SIZE, SIZE, 1), hair),
        ],
        axis=-1,
    ).astype("float32")


def parts(found):
    """Mean colours `(110, 3)`, bands `(4, 110, 6)`, hair `(64, 6)`."""
    found = np.asarray(found)[0]
    colours, rest = found[: 3 * CELLS].reshape(CELLS, 3), found[3 * CELLS :]
    bands = []
    for _ in range(4):
        widths, band = (3, 1, 1, 1), rest[: BAND * CELLS]
        ends = np.cumsum(np.array(widths) * CELLS)[:-1]
        bands.append(
            np.concatenate([each.reshape(CELLS, -1) for each in np.split(band, ends)], axis=1)
        )
        rest = rest[BAND * CELLS :]
    ends = 64 * 3
    return (
        colours,
        np.stack(bands),
        np.concatenate([rest[:ends].reshape(64, 3), rest[ends:].reshape(64, 3)], axis=1),
    )


def striped(axis):
    stripes = head()
    wave = 0.2 * np.sin(2 * np.pi * np.arange(SIZE) / 6)
    stripes[..., :3] = wave[None, :, None, None] if axis else wave[None, None, :, None]
    return stripes


def test_their_number_does_not_hang_on_the_side():
    layer = HeadStatistics()
    for size in (64, 128):
        found = layer(np.zeros((2, size, size, 5), "float32"))
        assert found.shape == (2, 3354) == layer.compute_output_shape((2, size, size, 5))


def test_of_one_colour_only_hair_says_which():
    plain = head(hair=1.0)
    plain[..., :3] = (0.5, 0.3, 0.1)
    colours, bands, hair = parts(HeadStatistics()(plain))
    # Row and column of cells within the border, at which a Gaussian meets zeros.
    inner = slice(43, 47)
    assert np.abs(colours).max() < 0.02
    # Half the logarithm of a floor of energy, brought towards 0.
    np.testing.assert_allclose(bands[0, inner, :3], 0.5 * (np.log(0.004**2) + 6), atol=0.02)
    light = 0.299 * 0.5 + 0.587 * 0.3 + 0.114 * 0.1
    share = 1 / 1.03
    np.testing.assert_allclose(
        hair[27, :3], 2 * share * np.array([light, 2 * (0.5 - light), 2 * (0.1 - light)]), atol=0.01
    )


def test_stripes_have_a_direction_and_an_energy():
    (_, across, _), (_, down, _) = (parts(HeadStatistics()(striped(axis))) for axis in (0, 1))
    middle = 55
    assert across[0, middle, 5] > 3 and down[0, middle, 5] < -3
    # A wave of six pixels loses 1 - exp(-(2 pi .7 / 6)^2 / 2) of its height to the first band.
    height = 0.2 * (1 - np.exp(-((2 * np.pi * 0.7 / 6) ** 2) / 2))
    assert across[0, middle, 0] == pytest.approx(
        0.5 * (np.log(height**2 / 2 / 1.03 + 0.004**2) + 6), abs=0.15
    )


def test_dark_lines_are_furrows_and_light_ones_ridges():
    found = []
    for sign in (-1, 1):
        lines = head()
        lines[:, ::8, :, :3] = 0.3 * sign
        found.append(parts(HeadStatistics()(lines))[1][0, 55, 4])
    assert found[0] < -0.5 and found[1] > 0.5


def test_where_no_skin_and_no_hair_is_nothing_counts():
    blank = head(skin=0.0)
    blank[..., :3] = np.random.default_rng(0).uniform(-1, 1, (1, SIZE, SIZE, 3))
    assert np.abs(HeadStatistics()(blank)).max() == 0


def test_a_side_that_has_no_sixteenths_is_refused():
    with pytest.raises(ValueError, match="100 pixels a side; it needs a multiple of 16"):
        HeadStatistics()(np.zeros((1, 100, 100, 5), "float32"))
