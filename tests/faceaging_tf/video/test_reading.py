"""What is no video, or a broken one, is a sentence."""

import os
import sys

import drawn_videos
import numpy as np
import pytest
from PIL import Image

from faceaging_tf.video import VideoError, check_destination, open_video, reading
from faceaging_tf.video.reading import read_frames


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    return drawn_videos.write(tmp_path_factory.mktemp("clip") / "me.mp4", drawn_videos.moving(40))


def test_a_video_is_described(clip):
    video = open_video(clip)
    assert (video.width, video.height, video.rotation, video.rate, video.frames) == (
        320,
        180,
        0,
        drawn_videos.RATE,
        40,
    )
    assert video.seconds == pytest.approx(40 / float(drawn_videos.RATE), abs=1e-3)


def test_frames_come_with_their_numbers_and_nearly_as_they_were(clip):
    frames = list(read_frames(open_video(clip), start=38))
    assert [frame.index for frame in frames] == [38, 39]
    wanted = list(drawn_videos.moving(40))[38]
    # A level's bias would be seen here; coding alone has none.
    assert abs((frames[0].pixels().astype(float) - wanted).mean()) < 0.3


@pytest.mark.parametrize(
    "name, content, message",
    [
        ("none.mp4", None, "no file"),
        ("empty.mp4", b"", "empty"),
        ("text.mp4", b"words " * 99, "not a video"),
    ],
)
def test_no_video_is_a_sentence(tmp_path, name, content, message):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(VideoError, match=message):
        open_video(tmp_path / name)


def test_a_photo_a_folder_and_sound_alone_are_sentences(tmp_path, clip):
    import av

    Image.fromarray(np.zeros((8, 8, 3), "uint8")).save(tmp_path / "photo.png")
    with pytest.raises(VideoError, match="faceaging age"):
        open_video(tmp_path / "photo.png")
    with pytest.raises(VideoError, match="directory"):
        open_video(tmp_path)
    with (
        av.open(str(clip)) as source,
        av.open(str(tmp_path / "sound.m4a"), "w", format="mp4") as file,
    ):
        tone = file.add_stream_from_template(source.streams.audio[0])
        for packet in source.demux(audio=0):
            if packet.dts is not None:
                packet.stream = tone
                file.mux(packet)
    with pytest.raises(VideoError, match="holds no video"):
        open_video(tmp_path / "sound.m4a")


@pytest.mark.parametrize("ending", [".mp4", ".mkv"])
def test_a_file_that_is_cut_off_is_a_sentence(tmp_path, ending):
    whole = drawn_videos.write(
        tmp_path / f"whole{ending}", drawn_videos.moving(60, noise=2), sound=ending == ".mp4"
    )
    (tmp_path / f"cut{ending}").write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    with pytest.raises(VideoError, match="cut off"):
        list(read_frames(open_video(tmp_path / f"cut{ending}")))


def test_destinations_that_cannot_be_written_are_sentences(clip, tmp_path):
    for path, message in (
        (tmp_path / "a.avi", "names no format"),
        (tmp_path / "no" / "a.mp4", "no directory"),
        (clip, "the video itself"),
    ):
        with pytest.raises(VideoError, match=message):
            check_destination(path, clip)


def test_without_av_it_says_what_to_install(clip, monkeypatch):
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(VideoError, match=r"faceaging-tf\[video\]"):
        open_video(clip)


@pytest.mark.parametrize(
    "text, seconds", [("00:01:02.5", 62.5), ("1:00:00", 3600), ("", 0), ("0x:1", 0), ("0:0:nan", 0)]
)
def test_a_length_that_is_none_is_no_length(text, seconds):
    assert reading._in_seconds(text) == seconds


@pytest.mark.parametrize(
    ("name", "codec", "options"),
    [
        ("camcorder.mp4", "libx264", {"x264-params": "tff=1", "crf": "10"}),
        ("television.mpg", "mpeg2video", {"flags": "+ildct+ilme", "q:v": "2"}),
    ],
)
def test_a_frame_of_two_moments_becomes_one_of_a_single_moment(tmp_path, name, codec, options):
    def combed(moment):
        pixels = np.full((120, 160, 3), 60, np.uint8)
        for row in range(120):
            start = 20 + 6 * (2 * moment + row % 2)
            pixels[row, start : start + 30] = 220
        return pixels

    import av

    path = tmp_path / name
    with av.open(str(path), "w") as file:
        stream = file.add_stream(codec, rate=25, options=options)
        stream.width, stream.height, stream.pix_fmt = 160, 120, "yuv420p"
        for moment in range(8):
            file.mux(stream.encode(av.VideoFrame.from_ndarray(combed(moment), format="rgb24")))
        file.mux(stream.encode(None))
    with av.open(str(path)) as file:
        times = [(frame.pts, frame.pts + frame.duration) for frame in file.decode(video=0)]
    frames = list(read_frames(open_video(path)))
    assert [(frame.time, frame.end) for frame in frames] == times and len(times) == 8
    for moment, frame in enumerate(frames):
        lines = frame.pixels()[30:90].astype(int).mean(axis=-1)
        assert np.abs(np.diff(lines, axis=0)).max() < 25
        bright = np.flatnonzero(lines.mean(axis=0) > 140)
        assert abs(bright.mean() - (20 + 12 * moment + 3 + 14.5)) < 3.5 and len(bright) < 33


def test_an_encrypted_video_is_not_called_damaged(tmp_path):
    import av

    key = {"encryption_key": "76a6c65c5ea762046bd749a2e632ccbb", "encryption_kid": "a7e61c37" * 4}
    options = {"encryption_scheme": "cenc-aes-ctr", **key}
    path = tmp_path / "film.mp4"
    with av.open(str(path), "w", options=options) as file:
        pictures = file.add_stream("libx264", rate=25)
        pictures.width = pictures.height = 64
        noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), "uint8")
        for _ in range(10):
            file.mux(pictures.encode(av.VideoFrame.from_ndarray(noise, format="rgb24")))
        file.mux(pictures.encode(None))
    with pytest.raises(VideoError, match=r"film\.mp4' is encrypted"):
        list(read_frames(open_video(path)))


def test_a_pipe_is_a_sentence(tmp_path):
    os.mkfifo(tmp_path / "pipe.mp4")
    with pytest.raises(VideoError, match=r"is a pipe or a device.* Write it to a file first"):
        open_video(tmp_path / "pipe.mp4")


def test_colours_that_cannot_be_converted_are_a_sentence(tmp_path):
    import av

    with av.open(str(tmp_path / "a.mp4"), "w") as file:
        pictures = file.add_stream("libx264", rate=25, options={"x264-params": "colormatrix=YCgCo"})
        pictures.width = pictures.height = 64
        file.mux(pictures.encode(av.VideoFrame(64, 64, "yuv420p")))
        file.mux(pictures.encode(None))
    with pytest.raises(VideoError, match=r"matrix 8\). Convert it to BT\.709"):
        open_video(tmp_path / "a.mp4")
