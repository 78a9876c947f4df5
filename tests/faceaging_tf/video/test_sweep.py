"""A photo as a video of all years between two."""

import os
import sys

import av
import drawn_tools
import drawn_videos
import numpy as np
import pytest
from PIL import Image

from faceaging_tf.data.drawn_faces import draw_face
from faceaging_tf.photo import NoFaceError
from faceaging_tf.video import Clip, VideoError, sweep


@pytest.fixture(scope="module")
def model():
    return drawn_videos.Darkening()


@pytest.fixture(scope="module")
def photo():
    return draw_face(3, 40, 129)


def frames_of(path):
    if path.suffix == ".mp4":
        with av.open(str(path)) as file:
            return [frame.to_ndarray(format="rgb24") for frame in file.decode(video=0)]
    image = Image.open(path)
    return [
        np.asarray((image.seek(place), image.convert("RGB"))[1]) for place in range(image.n_frames)
    ]


def run(photo, model, out, first=-30, last=40, **more):
    return sweep(
        photo,
        model,
        first,
        last,
        out,
        detector=drawn_tools.detector,
        clip=Clip(**{"seconds": 1, "rate": 10, **more}),
    )


@pytest.mark.parametrize("ending", ["mp4", "gif", "webp"])
def test_there_is_a_frame_for_each_moment_and_the_face_changes(photo, model, tmp_path, ending):
    out = tmp_path / f"sweep.{ending}"
    assert run(photo, model, out) == 10
    frames = frames_of(out)
    assert len(frames) == 10 and len({frame.shape for frame in frames}) == 1
    assert frames[0].shape[0] % 2 == 0 and frames[0].shape[1] % 2 == 0
    assert (
        frames[-1][40:80, 40:80].astype(float) - frames[0][40:80, 40:80]
    ).mean() == pytest.approx(-70, abs=8)
    assert os.listdir(tmp_path) == [out.name]


def test_a_boomerang_comes_back(photo, model, tmp_path):
    assert run(photo, model, tmp_path / "a.webp", boomerang=True) == 18
    frames = np.array(frames_of(tmp_path / "a.webp"), float)
    assert len(frames) == 18
    assert np.abs(frames[1] - frames[-1]).mean() < 0.2 * np.abs(frames[1] - frames[9]).mean()


def test_no_years_show_the_photo_as_it_is(photo, model, tmp_path):
    run(photo, model, tmp_path / "a.mp4", first=0, captions=False)
    assert np.abs(frames_of(tmp_path / "a.mp4")[0].astype(float) - photo[:128, :128]).mean() < 3


def test_the_longer_side_can_be_given(photo, model, tmp_path):
    run(photo, model, tmp_path / "a.gif", size=64, captions=False)
    assert frames_of(tmp_path / "a.gif")[0].shape == (64, 64, 3)


def test_what_cannot_be_written_is_a_sentence(photo, model, tmp_path):
    with pytest.raises(VideoError, match="names no format"):
        run(photo, model, tmp_path / "a.avi")
    with pytest.raises(ValueError, match="2 frames or more"):
        run(photo, model, tmp_path / "a.gif", seconds=0.1)
    with pytest.raises(NoFaceError):
        run(np.zeros((64, 64, 3), "uint8"), model, tmp_path / "a.gif")
    assert os.listdir(tmp_path) == []


def test_without_av_a_sweep_to_mp4_names_what_to_install_and_the_forms_that_need_none(
    photo, model, tmp_path, monkeypatch
):
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(VideoError, match=r"faceaging-tf\[video\].*\.gif or \.webp"):
        run(photo, model, tmp_path / "a.mp4")
    assert run(photo, model, tmp_path / "a.gif") == 10


@pytest.mark.parametrize("wrong", [{"clip": 3}, {"detector": 3}, {"progress": 3}])
def test_an_option_of_another_kind_is_said(photo, model, tmp_path, wrong):
    with pytest.raises(ValueError, match=f"{next(iter(wrong))} was 3"):
        sweep(photo, model, 0, 5, tmp_path / "me.gif", **wrong)


@pytest.mark.parametrize("wrong", [{"seconds": "x"}, {"rate": 0}, {"size": 1.5}])
def test_a_clip_that_cannot_be_is_said(wrong):
    with pytest.raises(ValueError, match=f"{next(iter(wrong))} was"):
        Clip(**wrong)
