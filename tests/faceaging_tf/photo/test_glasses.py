"""Glasses are seen by their arms and their bridge."""

import cv2
import numpy as np
import pytest
from drawn_heads import draw_head, shape

from faceaging_tf.photo.skin import skin_of

POINTS = shape()


def with_lines(*lines):
    """A drawn head with dark lines between landmarks."""
    face = draw_head(POINTS)[0].copy()
    for start, end in lines:
        corners = [(POINTS[number] * 256).astype(int).tolist() for number in (start, end)]
        cv2.line(face, *corners, (60, 50, 45), 2)
    return face


ARMS, BRIDGE = ((33, 127), (263, 356)), ((133, 362),)


@pytest.mark.parametrize(
    "lines, seen", [((), False), (ARMS, False), (BRIDGE, False), ((*ARMS, *BRIDGE), True)], ids=str
)
def test_glasses_have_two_arms_and_a_bridge(lines, seen):
    assert skin_of(with_lines(*lines), POINTS).glasses is seen


def test_what_is_around_glasses_is_left_out():
    plain, worn = (skin_of(with_lines(*lines), POINTS).mask for lines in ((), (*ARMS, *BRIDGE)))
    # Below the eyes, and on the cheeks.
    below, cheeks = ((POINTS[numbers] * 256).astype(int).T for numbers in ([119, 348], [205, 425]))
    assert plain[below[1], below[0]].min() > 0.7 > 0.2 > worn[below[1], below[0]].max()
    np.testing.assert_allclose(worn[cheeks[1], cheeks[0]], plain[cheeks[1], cheeks[0]], atol=0.01)
