"""Videos as people have them: what cameras, phones, browsers and broadcasters write."""

import os
import struct

import av
import drawn_videos
import numpy as np
import pytest
from PIL import Image

from faceaging_tf.video import VideoError, age_video, aging, check_destination, open_video
from faceaging_tf.video.working import WorkingFolder

YEARS = 30.0
QUICK = (("deadline", "realtime"), ("cpu-used", "8"))


@pytest.fixture(scope="module")
def model():
    return drawn_videos.Darkening()


def age(path, out, model, **more):
    return age_video(path, out, model, YEARS, detector=drawn_videos.detector, **more)


def stated(path):
    """Codec, profile, sides, pixel format, and seconds of the pictures of a file."""
    with av.open(f"file:{path}") as file:
        stream = file.streams.video[0]
        context = stream.codec_context
        return (
            context.name,
            context.profile,
            (context.width, context.height),
            context.pix_fmt,
            float(stream.duration * stream.time_base),
        )


def changed(path, old, new):
    """The same file with the last of some bytes changed."""
    data = bytearray(path.read_bytes())
    at = data.rfind(old)
    assert at > 0 and len(old) == len(new)
    data[at : at + len(old)] = new
    path.write_bytes(data)


def without_rate(path):
    """A Matroska file that does not state how long a frame lasts, as browsers write it."""
    data = bytearray(path.read_bytes())
    at = data.find(b"\x23\xe3\x83")
    size = data[at + 3] & 0x7F
    data[at : at + 4 + size] = bytes([0xEC, 0x80 | (2 + size)]) + bytes(2 + size)
    path.write_bytes(data)
    return path


@pytest.fixture
def said(monkeypatch):
    """Warnings, as they come."""
    texts = []
    monkeypatch.setattr(aging.logging, "warning", lambda text, *values: texts.append(text % values))
    return texts


def test_sound_that_ffmpeg_does_not_know_is_left_out_and_that_is_said_before_the_work(
    tmp_path, model, said
):
    clip = drawn_videos.write(tmp_path / "me.mp4", drawn_videos.moving(6))
    changed(clip, b"mp4a", b"apac")
    changed(clip, b"esds", b"xxxx")
    before = []
    aged = age(clip, tmp_path / "aged.mp4", model, progress=lambda *_: before.append(list(said)))
    assert aged.left_out == ("1 track of sound that FFmpeg does not know",)
    assert before[0] == [f"'{clip}': 1 track of sound that FFmpeg does not know will be left out."]
    assert len(drawn_videos.read(tmp_path / "aged.mp4")[1]) == 6


def test_other_tracks_are_counted(tmp_path, model, said):
    path = tmp_path / "me.mkv"
    with av.open(str(path), "w") as file:
        streams = [file.add_stream("mpeg4", rate=25, width=320, height=180) for _ in range(2)]
        file.add_attachment("letters.ttf", "application/x-truetype-font", b"letters")
        for pixels in drawn_videos.moving(4):
            for stream in streams:
                file.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        for stream in streams:
            file.mux(stream.encode(None))
    assert age(path, tmp_path / "aged.mp4", model).left_out == (
        "1 track of further pictures",
        "1 track of attached files",
    )


def test_a_codec_of_pictures_that_ffmpeg_does_not_know_is_not_called_damaged(tmp_path):
    clip = drawn_videos.write(tmp_path / "me.mp4", drawn_videos.moving(3))
    changed(clip, b"avc1", b"xvc9")
    with pytest.raises(
        VideoError, match="a codec that FFmpeg does not know. Convert it to H.264"
    ) as refusal:
        open_video(clip)
    assert "damaged" not in str(refusal.value)


def test_a_photo_in_the_container_of_videos_is_no_video(tmp_path):
    clip = drawn_videos.write(tmp_path / "me.mp4", drawn_videos.moving(1), sound=False)
    data = clip.read_bytes()
    clip.write_bytes(data[:8] + b"heic" + data[12:])
    with pytest.raises(VideoError, match="is a photo, no video. Save it as JPEG"):
        open_video(clip)


def test_without_a_rate_a_face_that_comes_in_is_aged_as_fast_as_with_one(tmp_path, model):
    rng = np.random.default_rng(0)
    times = np.cumsum([0, *rng.integers(35, 46, 19)]).tolist()
    frames = [drawn_videos.frame([])] * 6 + list(drawn_videos.moving(14))
    clip = without_rate(drawn_videos.write(tmp_path / "me.mkv", frames, times=times))
    age(clip, tmp_path / "aged.mp4", model)
    (then, before, _), (now, after, _) = (
        drawn_videos.read(clip),
        drawn_videos.read(tmp_path / "aged.mp4"),
    )
    np.testing.assert_allclose(now, then, atol=1e-6)
    # It is looked for every fifth frame, and so found in frame 10; a fifth of a second later,
    # which is 5 frames, all of the change is there.
    face = (slice(None), slice(70, 100), slice(95, 115))
    change = (after.astype(float) - before)[face].mean(axis=(1, 2, 3))
    assert np.abs(change[:10]).max() < 3 and change[15:] == pytest.approx(-YEARS, abs=3)


@pytest.mark.parametrize("ending", [".gif", ".mp4", ".mkv"])
def test_a_last_picture_that_stands_stands_as_long_in_the_aged_one(tmp_path, model, ending):
    clip = tmp_path / f"me{ending}"
    if ending == ".gif":
        first, *rest = [Image.fromarray(pixels) for pixels in drawn_videos.moving(6)]
        first.save(clip, save_all=True, append_images=rest, duration=[80] * 5 + [3000])
    else:
        times, options = (
            [80 * place for place in range(6)],
            (
                ("crf", "10"),
                ("preset", "ultrafast"),
                ("bf", "0"),
            ),
        )
        drawn_videos.write(
            clip, drawn_videos.moving(6), times=times, options=options, sound=False, hold=3
        )
    age(clip, tmp_path / "aged.mp4", model)
    assert stated(tmp_path / "aged.mp4")[-1] == pytest.approx(3.4, abs=0.01)


def test_sound_that_the_container_does_not_hold_is_encoded_anew(tmp_path, model):
    clip = drawn_videos.write(
        tmp_path / "me.avi",
        drawn_videos.moving(12),
        codec="mjpeg",
        pixels="yuvj420p",
        tone="pcm_u8",
        options=(),
    )
    aged = age(clip, tmp_path / "aged.mp4", model)
    _, frames, samples = drawn_videos.read(tmp_path / "aged.mp4")
    assert len(frames) == 12 and aged.left_out == ()
    assert samples.shape[0] == 1 and samples.shape[1] / drawn_videos.SOUND_RATE == pytest.approx(
        0.4, abs=0.05
    )


def test_a_second_file_behind_the_first_plays_on(tmp_path, model):
    one = drawn_videos.write(tmp_path / "one.ts", drawn_videos.moving(12), rate=25)
    clip = tmp_path / "me.ts"
    clip.write_bytes(2 * one.read_bytes())
    age(clip, tmp_path / "aged.mp4", model)
    times, frames, samples = drawn_videos.read(tmp_path / "aged.mp4")
    steps = np.diff(times)
    assert len(frames) == 24 and samples.shape[1] / drawn_videos.SOUND_RATE == pytest.approx(
        0.96, abs=0.15
    )
    np.testing.assert_allclose(np.delete(steps, 11), 0.04, atol=1e-3)
    assert 0.04 <= steps[11] < 0.2


def test_a_recording_that_begins_between_two_whole_pictures_is_aged_from_the_next_one_on(
    tmp_path, model
):
    options = (("g", "10"), ("bf", "0"), ("preset", "ultrafast"))
    clip = drawn_videos.write(
        tmp_path / "me.ts", drawn_videos.moving(30, noise=8), rate=25, options=options
    )
    # A packet of a broadcast has 188 bytes; the first whole picture alone has more than 30 of them.
    clip.write_bytes(clip.read_bytes()[30 * 188 :])
    assert age(clip, tmp_path / "aged.mp4", model).frames == 20


@pytest.mark.parametrize("name", ["clip-12:30", "http:me", "100%d"])
def test_a_name_is_a_name(tmp_path, model, name, monkeypatch):
    monkeypatch.chdir(tmp_path)
    clip = f"{name}.mp4"
    drawn_videos.write(clip, drawn_videos.moving(3))
    age(clip, f"{name}-aged.mp4", model)
    assert sorted(os.listdir(tmp_path)) == sorted([clip, f"{name}-aged.mp4"])


def test_odd_sides_become_even_and_the_colours_what_every_player_shows(tmp_path, model):
    frames = [
        np.pad(frame, ((0, 1), (0, 1), (0, 0)), mode="edge") for frame in drawn_videos.moving(3)
    ]
    clip = drawn_videos.write(
        tmp_path / "me.webm", frames, codec="libvpx-vp9", options=QUICK, tone="libopus", sound=False
    )
    age(clip, tmp_path / "aged.mp4", model)
    assert stated(tmp_path / "aged.mp4")[:4] == ("h264", "High", (322, 182), "yuv420p")


def test_what_cannot_be_written_is_known_before_the_work(tmp_path, model, monkeypatch):
    clip, seen = drawn_videos.write(tmp_path / "me.mp4", drawn_videos.moving(3)), []
    with pytest.raises(VideoError, match="is a directory; pass the path of a file in it"):
        check_destination(tmp_path, clip)

    def no_space(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("faceaging_tf.video.joining.heapq.merge", no_space)
    with pytest.raises(
        VideoError, match=f"'{tmp_path}/aged.mp4' could not be written: No space left"
    ):
        age(clip, tmp_path / "aged.mp4", model, progress=lambda *at: seen.append(at))
    assert not seen and os.listdir(tmp_path) == ["me.mp4"]


def test_a_face_that_is_too_small_is_counted(tmp_path, model):
    frames = [drawn_videos.frame([(1, 20 + place, 40)]) for place in range(6)]
    for frame in frames:
        frame[10:40, 250:280] = drawn_videos.face(2)[::3, ::3][:30, :30]
    clip = drawn_videos.write(tmp_path / "me.mp4", frames)
    aged = age(clip, tmp_path / "aged.mp4", model, minimum_face_size=60)
    assert len(aged.ages) == 1 and aged.too_small == 1


def test_a_working_folder_that_was_killed_as_it_began_or_ended_is_gone_on_with(
    tmp_path, monkeypatch
):
    folder = tmp_path / ".aged.mp4.work"
    folder.mkdir()
    (folder / ".0123.part").write_bytes(b"{")
    WorkingFolder(tmp_path / "aged.mp4", {"years": 30})
    work = WorkingFolder(tmp_path / "aged.mp4", {"years": 30})
    work.save("faces", 0, {"times": np.zeros(1)})

    def killed(path):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(os, "remove", killed)
        with pytest.raises(KeyboardInterrupt):
            work.remove()
    WorkingFolder(tmp_path / "aged.mp4", {"years": 30}).remove()
    assert not folder.exists()


TURNS = {
    "left and right": ((-1, 0, 0, 1), lambda frames: frames[:, :, ::-1]),
    "up and down": ((1, 0, 0, -1), lambda frames: frames[:, ::-1]),
    "rows and columns": ((0, 1, 1, 0), lambda frames: frames.swapaxes(1, 2)),
}


def shown_by(clip, a, b, c, d):
    """Has a clip say by its matrix how it is to be shown."""
    data = clip.read_bytes()
    matrix = lambda *values: struct.pack(">9i", *(round(value) for value in values))
    one, end = 1 << 16, (0, 0, 1 << 30)
    plain = matrix(one, 0, 0, 0, one, 0, *end)
    at = data.index(plain, data.index(b"tkhd"))
    asked = matrix(a * one, b * one, 0, c * one, d * one, 0, *end)
    clip.write_bytes(data[:at] + asked + data[at + len(plain) :])


@pytest.mark.parametrize("name", TURNS)
def test_what_is_shown_mirrored_is_aged_as_it_is_shown(tmp_path, model, name):
    asked, shown = TURNS[name]
    clip = drawn_videos.write(tmp_path / "me.mp4", drawn_videos.moving(6), sound=False)
    before = shown(drawn_videos.read(clip)[1]).astype(float)
    shown_by(clip, *asked)
    age(clip, tmp_path / "aged.mp4", model)
    after = drawn_videos.read(tmp_path / "aged.mp4")[1].astype(float)
    assert after.shape == before.shape
    wall = (np.abs(before - drawn_videos.WALL) < 8).all(axis=-1)
    assert np.abs(after - before)[wall].mean() < 2.5
    assert (after - before)[~wall].mean() < -YEARS / 2


@pytest.mark.parametrize(("degrees", "said"), [(90, False), (30, True), (135, True)])
def test_a_turn_by_less_than_a_quarter_is_left_out_and_said(tmp_path, caplog, degrees, said):
    clip = drawn_videos.write(tmp_path / "me.mp4", drawn_videos.moving(2), sound=False)
    turn = np.deg2rad(degrees)
    shown_by(clip, np.cos(turn), np.sin(turn), -np.sin(turn), np.cos(turn))
    open_video(clip)
    assert ("degrees beside its quarter turns" in caplog.text) is said


def animation(path, **options):
    """Six pictures of a moving face, written by Pillow."""
    first, *rest = (Image.fromarray(frame) for frame in drawn_videos.moving(6))
    first.save(path, save_all=True, append_images=rest, duration=80, **options)
    return path


def test_an_animated_avif_moves_and_an_animated_webp_is_a_sentence(tmp_path, model):
    assert age(animation(tmp_path / "me.avif"), tmp_path / "aged.mp4", model).frames == 6
    with pytest.raises(VideoError, match="is an animated WebP.*Save it as GIF or MP4"):
        open_video(animation(tmp_path / "me.webp"))


@pytest.mark.parametrize(
    "name, codec, pixels", [("me.webm", "libvpx-vp9", "yuva420p"), ("me.mov", "qtrle", "argb")]
)
def test_transparency_is_left_out_and_that_is_said(tmp_path, model, name, codec, pixels):
    see_through = np.dstack([next(drawn_videos.moving(1)), np.full((180, 320), 99, np.uint8)])
    with av.open(str(tmp_path / name), "w") as file:
        stream = file.add_stream(codec, rate=25)
        stream.width, stream.height, stream.pix_fmt = 320, 180, pixels
        for _ in range(3):
            file.mux(stream.encode(av.VideoFrame.from_ndarray(see_through, format="rgba")))
        file.mux(stream.encode(None))
    assert age(tmp_path / name, tmp_path / "aged.mp4", model).left_out == ("the transparency",)


def test_an_address_is_a_sentence():
    with pytest.raises(VideoError, match="is an address"):
        open_video("https://example.org/me.mp4")


def test_a_name_too_long_for_a_working_folder_says_what_to_do(tmp_path, model):
    clip = drawn_videos.write(tmp_path / "me.mp4", drawn_videos.moving(2))
    with pytest.raises(VideoError, match="too long. Choose another name"):
        age(clip, tmp_path / f"{'x' * 250}.mp4", model)


@pytest.mark.parametrize(
    "wrong", [{"segment": "x"}, {"detector": 3}, {"progress": 3}, {"minimum_face_size": None}]
)
def test_an_option_of_another_kind_is_said(tmp_path, wrong):
    options = {"detector": drawn_videos.detector, **wrong}
    with pytest.raises(ValueError, match=f"{next(iter(wrong))} was"):
        age_video(tmp_path / "me.mp4", tmp_path / "aged.mp4", None, YEARS, **options)


def test_an_output_that_is_no_path_is_said():
    with pytest.raises(VideoError, match="out was 3"):
        check_destination(3)


def test_a_video_that_another_run_is_making_is_left_to_it(tmp_path):
    out = tmp_path / "aged.mp4"
    first = WorkingFolder(out, {"years": 30})
    first.save("faces", 0, {"times": np.zeros(1)})
    with pytest.raises(VideoError, match=r"Another run is making '.*aged\.mp4' at this moment"):
        WorkingFolder(out, {"years": 30})
    assert first.has("faces", 0)
    first.close()
    second = WorkingFolder(out, {"years": 30})
    assert second.has("faces", 0)
    second.remove()
    assert not list(tmp_path.iterdir())
