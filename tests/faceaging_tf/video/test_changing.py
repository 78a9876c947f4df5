"""The faces of one frame, aged as those of a photo."""

import drawn_videos
import keras
import numpy as np
import pytest
import tiny
from scipy.ndimage import gaussian_filter

from faceaging_tf.geometry.align import TEMPLATE
from faceaging_tf.geometry.frames import FRAMES
from faceaging_tf.photo.aging import age_photo
from faceaging_tf.photo.detection import Face
from faceaging_tf.video.changing import Changing
from faceaging_tf.video.placing import place_edits
from faceaging_tf.video.tracking import side_of
from faceaging_tf.video.tracks import Track

LANDMARKS = TEMPLATE * drawn_videos.SIDE - 0.5 + [60, 60]


@pytest.mark.parametrize("frame", FRAMES)
def test_a_first_frame_is_aged_as_a_photo(frame):
    keras.utils.set_random_seed(0)
    first_frame_is_as_a_photo(tiny.randomized(tiny.moving_fagan(frame=frame), seed=1).for_release())


def test_a_first_frame_is_aged_in_the_manner_of_a_photo():
    keras.utils.set_random_seed(0)
    model = tiny.randomized(tiny.whole_fagan(discriminator=None), seed=1)
    first_frame_is_as_a_photo(model, strengths={"wrinkles": 0.5}, future=2, hair="keep")
    with pytest.raises(ValueError, match="strengths names 'nose'"):
        Changing(model, 30, FRAMES["whole_head"].template(), strengths={"nose": 1})


def first_frame_is_as_a_photo(model, **more):
    # A photo's face is resampled into its square and back, a frame's is moved where it is: edges of
    # one pixel would tell them apart.
    pixels = gaussian_filter(drawn_videos.frame([(1, 60, 60)]), (2, 2, 0))
    box = np.array([60.0, 60, 60 + drawn_videos.SIDE, 60 + drawn_videos.SIDE])
    expected = age_photo(
        pixels, model, 30, ages=40, detector=lambda _: [Face(box, LANDMARKS, 1.0)], **more
    ).pixels.astype(int)
    track = Track(0, 0, LANDMARKS[None], np.ones(1), side_of(LANDMARKS), 40.0)
    changing = Changing(model, 30, FRAMES[model.frame].template(), **more)
    aged = place_edits(pixels, changing.edits(pixels, [(track, LANDMARKS, 1.0)], 0.0)).astype(int)
    change, apart = np.abs(expected - pixels), np.abs(aged - expected)
    inside = change.max(axis=2) > 0
    assert np.quantile(apart[inside], 0.99) <= 3 and apart.max() <= 8
    assert change.max() > 20 and apart[inside].mean() < change[inside].mean() / 5


class Counting:
    """A file's `edit`, without networks."""

    image_size = 32

    def __init__(self):
        self.asked = 0

    def edit(self, face, years, age):
        """Darkens, and moves nothing."""
        self.asked += 1
        return np.full(face.shape, -years, np.float32), None


def asked_for(frames):
    """How often a model is asked for the edits of a face, a frame each 0.05 s."""
    model = Counting()
    changing = Changing(model, 30, TEMPLATE)
    track = Track(0, 0, LANDMARKS[None], np.ones(1), side_of(LANDMARKS), 40.0)
    for number, pixels in enumerate(frames):
        (edit,) = changing.edits(pixels, [(track, LANDMARKS, 1.0)], 0.05 * number)
        assert edit.light.min() == pytest.approx(-30, abs=0.1)
    return model.asked


def test_the_edit_of_a_face_that_keeps_still_is_kept():
    still = [drawn_videos.frame([(1, 60, 60)], noise=2, seed=seed) for seed in range(20)]
    assert asked_for(still) == 1
    # After a second it is looked at again.
    assert asked_for([*still, still[0]]) == 2


def test_a_face_that_changes_is_looked_at_several_times_a_second():
    frames = [drawn_videos.frame([(1, 60, 60)]) for _ in range(20)]
    for number, pixels in enumerate(frames):
        # The mouth opens.
        pixels[125:135, 95 : 100 + number] = 20
    assert asked_for(frames) == pytest.approx(20 / 3, abs=1)
