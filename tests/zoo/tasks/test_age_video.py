"""`faceaging video` and `faceaging sweep`: what they write, and how they refuse."""

import functools

import av
import drawn_videos
import numpy as np
import pytest
from PIL import Image
from refusals import refusal
from skimage.data import astronaut

import zoo
from faceaging_tf.errors import NoFaceInVideoError
from zoo.cli.main import main
from zoo.tasks import age_video


@pytest.fixture
def clip(tmp_path):
    portrait = astronaut()[:180, 100:340]
    return drawn_videos.write(
        tmp_path / "me.mp4", [np.roll(portrait, place, axis=1) for place in range(6)]
    )


def test_a_video_is_written_beside_it_and_named(clip, tiny_preset, capsys):
    assert main(["video", str(clip), "--years", "30", "--entry", tiny_preset, "--ages", "40"]) == 0
    written = clip.with_name("me-aged+30.mp4")
    with av.open(str(written)) as file:
        assert sum(1 for _ in file.decode(video=0)) == 6
    out = capsys.readouterr().out
    assert (
        f"{written}: 6 frames, 1 face, 40 +30 years (ages given)" in out
        and "frames per second" in out
    )


def test_a_sweep_is_written_and_named(photo, tiny_preset, capsys):
    out = photo.with_name("me.gif")
    arguments = [
        "--from",
        "-30",
        "--to",
        "40",
        "--out",
        str(out),
        "--seconds",
        "0.5",
        "--fps",
        "8",
        "--size",
        "128",
        "--boomerang",
    ]
    assert main(["sweep", str(photo), "--entry", tiny_preset, *arguments]) == 0
    assert "6 frames, -30 to +40 years" in capsys.readouterr().out
    image = Image.open(out)
    assert image.n_frames == 6 and image.width == 128


def test_what_is_no_video_is_refused(tmp_path, photo, capsys):
    (tmp_path / "text.mp4").write_text("This is no video.")
    assert "There is no file" in refusal(
        capsys, ["video", tmp_path / "nowhere.mp4", "--years", "30"]
    )
    assert "not a video" in refusal(capsys, ["video", tmp_path / "text.mp4", "--years", "30"])
    assert "faceaging age" in refusal(capsys, ["video", photo, "--years", "30"])


def test_a_video_given_as_a_photo_is_sent_on(clip, capsys):
    assert "is a video, no photo; age it with `faceaging video`" in refusal(
        capsys, ["age", clip, "--years", "30"]
    )
    assert "faceaging video" in refusal(capsys, ["sweep", clip, "--from", "0", "--to", "9"])


def test_what_is_left_out_and_left_alone_is_said(clip, tiny_preset, capsys, monkeypatch):
    from faceaging_tf.video import aging as video_aging

    @functools.wraps(video_aging.age_video)
    def tracked(*_, **__):
        return video_aging.AgedVideo(
            "aged.mp4",
            6,
            (40.0,),
            30.0,
            {"faces": 1.0},
            too_small=2,
            left_out=("1 track of subtitles",),
        )

    monkeypatch.setattr(video_aging, "age_video", tracked)
    assert main(["video", str(clip), "--years", "30", "--entry", tiny_preset]) == 0
    out = capsys.readouterr().out
    assert (
        "Up to 2 faces at once left alone: smaller than 40 pixels." in out
        and "Left out: 1 track of subtitles." in out
    )


def test_what_cannot_be_done_is_refused(clip, photo, capsys):
    assert "--years" in refusal(capsys, ["video", clip])
    assert "names no format" in refusal(
        capsys, ["video", clip, "--years", "30", "--out", clip.with_name("a.gif")]
    )
    assert "is a directory; pass the path of a file in it" in refusal(
        capsys, ["video", clip, "--years", "30", "--out", clip.parent]
    )
    assert "is a directory; pass the path of a file in it" in refusal(
        capsys, ["video", clip, "--years", "30", "--out", f"{clip.parent}/new/"]
    )
    assert "the video itself" in refusal(capsys, ["video", clip, "--years", "30", "--out", clip])
    assert "nobody" in refusal(capsys, ["video", clip, "--years", "30", "--entry", "nobody"])
    assert "--from and --to" in refusal(capsys, ["sweep", photo, "--from", "3"])
    assert "names no format" in refusal(
        capsys, ["sweep", photo, "--from", "0", "--to", "9", "--out", photo.with_name("a.avi")]
    )


def test_a_video_without_a_face_is_refused(tmp_path, tiny_fagan):
    wall = drawn_videos.write(tmp_path / "wall.mp4", [drawn_videos.frame([])] * 3)
    with pytest.raises(NoFaceInVideoError, match="No face was found"):
        age_video.age_video(
            wall, 30, tiny_fagan, out=tmp_path / "out.mp4", detector=drawn_videos.detector
        )


@pytest.mark.parametrize(
    "work, sentence",
    [
        (lambda: zoo.age_video(None, 30, "a.mp4"), "path was None; it needs a path"),
        (lambda: zoo.sweep("me.jpg", 0, 10, None), "out was None; it needs a path"),
    ],
)
def test_what_is_no_path_is_refused(work, sentence):
    with pytest.raises(zoo.ZooError, match=sentence):
        work()
