"""What changed where nothing should: outside the person, and at the border of the square."""

import numpy as np

# The outline is grown by this part of the side, for the flow that moves it and for what the mask
# does not know; and who is in it by less than half is in it.
GROWN, PERSON = 0.024, 64
# How wide the border is, as a part of the side.
BORDER = 0.02


def outside_person(heads, outputs, masks):
    """How much changed outside the person and at the border.

    Args:
        heads: `(N, S, S, 3)` uint8.
        outputs: the same heads aged.
        masks: `(N, h, h)` uint8, 255 where the person is.

    Returns:
        A dict of `(N,)` float32 in levels of 0..255, of absolute differences over pixels and
        channels: `outside_difference` their mean and `outside_largest` the largest outside the
        person, nan where the person fills the square; `border_difference` and `border_largest` the
        same of the outermost 2 %.
    """
    size = heads.shape[1]
    border = np.ones((size, size), bool)
    width = max(1, round(BORDER * size))
    border[width:-width, width:-width] = False
    figures = {
        name: np.full(len(heads), np.nan, "float32")
        for name in ("outside_difference", "outside_largest", "border_difference", "border_largest")
    }
    for row, (head, output, mask) in enumerate(zip(heads, outputs, masks, strict=True)):
        change = np.abs(output.astype("int16") - head)
        for name, place in (("outside", outside_of(mask, size)), ("border", border)):
            if place.any():
                figures[f"{name}_difference"][row], figures[f"{name}_largest"][row] = (
                    change[place].mean(),
                    change[place].max(),
                )
    return figures


def outside_of(mask, size):
    """Where the person is not, `(size, size)` bool, of a mask `(h, h)` uint8."""
    from scipy.ndimage import maximum_filter

    side = len(mask)
    grown = maximum_filter(mask, size=2 * round(GROWN * side) + 1) >= PERSON
    place = (np.arange(size) * side // size).astype(int)
    return ~grown[np.ix_(place, place)]
