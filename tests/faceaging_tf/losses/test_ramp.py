"""A weight that changes over a run, by hand."""

import numpy as np
import pytest

from faceaging_tf.losses import Ramp, as_ramp


@pytest.mark.parametrize(
    "step, weight", [(0, 2.0), (100, 2.0), (150, 3.0), (175, 3.5), (200, 4.0), (10_000, 4.0)]
)
def test_it_goes_linearly_between_its_two_steps(step, weight):
    assert float(Ramp(2.0, 4.0, 100, 200)(step)) == pytest.approx(weight)


def test_it_may_fall():
    assert float(Ramp(1.0, 0.0, 0, 10)(3)) == pytest.approx(0.7)


def test_it_takes_a_tensor():
    import tensorflow as tf

    assert float(Ramp(0.0, 1.0, 0, 300)(tf.constant(150, "int64"))) == 0.5


def test_two_equal_steps_are_a_jump():
    assert [float(Ramp(1.0, 5.0, 7, 7)(step)) for step in (6, 7, 8)] == [1.0, 1.0, 5.0]


@pytest.mark.parametrize("weight", [3, 3.0, [3.0, 3.0, 0, 1], Ramp(3.0, 3.0)])
def test_a_number_a_list_or_a_ramp_makes_a_ramp(weight):
    assert [float(as_ramp(weight)(step)) for step in (0, 50)] == [3.0, 3.0]


@pytest.mark.parametrize("weight", ["3", [1, 2], None, np.array([1, 2, 3, 4])])
def test_anything_else_is_refused(weight):
    with pytest.raises(
        ValueError, match=r"it needs a number, or \[start, end, first_step, last_step\]"
    ):
        as_ramp(weight)
