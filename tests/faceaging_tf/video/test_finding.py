"""Known faces looked at again, and others seen."""

import numpy as np
import pytest
from skimage.data import astronaut

from faceaging_tf.video.finding import FrameFinder


@pytest.fixture(scope="module")
def finder():
    return FrameFinder()


@pytest.fixture(scope="module")
def landmarks(finder):
    return finder(astronaut())[0].landmarks


def test_a_face_is_found_again_near_where_it_was(finder, landmarks):
    found = finder.again(astronaut(), landmarks + [6, -5])
    np.testing.assert_allclose(found, landmarks, atol=1.5)


def test_a_face_that_is_gone_or_half_out_of_the_frame_is_not(finder, landmarks):
    assert finder.again(np.full((512, 512, 3), 90, np.uint8), landmarks) is None
    assert finder.again(astronaut()[:, 215:], landmarks - [215, 0]) is None
    assert finder.again(astronaut(), landmarks + 5000) is None


def test_others_are_those_that_are_not_known(finder, landmarks):
    assert not finder.sees_others(astronaut(), [landmarks])
    assert finder.sees_others(astronaut(), [])
    two = np.concatenate([astronaut(), astronaut()], axis=1)
    assert finder.sees_others(two, [landmarks])
    assert not finder.sees_others(two, [landmarks, landmarks + [512, 0]])
