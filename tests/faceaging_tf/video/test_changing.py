"""The faces of one frame, aged as those of a photo."""

import drawn_videos
import keras
import numpy as np
import pytest
import tiny

from faceaging_tf.geometry.align import TEMPLATE
from faceaging_tf.geometry.frames import FRAMES
from faceaging_tf.photo.aging import age_photo
from faceaging_tf.photo.detection import Face
from faceaging_tf.video.changing import Changing
from faceaging_tf.video.tracking import side_of
from faceaging_tf.video.tracks import Track

LANDMARKS = TEMPLATE * drawn_videos.SIDE - 0.5 + [60, 60]


@pytest.mark.parametrize("frame", FRAMES)
def test_a_first_frame_is_aged_as_a_photo(frame):
    keras.utils.set_random_seed(0)
    first_frame_is_as_a_photo(tiny.randomized(tiny.moving_fagan(frame=frame), seed=1).for_release())


def test_a_first_frame_is_aged_with_the_strengths_of_a_photo():
    keras.utils.set_random_seed(0)
    model = tiny.randomized(tiny.whole_fagan(discriminator=None), seed=1)
    first_frame_is_as_a_photo(model, strengths={"wrinkles": 0.5, "hair": 0})
    with pytest.raises(ValueError, match="strengths names 'nose'"):
        Changing(model, 30, FRAMES["whole_head"].template(), {"nose": 1})


def first_frame_is_as_a_photo(model, **more):
    pixels = drawn_videos.frame([(1, 60, 60)])
    box = np.array([60.0, 60, 60 + drawn_videos.SIDE, 60 + drawn_videos.SIDE])
    expected = age_photo(
        pixels, model, 30, ages=40, detector=lambda _: [Face(box, LANDMARKS, 1.0)], **more
    ).pixels.astype(int)
    track = Track(0, 0, LANDMARKS[None], np.ones(1), side_of(LANDMARKS), 40.0)
    changing = Changing(model, 30, FRAMES[model.frame].template(), **more)
    aged = changing.aged(pixels, [(track, LANDMARKS, 1.0)], 0.0)
    assert np.abs(aged - expected).max() <= 1 and np.abs(expected - pixels).max() > 5
