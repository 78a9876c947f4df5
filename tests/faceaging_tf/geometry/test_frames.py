"""Frames: where one square lies in another."""

import numpy as np
import pytest

from faceaging_tf.geometry.align import MESH_TEMPLATE, TEMPLATE
from faceaging_tf.geometry.frames import FRAMES, TIGHT, WHOLE_HEAD, frame_of


def test_the_tight_frame_leaves_a_template_as_it_is():
    np.testing.assert_array_equal(TIGHT.template(MESH_TEMPLATE), MESH_TEMPLATE)


def test_a_whole_head_is_smaller_about_the_line_of_the_eyes():
    # By hand: .5 - .19 * .684, and .45 + .21 * .684.
    np.testing.assert_allclose(
        WHOLE_HEAD.template(TEMPLATE)[[0, 2]], [(0.37004, 0.45), (0.5, 0.59364)]
    )


def test_the_meshs_points_lie_where_the_corpora_were_aligned_by_them():
    corpora = [(0.372, 0.455), (0.628, 0.455), (0.5, 0.613), (0.389, 0.713), (0.611, 0.713)]
    np.testing.assert_allclose(WHOLE_HEAD.template(MESH_TEMPLATE), corpora, atol=1e-5)


def test_a_point_of_the_tight_square_lies_at_its_place_in_the_window():
    left, top, right, bottom = WHOLE_HEAD.window(TIGHT)
    place = np.array([left, top]) + TEMPLATE * [right - left, bottom - top]
    np.testing.assert_allclose(place, WHOLE_HEAD.template(TEMPLATE))


def test_the_two_windows_undo_each_other():
    low, high = np.reshape(WHOLE_HEAD.window(TIGHT), (2, 2))
    outer_low, outer_high = np.reshape(TIGHT.window(WHOLE_HEAD), (2, 2))
    np.testing.assert_allclose(outer_low + low * (outer_high - outer_low), 0, atol=1e-12)
    np.testing.assert_allclose(outer_low + high * (outer_high - outer_low), 1, atol=1e-12)


@pytest.mark.parametrize("name", FRAMES)
def test_a_frame_fills_its_own_square(name):
    np.testing.assert_allclose(FRAMES[name].window(FRAMES[name]), (0, 0, 1, 1), atol=1e-12)


def test_another_name_is_refused_with_those_there_are():
    with pytest.raises(
        ValueError, match="FAGAN got frame='body'; it needs one of 'tight', 'whole_head'"
    ):
        frame_of("body", "FAGAN")
