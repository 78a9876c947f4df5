"""The times of a video: its rate, its end, and files that begin anew on the way."""

from fractions import Fraction

import av
import drawn_videos
import numpy as np
import pytest

from faceaging_tf.video import VideoError
from faceaging_tf.video.reading import Video, opened
from faceaging_tf.video.timeline import end_of, packets_in_time, rate_of

MILLISECOND = Fraction(1, 1000)


def video(rate=None, frames=None, seconds=None):
    return Video(
        "me.mkv", 320, 180, 0, False, rate, MILLISECOND, frames, seconds, None, (1, 1, 1, 1)
    )


def test_a_rate_that_the_times_bear_out_is_the_files_own():
    # 10 frames at 29.97 a second, rounded to milliseconds.
    assert rate_of(video(Fraction(30000, 1001)), 10, 0, 300) == Fraction(30000, 1001)


@pytest.mark.parametrize("stated", [None, Fraction(1000)])
def test_else_the_rate_is_that_of_the_times(stated):
    assert rate_of(video(stated), 26, 100, 1100) == 25


def test_one_frame_has_the_rate_that_is_stated_or_the_common_one():
    assert rate_of(video(Fraction(30)), 1, 0, 0) == 30 and rate_of(video(), 1, 0, 0) == 25


def test_the_last_frame_ends_as_it_says_or_after_one_step():
    assert end_of(video(), 11, 0, 400, 3400) == 3400
    assert end_of(video(), 11, 0, 400, 400) == 440


def test_what_ends_early_is_cut_off_unless_all_frames_are_there():
    assert end_of(video(frames=11, seconds=3.4), 11, 0, 400, 440) == 3400
    with pytest.raises(VideoError, match="states 3.40 seconds of video and holds 0.44"):
        end_of(video(frames=99, seconds=3.4), 11, 0, 400, 440)
    with pytest.raises(VideoError, match="cut off"):
        end_of(video(seconds=3.4), 11, 0, 400, 440)


@pytest.fixture(scope="module")
def broadcast(tmp_path_factory):
    """One second of a broadcast."""
    path = tmp_path_factory.mktemp("broadcast") / "me.ts"
    return drawn_videos.write(path, drawn_videos.moving(25), rate=25)


def times_of(path):
    """Seconds at which the pictures and the sound of a file begin, in the order of showing."""
    with opened(path) as (container, stream):
        found = {"video": [], "audio": []}
        for packet in packets_in_time(container, stream):
            if packet.size:
                found[packet.stream.type].append(float(packet.pts * packet.time_base))
    return {kind: np.sort(times) for kind, times in found.items()}


def test_a_file_behind_another_plays_on_after_it_picture_and_sound(broadcast, tmp_path):
    twice = tmp_path / "twice.ts"
    twice.write_bytes(2 * broadcast.read_bytes())
    one, two = times_of(broadcast), times_of(twice)
    moved = two["video"][25:] - one["video"]
    assert len(two["video"]) == 50 and np.ptp(moved) < 1e-6
    # It begins when both the pictures and the sound of the first have ended.
    assert 1.0 <= moved[0] < 1.2
    sound = two["audio"][two["audio"] >= two["video"][25]] - moved[0]
    np.testing.assert_allclose(sound, one["audio"][-len(sound) :], atol=1e-4)
    assert np.diff(two["audio"]).max() < 0.1 and len(sound) >= len(one["audio"]) - 3


def test_without_sound_and_lengths_the_second_begins_a_frame_later(tmp_path):
    path = tmp_path / "me.ts"
    drawn_videos.write(path, drawn_videos.moving(12), rate=25, sound=False)
    path.write_bytes(2 * path.read_bytes())
    np.testing.assert_allclose(np.diff(times_of(path)["video"]), 0.04, atol=1e-4)


def moved_by(path, out, seconds):
    """The same file at another time."""
    with av.open(str(path)) as source, av.open(str(out), "w") as file:
        streams = {stream.index: file.add_stream_from_template(stream) for stream in source.streams}
        for packet in source.demux():
            if packet.size:
                packet.pts, packet.dts = (
                    time + round(seconds / packet.time_base) for time in (packet.pts, packet.dts)
                )
                packet.stream = streams[packet.stream.index]
                file.mux(packet)
    return out


def test_a_recording_of_the_evening_begins_at_0(broadcast, tmp_path):
    late = times_of(moved_by(broadcast, tmp_path / "late.ts", 68_000))
    assert 0 <= min(late["video"][0], late["audio"][0]) < 1e-3
    apart = times_of(broadcast)
    expected = apart["video"][0] - apart["audio"][0]
    assert late["video"][0] - late["audio"][0] == pytest.approx(expected, abs=1e-3)


def test_a_recording_behind_one_of_the_morning_plays_on_after_it(broadcast, tmp_path):
    late = moved_by(broadcast, tmp_path / "late.ts", 3600)
    both = tmp_path / "both.ts"
    both.write_bytes(broadcast.read_bytes() + late.read_bytes())
    assert times_of(both)["video"][-1] < 2.5
