"""Faces followed from frame to frame."""

import drawn_videos
import numpy as np
import pytest
from PIL import Image

from faceaging_tf.geometry.align import TEMPLATE, align_face
from faceaging_tf.geometry.frames import WHOLE_HEAD
from faceaging_tf.video.carrying import carry
from faceaging_tf.video.tracking import COLUMNS, Tracker, overlap, side_of
from faceaging_tf.video.tracks import smoothed, tracks_of

PLACE = TEMPLATE * drawn_videos.SIDE - 0.5 + [40, 40]


class OneAge:
    image_size = 32

    def estimate_ages(self, faces):
        return np.full(len(faces), 40.0, np.float32)


def test_landmarks_are_carried_as_the_face_moves():
    before, after = (
        drawn_videos.frame([(1, left, top)], noise=2, seed=left)
        for left, top in ((40, 40), (44, 37))
    )
    np.testing.assert_allclose(carry(PLACE, before, after), PLACE + [4, -3], atol=0.4)


def test_a_still_face_stays_to_a_tenth_of_a_pixel_in_noise():
    before, after = (drawn_videos.frame([(1, 40, 40)], noise=2, seed=seed) for seed in (0, 1))
    np.testing.assert_allclose(carry(PLACE, before, after), PLACE, atol=0.1)


def test_a_face_that_is_gone_is_lost():
    before, after = (
        drawn_videos.frame([(1, 40, 40)], noise=2),
        drawn_videos.frame([], noise=2, seed=1),
    )
    assert carry(PLACE, before, after) is None
    assert carry(PLACE + 5000, before, before) is None


def test_squares_overlap_by_their_shared_area():
    assert side_of(PLACE) == pytest.approx(drawn_videos.SIDE)
    assert overlap(PLACE, PLACE) == pytest.approx(1)
    assert overlap(PLACE, PLACE + [drawn_videos.SIDE / 2, 0]) == pytest.approx(1 / 3)
    assert overlap(PLACE, PLACE + 500) == 0


def test_smoothing_takes_the_detectors_shaking_away_and_follows_the_movement():
    rng = np.random.default_rng(0)
    truth = PLACE + np.cumsum(rng.normal(0, 3, (60, 1, 2)), axis=0)
    moved = np.concatenate([np.zeros((1, 5, 2)), np.diff(truth, axis=0)])
    found = np.full_like(truth, np.nan)
    found[::5] = truth[::5] + rng.normal(0, 1, (12, 5, 2))
    error = smoothed(moved, found, window=8) - truth
    assert np.abs(np.diff(error, axis=0)).std() < 0.1 and np.abs(error).mean() < 0.6


def follow(frames, detector=drawn_videos.detector):
    tracker = Tracker(detector, OneAge(), 40)
    for index, pixels in enumerate(frames):
        tracker.look_at(index, pixels)
    rows, ages = np.array(tracker.rows).reshape(-1, COLUMNS), np.array(tracker.ages).reshape(-1, 2)
    return tracker, tracks_of(rows, ages, np.array(tracker.cuts), index + 1, 30.0)


def test_the_detector_is_asked_every_fifth_frame():
    asked = []

    def detector(pixels):
        asked.append(1)
        return drawn_videos.detector(pixels)

    _, (track,) = follow(drawn_videos.moving(21), detector)
    assert len(asked) == 5 and len(track.landmarks) == 21 and track.age == 40


class Looking:
    """A finder that looks again at known faces, and counts how often it searches for all."""

    def __init__(self):
        self.searches, self.others = [], False

    def __call__(self, pixels):
        """All faces."""
        self.searches.append(pixels)
        return drawn_videos.detector(pixels)

    def again(self, pixels, landmarks):
        """The face that is there; None where none is."""
        faces = [face.landmarks for face in drawn_videos.detector(pixels)]
        return next((face for face in faces if overlap(face, landmarks) > 0.5), None)

    def sees_others(self, pixels, faces):
        """Whether there are more."""
        return len(drawn_videos.detector(pixels)) > len(faces)


def test_all_faces_are_searched_once_in_25_frames_where_known_ones_are_seen_again():
    finder = Looking()
    _, (track,) = follow(drawn_videos.moving(51), finder)
    assert len(finder.searches) == 3 and len(track.landmarks) == 51
    _, (other,) = follow(drawn_videos.moving(51))
    np.testing.assert_allclose(track.landmarks, other.landmarks, atol=0.1)


def test_all_faces_are_searched_at_once_where_another_is_seen_or_one_is_lost():
    frames = [
        drawn_videos.frame([(1, 20, 40)] * (place < 18) + [(2, 200, 40)] * (place >= 7))
        for place in range(24)
    ]
    finder = Looking()
    tracker, tracks = follow(frames, finder)
    # At the beginning; at the look that sees the other; and where the first is lost.
    assert [next(n for n, f in enumerate(frames) if f is seen) for seen in finder.searches][:3] == [
        0,
        10,
        18,
    ]
    assert sorted(track.start for track in tracks) == [0, 10]


def test_a_follower_that_goes_on_searches_when_the_first_one_would():
    frames = list(drawn_videos.moving(40))
    first, second = Tracker(Looking(), OneAge(), 40), Tracker(Looking(), OneAge(), 40)
    for index, pixels in enumerate(frames[:13]):
        first.look_at(index, pixels)
    second.restore(first.state()["live"], first.state()["counters"], frames[12])
    first.begin_part()
    for index, pixels in enumerate(frames[13:], 13):
        first.look_at(index, pixels)
        second.look_at(index, pixels)
    np.testing.assert_array_equal(first.rows, second.rows)
    assert len(first.detector.searches) == 1 + len(second.detector.searches) == 2


def test_a_turning_and_growing_face_is_carried():
    small = Image.fromarray(drawn_videos.frame([(1, 40, 40)], noise=1))
    turn = 1.03 * np.array([[np.cos(0.08), -np.sin(0.08)], [np.sin(0.08), np.cos(0.08)]])
    shift = np.array([88, 88]) - turn @ [88, 88] + [3, -2]
    back = np.linalg.inv(turn)
    start = back @ (0.5 - 0.5 * np.ones(2) - shift) + 0.5 - back @ [0.5, 0.5]
    grown = small.transform(
        small.size,
        Image.Transform.AFFINE,
        (*back[0], start[0], *back[1], start[1]),
        Image.Resampling.BICUBIC,
    )
    found = carry(PLACE, np.asarray(small), np.asarray(grown))
    np.testing.assert_allclose(found, PLACE @ turn.T + shift, atol=0.2)


def test_a_face_that_moves_is_one_track_near_where_it_is():
    _, (track,) = follow(drawn_videos.moving(20))
    wanted = (
        TEMPLATE * drawn_videos.SIDE
        - 0.5
        + [40, 40]
        + np.stack([2 * np.arange(20), np.zeros(20)], axis=1)[:, None]
    )
    np.testing.assert_allclose(track.landmarks, wanted, atol=1.5)
    assert (track.strength == 1).all()


def test_what_appears_and_vanishes_within_a_scene_fades():
    frames = [
        drawn_videos.frame([(1, 20, 40)] + ([(2, 200, 40)] if 5 <= place < 25 else []))
        for place in range(40)
    ]
    _, tracks = follow(frames)
    other = next(track for track in tracks if track.start)
    assert (
        len(tracks) == 2
        and 0 < other.strength[0] < 0.2
        and other.strength[-1] < 0.2
        and other.strength.max() == 1
    )
    assert other.start == 5 and 5 + len(other.strength) <= 26


def test_what_was_seen_once_only_is_no_face():
    def detector(pixels):
        return drawn_videos.detector(pixels)[: 2 if pixels[0, 0, 0] else 1]

    frames = [drawn_videos.frame([(1, 20, 40), (2, 200, 40)]) for place in range(20)]
    frames[5][0, 0] = 9
    assert len(follow(frames, detector)[1]) == 1


def test_a_cut_ends_all_tracks():
    frames = (
        [drawn_videos.frame([(1, 20, 40)])] * 6
        + [255 - drawn_videos.frame([(1, 20, 40)])] * 3
        + [drawn_videos.frame([(2, 25, 40)])] * 6
    )
    tracker, tracks = follow(frames)
    assert tracker.cuts == [0, 6, 9]
    assert {track.start for track in tracks} >= {0, 9} and all(
        (track.strength == 1).all() for track in tracks
    )


def test_ages_of_whole_heads_are_estimated_in_whole_heads():
    given = []

    class OfWholeHeads(OneAge):
        frame = "whole_head"

        def estimate_ages(self, faces):
            given.extend(faces)
            return super().estimate_ages(faces)

    tracker = Tracker(drawn_videos.detector, OfWholeHeads(), 40)
    pixels = drawn_videos.frame([(1, 40, 40)])
    tracker.look_at(0, pixels)
    np.testing.assert_allclose(tracker.template, WHOLE_HEAD.template())
    np.testing.assert_array_equal(given[0], align_face(pixels, PLACE, 32, WHOLE_HEAD.template()))
