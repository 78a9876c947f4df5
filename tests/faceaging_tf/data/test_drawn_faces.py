"""Drawn faces: pure functions of their numbers, on the template, one person through life, and of an
age one can learn.
"""

import doctest
import hashlib
import os
import pathlib
import subprocess
import sys

import numpy as np
import pytest

import faceaging_tf
from faceaging_tf.data import drawn_faces
from faceaging_tf.data.corpus import FaceCorpus
from faceaging_tf.data.drawn_faces import draw_face, draw_faces, drawn_corpus
from faceaging_tf.data.face_description import describe_face
from faceaging_tf.geometry.align import TEMPLATE

LIFE = (0, 1, 3, 6, 10, 16, 25, 40, 60, 80, 100)


def drawn_landmarks(person, age, pose=0):
    """Where the landmarks of a drawn face truly are, `(5, 2)`, fractions of the side: left eye,
    right eye, nose, left and right mouth corner.
    """
    face = describe_face(person, float(age), pose)
    eye, nose, mouth, mood = face.eye, face.nose, face.mouth, face.mood
    eyes, corners = (
        [(-eye.away, eye.v), (eye.away, eye.v)],
        [(-mouth.half, mouth.v), (mouth.half, mouth.v)],
    )
    offsets = np.array([*eyes, (0.0, nose.v), *corners]) - (0.0, 0.5)
    cosine, sine = np.cos(mood.angle), np.sin(mood.angle)
    return 0.5 + mood.zoom * offsets @ np.array([[cosine, sine], [-sine, cosine]]) + mood.shift


def distance(first, second):
    """Mean absolute difference of pictures, over their last three axes."""
    return np.abs(np.asarray(first, "float32") - np.asarray(second, "float32")).mean((-3, -2, -1))


def shrunk(faces, side):
    """Pictures averaged down to side x side, as rows of numbers in 0..1."""
    count, size = faces.shape[:2]
    return (
        faces.reshape(count, side, size // side, side, size // side, 3)
        .mean((2, 4))
        .reshape(count, -1)
        / 255
    )


def pupil(face, near):
    """The centre of darkness within 3 % of the side of a point, in fractions."""
    grey = face.astype("float64").mean(-1)
    axis = (np.arange(len(face)) + 0.5) / len(face)
    dark = np.clip(70 - grey, 0, None) * (
        np.hypot(axis[None] - near[0], axis[:, None] - near[1]) < 0.03
    )
    return np.array([(dark * axis[None]).sum(), (dark * axis[:, None]).sum()]) / dark.sum()


@pytest.mark.parametrize("size", [16, 33, 64, 128])
def test_a_face_is_a_square_of_bytes(size):
    face = draw_face(0, 30, size)
    assert face.shape == (size, size, 3)
    assert face.dtype == np.uint8


def test_the_same_numbers_give_the_same_bytes():
    np.testing.assert_array_equal(draw_face(5, 33.5, 64, 3), draw_face(5, 33.5, 64, 3))


def test_a_fresh_process_gives_the_same_bytes():
    code = (
        "import hashlib; from faceaging_tf.data.drawn_faces import draw_faces;"
        "print(hashlib.sha256(draw_faces([1, 2, 3], [4, 40, 80], 48, [0, 1, 2]).tobytes()).hexdigest())"
    )
    root = str(pathlib.Path(faceaging_tf.__file__).parents[1])
    environment = {**os.environ, "PYTHONPATH": root, "PYTHONHASHSEED": "7"}
    told = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    ).stdout
    here = hashlib.sha256(draw_faces([1, 2, 3], [4, 40, 80], 48, [0, 1, 2]).tobytes()).hexdigest()
    assert told.split()[-1] == here


@pytest.mark.parametrize("age", LIFE)
def test_eyes_and_nose_lie_on_the_template_at_every_age(age):
    for person in range(50):
        assert np.linalg.norm(drawn_landmarks(person, age) - TEMPLATE, axis=1)[:3].max() < 0.015


@pytest.mark.parametrize(
    "age, bound", [(0, 0.03), (6, 0.03), (16, 0.015), (40, 0.015), (90, 0.015)]
)
def test_mouth_corners_lie_on_the_template_or_near_it_in_children(age, bound):
    for person in range(50):
        assert np.linalg.norm(drawn_landmarks(person, age) - TEMPLATE, axis=1)[3:].max() < bound


@pytest.mark.parametrize("pose", [1, 2, 3])
def test_a_pose_moves_the_landmarks_by_little(pose):
    for person in range(20):
        moved = np.linalg.norm(
            drawn_landmarks(person, 30, pose) - drawn_landmarks(person, 30), axis=1
        )
        assert 0 < moved.max() < 0.02


@pytest.mark.parametrize("age", [3, 30, 70])
def test_the_picture_has_its_eyes_where_the_landmarks_say(age):
    for person in range(6):
        face = draw_face(person, age, 192)
        for eye in drawn_landmarks(person, age)[:2]:
            np.testing.assert_allclose(pupil(face, eye), eye, atol=0.006)


def test_a_turned_picture_is_turned_as_the_landmarks_say():
    # The gaze moves both eyes alike, so the line between them turns and grows with the pose alone.
    for pose in range(1, 6):
        face, landmarks = draw_face(2, 30, 256, pose), drawn_landmarks(2, 30, pose)
        seen = pupil(face, landmarks[1]) - pupil(face, landmarks[0])
        np.testing.assert_allclose(seen, landmarks[1] - landmarks[0], atol=0.004)


def test_a_small_change_of_age_is_a_small_change_of_the_picture():
    for person in range(2):
        life = draw_faces(person, np.arange(0, 100.5, 0.5), 32)
        assert distance(life[1:], life[:-1]).max() < 5


def test_a_year_changes_a_face_by_far_less_than_a_life():
    for person in range(4):
        life = draw_faces(person, np.arange(0, 81), 32)
        assert distance(life[80], life[0]) > 8 * distance(life[1:], life[:-1]).mean()
        assert distance(life[80], life[0]) > 10


def test_every_decade_changes_the_picture():
    for person in range(4):
        decades = draw_faces(person, np.arange(0, 100, 10), 64)
        assert distance(decades[1:], decades[:-1]).min() > 0.5


def test_a_person_is_nearer_to_the_own_past_than_to_strangers():
    people, ages = 30, (8, 30, 50, 75)
    faces = draw_faces(
        np.repeat(np.arange(people), 4), np.tile(ages, people), 32, np.arange(1, 4 * people + 1)
    )
    faces = shrunk(faces, 16).reshape(people, 4, -1)
    for first in range(4):
        for second in range(first + 1, 4):
            between = np.abs(faces[:, None, first] - faces[None, :, second]).mean(-1)
            own, strangers = (
                np.diag(between),
                between[~np.eye(people, dtype=bool)].reshape(people, -1),
            )
            assert own.mean() < 0.7 * strangers.mean()
            assert (own[:, None] < strangers).mean() > 0.85


def test_another_pose_is_another_picture_of_the_same_person():
    poses = distance(draw_faces(3, 30, 32, np.arange(1, 9)), draw_face(3, 30, 32))
    people = distance(draw_faces(np.arange(4, 24), 30, 32), draw_face(3, 30, 32))
    assert poses.min() > 0.5
    assert poses.mean() < people.mean() / 2


def test_the_ages_of_unseen_people_can_be_learnt():
    corpus = drawn_corpus(people=300, faces_per_person=3, size=32)
    pixels, ages, known = shrunk(corpus.faces, 16), corpus.age, corpus.attributes["person"] < 225
    mean_pixels, mean_age = pixels[known].mean(0), ages[known].mean()
    centred = pixels[known] - mean_pixels
    ridge = centred.T @ centred + 3.0 * np.eye(pixels.shape[1])
    weights = np.linalg.solve(ridge, centred.T @ (ages[known] - mean_age))
    guesses = (pixels[~known] - mean_pixels) @ weights + mean_age
    error, chance = np.abs(guesses - ages[~known]).mean(), np.abs(mean_age - ages[~known]).mean()
    assert error < chance / 2


def test_draw_faces_draws_each_as_draw_face_does():
    faces = draw_faces([4, 9], [20, 70.5], 32, pose=[0, 6])
    np.testing.assert_array_equal(faces, [draw_face(4, 20, 32), draw_face(9, 70.5, 32, 6)])


def test_draw_faces_takes_single_numbers_for_all():
    faces = draw_faces(4, np.array([20.0, 70.0]), 32)
    np.testing.assert_array_equal(faces, [draw_face(4, 20, 32), draw_face(4, 70, 32)])


def test_draw_faces_refuses_lists_of_different_lengths():
    with pytest.raises(ValueError, match="one length N"):
        draw_faces([1, 2, 3], [10, 20], 32)


def test_a_drawn_corpus_knows_everyone_through_life():
    corpus = drawn_corpus(people=4, faces_per_person=3, size=16, youngest=0, oldest=90)
    assert isinstance(corpus, FaceCorpus)
    assert corpus.faces.shape == (12, 16, 16, 3)
    assert corpus.attributes["person"].tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3]
    np.testing.assert_array_equal(corpus.age_min, corpus.age_max)
    np.testing.assert_array_equal(corpus.age.reshape(4, 3) // 30, [[0, 1, 2]] * 4)


def test_a_drawn_corpus_can_be_drawn_again_from_its_columns():
    corpus = drawn_corpus(people=2, faces_per_person=2, size=16, seed=5)
    again = draw_faces(corpus.attributes["person"], corpus.age, 16, corpus.attributes["pose"])
    np.testing.assert_array_equal(corpus.faces, again)


def test_corpora_of_different_seeds_share_no_person():
    people = [set(drawn_corpus(3, 1, 16, seed).attributes["person"]) for seed in (0, 1)]
    assert not people[0] & people[1]


@pytest.mark.parametrize("age", [-0.1, 100.5, float("nan"), float("inf"), "30", None])
def test_an_age_outside_0_to_100_is_refused(age):
    with pytest.raises(ValueError, match="from 0 to 100"):
        draw_face(0, age, 32)


@pytest.mark.parametrize("person", [-1, 1.5, "1", None])
def test_a_person_that_is_no_whole_number_is_refused(person):
    with pytest.raises(ValueError, match="person=.*whole number of 0 or more"):
        draw_face(person, 30, 32)


@pytest.mark.parametrize("size", [15, 0, -64, 64.0, "64"])
def test_a_size_below_16_or_not_whole_is_refused(size):
    for draw in (
        lambda: draw_face(0, 30, size),
        lambda: draw_faces([0], [30], size),
        lambda: drawn_corpus(1, 1, size),
    ):
        with pytest.raises(ValueError, match="size=.*whole number of 16 or more"):
            draw()


def test_a_corpus_of_nobody_is_refused():
    with pytest.raises(ValueError, match="people=0"):
        drawn_corpus(people=0)


def test_a_corpus_whose_ages_run_backwards_is_refused():
    with pytest.raises(ValueError, match="must not be above"):
        drawn_corpus(people=1, youngest=60, oldest=20)


def test_the_examples_of_the_documentation_run():
    results = doctest.testmod(drawn_faces)
    assert results.attempted > 0 and results.failed == 0
