"""Years as the parts of ageing count them: what is wanted of what is asked, what is left for grown
skin, and how far along its lines a head's shape is.
"""

import itertools

from keras import ops

# The ages in years between which heads grow, along two lines; adults' skin begins to age later.
GROWTH_AGES, GROWN = (2.0, 10.0, 18.0), 20.0
# At most so many times the requested years are asked of the parts, older and younger: beyond, the
# picture pays for what an age judge does not see.
MOST_OLDER, MOST_YOUNGER = 1.55, 3.0


def wanted_years(years):
    """The years that are wanted, of those that are asked of the parts (see `calibrating`)."""
    return years / ops.where(years > 0, MOST_OLDER, MOST_YOUNGER)


def adult_years(years, age):
    """What is left of years to age by when skin is grown: a child's has to grow first, and gets no
    lines meanwhile. Younger, all of them.
    """
    grown = MOST_OLDER * ops.maximum(age + wanted_years(years) - GROWN, 0.0)
    return ops.minimum(years, grown)


def lines_of(age):
    """How far along an adult's two lines of age, in 50 years: a list of two tensors like `age`."""
    return [
        ops.clip(age, 18.0, 85.0) / 50.0,
        ops.maximum(ops.minimum(age, 85.0) - 45.0, 0.0) / 50.0,
    ]


def growth_of(age):
    """How far along each span of growth, 0 to 1: a list of two tensors like `age`."""
    return [
        (ops.clip(age, low, high) - low) / (high - low)
        for low, high in itertools.pairwise(GROWTH_AGES)
    ]
