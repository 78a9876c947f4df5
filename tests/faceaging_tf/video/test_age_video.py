"""A whole video aged."""

import os
import tracemalloc

import av
import drawn_videos
import numpy as np
import pytest
import tiny

from faceaging_tf.video import NoFaceInVideoError, VideoError, age_video

YEARS = 30.0


@pytest.fixture(scope="module")
def model():
    return drawn_videos.Darkening()


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    return drawn_videos.write(
        tmp_path_factory.mktemp("clip") / "me.mp4", drawn_videos.moving(30, noise=2)
    )


@pytest.fixture(scope="module")
def aged(clip, model):
    out = clip.with_name("aged.mp4")
    return out, age(clip, out, model)


def age(clip, out, model, years=YEARS, **more):
    return age_video(clip, out, model, years, **{"detector": drawn_videos.detector, **more})


def test_frames_times_and_rate_are_the_videos_own(clip, aged):
    (before, frames, _), (after, new, _) = drawn_videos.read(clip), drawn_videos.read(aged[0])
    assert aged[1].frames == len(before) == 30
    np.testing.assert_array_equal(after, before)
    assert new.shape == frames.shape
    with av.open(str(aged[0])) as file:
        assert file.streams.video[0].average_rate == drawn_videos.RATE


def test_the_sound_is_the_videos_own(clip, aged):
    np.testing.assert_array_equal(drawn_videos.read(aged[0])[2], drawn_videos.read(clip)[2])


def test_the_face_changes_and_the_wall_does_not(clip, aged):
    before, after = (drawn_videos.read(path)[1].astype(float) for path in (clip, aged[0]))
    assert (after - before)[:, 70:100, 105:130].mean() == pytest.approx(-YEARS, abs=3)
    wall = after[:, :, 220:] - before[:, :, 220:]
    assert np.abs(wall).mean() < 2.5 and np.abs(wall.mean(axis=(0, 1, 2))).max() < 0.8


def test_one_face_has_one_age(aged):
    assert len(aged[1].ages) == 1 and set(aged[1].seconds) == {"faces", "ageing", "joining"}


def test_nothing_is_left_beside_the_output(clip, aged):
    assert sorted(os.listdir(clip.parent)) == ["aged.mp4", "me.mp4"]


def changes_inside(frames):
    """Mean change from a frame to the next inside a face that stands still."""
    inside = frames[:, 50:126, 50:126].astype(float)
    return np.abs(np.diff(inside, axis=0)).mean()


@pytest.mark.parametrize("make", [tiny.fagan, tiny.moving_fagan])
def test_sensor_noise_does_not_flicker(tmp_path, make):
    still = [drawn_videos.frame([(1, 40, 40)], noise=2, seed=seed) for seed in range(20)]
    clip = drawn_videos.write(tmp_path / "still.mp4", still, sound=False)
    age(clip, tmp_path / "aged.mp4", tiny.randomized(make(), seed=1).for_release())
    before, after = (drawn_videos.read(path)[1] for path in (clip, tmp_path / "aged.mp4"))
    # Averaged over time no noise is left: this is what the networks changed.
    assert np.abs((after.astype(float) - before).mean(axis=0))[50:126, 50:126].mean() > 1
    assert changes_inside(after) <= 1.2 * changes_inside(before)


def test_what_was_killed_goes_on_and_gives_the_same(clip, aged, model, tmp_path):
    class Killed(BaseException):
        pass

    def run(stop=None, **more):
        seen = []

        def progress(stage, done, total):
            seen.append((stage, done))
            if (stage, done) == stop:
                raise Killed

        if stop:
            with pytest.raises(Killed):
                age(clip, tmp_path / "out.mp4", model, segment=8, progress=progress)
        else:
            age(clip, tmp_path / "out.mp4", model, segment=8, progress=progress)
        return seen

    whole = tmp_path / "whole.mp4"
    age(clip, whole, model, segment=8)
    run(stop=("faces", 19))
    assert run(stop=("ageing", 21))[0] == ("faces", 17)
    assert os.listdir(tmp_path / ".out.mp4.work") and not (tmp_path / "out.mp4").exists()
    assert run()[0] == ("ageing", 17)
    for one, other in zip(
        drawn_videos.read(tmp_path / "out.mp4"), drawn_videos.read(whole), strict=True
    ):
        np.testing.assert_array_equal(one, other)
    assert sorted(os.listdir(tmp_path)) == ["out.mp4", "whole.mp4"]


def test_a_part_that_is_missing_is_made_again(clip, model, tmp_path):
    class Killed(BaseException):
        pass

    def at_the_end(stage, done, total):
        if (stage, done) == ("ageing", 30):
            raise Killed

    out = tmp_path / "out.mp4"
    with pytest.raises(Killed):
        age(clip, out, model, segment=8, progress=at_the_end)
    (tmp_path / ".out.mp4.work" / "segment-00001.mkv").unlink()
    seen = []
    age(clip, out, model, segment=8, progress=lambda stage, done, total: seen.append(done))
    assert seen == [*range(9, 17), *range(25, 31)]
    age(clip, tmp_path / "whole.mp4", model, segment=8)
    np.testing.assert_array_equal(
        drawn_videos.read(out)[1], drawn_videos.read(tmp_path / "whole.mp4")[1]
    )


def test_other_years_in_the_same_working_folder_are_refused(clip, model, tmp_path):
    def stop(*_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        age(clip, tmp_path / "out.mp4", model, progress=stop)
    with pytest.raises(VideoError, match="begun with years 30.0 and not 20.0"):
        age(clip, tmp_path / "out.mp4", model, years=20)
    with pytest.raises(VideoError, match="begun with model"):
        age(clip, tmp_path / "out.mp4", tiny.randomized(tiny.fagan(), seed=2).for_release())


def test_two_faces_are_aged_each_by_its_own_age(model, tmp_path):
    frames = [
        drawn_videos.frame([(1, 20 + place, 40), (2, 200 - place, 60)], seed=place)
        for place in range(16)
    ]
    clip = drawn_videos.write(tmp_path / "two.mp4", frames)
    out = age(clip, tmp_path / "aged.mp4", model, ages=[20.0, 60.0])
    assert out.ages == (20.0, 60.0)
    before, after = (
        drawn_videos.read(path)[1].astype(float) for path in (clip, tmp_path / "aged.mp4")
    )
    for inside in ((slice(70, 100), slice(60, 90)), (slice(90, 120), slice(230, 250))):
        assert (after - before)[:, *inside].mean() == pytest.approx(-YEARS, abs=3)
    with pytest.raises(VideoError, match="3 ages were given for 2 faces"):
        age(clip, tmp_path / "other.mp4", model, ages=[20.0, 60.0, 30.0])


def test_a_cut_begins_new_faces(model, tmp_path):
    blue, seen = np.array([0, 0, 200]), []

    def detector(pixels):
        wall = drawn_videos.WALL if pixels[0, 0, 1] > 150 else blue
        return drawn_videos.detector(pixels, wall)

    frames = [drawn_videos.frame([(1, 20, 40)])] * 8 + [
        drawn_videos.frame([(2, 30, 45)], wall=blue)
    ] * 8
    clip = drawn_videos.write(tmp_path / "cut.mp4", frames)
    out = age(
        clip, tmp_path / "aged.mp4", model, detector=detector, progress=lambda *at: seen.append(at)
    )
    assert len(out.ages) == 2 and len(set(out.ages)) == 2
    assert ("ageing", 16, 16) in seen


def test_times_that_vary_are_kept(model, tmp_path):
    times = np.cumsum([0, 33, 40, 33, 100, 20, 33, 33, 70, 33]).tolist()
    clip = drawn_videos.write(tmp_path / "varying.mkv", drawn_videos.moving(10), times=times)
    age(clip, tmp_path / "aged.mkv", model)
    age(clip, tmp_path / "aged.mp4", model)
    before = drawn_videos.read(clip)[0]
    np.testing.assert_allclose(before, np.array(times) / 1000, atol=5e-4)
    for name in ("aged.mkv", "aged.mp4"):
        np.testing.assert_allclose(drawn_videos.read(tmp_path / name)[0], before, atol=1e-9)


def test_a_video_on_its_side_stays_so_and_is_aged_upright(model, tmp_path):
    lying = [np.rot90(frame, -1) for frame in drawn_videos.moving(6)]
    clip = drawn_videos.write(tmp_path / "lying.mp4", lying, rotation=90)
    age(clip, tmp_path / "aged.mp4", model)
    (_, before, _), (_, after, _) = (
        drawn_videos.read(clip),
        drawn_videos.read(tmp_path / "aged.mp4"),
    )
    assert before.shape == after.shape == (6, 180, 320, 3)
    with av.open(str(tmp_path / "aged.mp4")) as file:
        frame = next(file.decode(video=0))
        assert (frame.width, frame.height, frame.rotation) == (180, 320, 90)
    assert (after.astype(float) - before)[:, 70:100, 80:100].mean() == pytest.approx(-YEARS, abs=3)


def test_sound_that_the_container_does_not_take_is_encoded_anew(model, tmp_path):
    clip = drawn_videos.write(
        tmp_path / "old.mkv", drawn_videos.moving(12), tone="wavpack", layout="stereo"
    )
    age(clip, tmp_path / "aged.mp4", model)
    _, frames, samples = drawn_videos.read(tmp_path / "aged.mp4")
    assert len(frames) == 12 and samples.shape[1] / drawn_videos.SOUND_RATE == pytest.approx(
        0.4, abs=0.1
    )
    with av.open(str(tmp_path / "aged.mp4")) as file:
        assert file.streams.audio[0].codec_context.name == "aac"
    crossings = np.diff(np.sign(samples[0, 4410:13230])).astype(bool).sum()
    assert crossings == pytest.approx(8820 * 0.06 / np.pi, rel=0.03)


def test_no_face_is_said_and_nothing_written(model, tmp_path):
    clip = drawn_videos.write(tmp_path / "wall.mp4", [drawn_videos.frame([])] * 6)
    with pytest.raises(NoFaceInVideoError, match="No face was found in any of the 6 frames"):
        age(clip, tmp_path / "aged.mp4", model)
    with pytest.raises(NoFaceInVideoError, match="has 9[5-8] pixels; 150 are needed"):
        age(
            drawn_videos.write(tmp_path / "small.mp4", drawn_videos.moving(6)),
            tmp_path / "aged.mp4",
            model,
            minimum_face_size=150,
        )
    assert sorted(os.listdir(tmp_path)) == ["small.mp4", "wall.mp4"]


def test_memory_does_not_grow_with_the_video(model, tmp_path):
    peaks = []
    for count in (20, 60):
        clip = drawn_videos.write(tmp_path / f"{count}.mp4", drawn_videos.moving(count))
        age(clip, tmp_path / "warm.mp4", model, segment=10) if not peaks else None
        tracemalloc.start()
        age(clip, tmp_path / "aged.mp4", model, segment=10)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    frame = drawn_videos.WIDTH * drawn_videos.HEIGHT * 3
    assert peaks[1] < peaks[0] + 3 * frame
