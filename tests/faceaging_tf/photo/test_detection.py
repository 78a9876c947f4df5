"""Faces are found with their landmarks, once each, the largest first."""

import ctypes

import numpy as np
import pytest
from PIL import Image
from skimage.data import astronaut, coffee

from faceaging_tf.geometry.align import align_face
from faceaging_tf.photo import detection
from faceaging_tf.photo.detection import Face, MTCNNDetector, split_by_size, without_duplicates

# Read off the picture by eye: the pupils, the tip of the nose, the corners of the mouth.
ASTRONAUT = np.array([(204, 101), (245, 102), (225, 126), (203, 140), (244, 141)])


@pytest.fixture(scope="module")
def detector():
    return MTCNNDetector()


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
    return np.asarray(Image.fromarray(astronaut()).resize((round(512 * factor),) * 2, Image.Resampling.BICUBIC))


def test_landmarks_lie_where_the_eye_sees_them(detector):
    (found,) = detector(astronaut())
    assert np.abs(found.landmarks - ASTRONAUT).max() < 3
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
    assert np.linalg.norm(found.landmarks - expected, axis=1).max() < 4 * max(scale, 1)


@pytest.mark.parametrize("degrees", [-25, 25])
def test_a_tilted_face_is_aligned_upright(degrees, detector):
    tilted = np.asarray(Image.fromarray(astronaut()).rotate(degrees, Image.Resampling.BICUBIC, fillcolor=(128,) * 3))
    (straight,), (found,) = detector(astronaut()), detector(tilted)
    upright = align_face(astronaut(), straight.landmarks, 64, MTCNNDetector.template).astype(float)
    turned_back = align_face(tilted, found.landmarks, 64, MTCNNDetector.template).astype(float)
    assert np.corrcoef(upright.ravel(), turned_back.ravel())[0, 1] > 0.93


def test_a_face_that_fills_its_picture_is_found(detector):
    assert len(detector(astronaut()[66:176, 170:280])) == 1


def test_the_largest_face_comes_first(detector):
    sizes = [found.size for found in detector(on_grey((scaled(0.7), 20, 100), (scaled(1.5), 700, 100)))]
    assert len(sizes) == 2 and sizes[0] > 2 * sizes[1]


class Allocated(ctypes.Structure):
    """What glibc's `mallinfo2` gives."""

    NAMES = ("arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks", "uordblks", "fordblks", "keepcost")
    _fields_ = [(name, ctypes.c_size_t) for name in NAMES]


def allocated():
    """Bytes that this process has allocated and not freed."""
    try:
        mallinfo = ctypes.CDLL(None).mallinfo2
    except AttributeError:
        pytest.skip("The C library has no mallinfo2 (glibc 2.33), which says how much memory is allocated.")
    mallinfo.restype = Allocated
    return mallinfo().uordblks


@pytest.mark.parametrize(("stage", "numbers"), [(1, [1, 16, 31]), (2, [1, 4, 6])])
def test_crops_are_seen_the_same_whatever_their_number(stage, numbers):
    from mtcnn import MTCNN

    crops = np.random.default_rng(0).normal(size=(31, *[24 * stage] * 2, 3)).astype(np.float32)
    plain, compiled = (network.stages[stage].model for network in (MTCNN(), detection._compiled(MTCNN())))
    for number in numbers:
        for expected, found in zip(plain(crops[:number]), compiled(crops[:number]), strict=True):
            np.testing.assert_allclose(found, expected, atol=1e-4)


def test_no_memory_is_kept_for_every_number_of_crops():
    from mtcnn import MTCNN

    look = detection._compiled(MTCNN()).stages[1].model
    crops = np.zeros((128, 24, 24, 3), np.float32)
    # Each of the threads that may run a convolution keeps its own, from its first time on.
    before, grown = allocated(), True
    while grown:
        for _ in range(20):
            look(crops)
        before, grown = allocated(), allocated() - before > 2**18
    for number in range(113, 128):
        look(crops[:number])
    assert allocated() - before < 2**20


def test_the_same_face_seen_twice_is_kept_at_its_best():
    kept = without_duplicates([face(100, 100, 80, score=0.95), face(104, 98, 84, score=0.99), face(300, 100, 80)])
    assert sorted(found.box[0] for found in kept) == [104, 300]


def test_a_face_within_a_face_is_the_same():
    assert len(without_duplicates([face(100, 100, 100), face(105, 130, 45)])) == 1


def test_faces_cheek_to_cheek_are_two():
    assert len(without_duplicates([face(100, 100, 100), face(170, 110, 90)])) == 2


def test_faces_are_parted_by_size():
    large, small = face(0, 0, 40), face(100, 0, 39)
    assert split_by_size([large, small], 40) == ([large], [small])


@pytest.mark.parametrize("settings", [{"maximum_side": 10}, {"minimum_score": 1.5}])
def test_settings_out_of_range_are_refused(settings):
    with pytest.raises(ValueError, match="must"):
        MTCNNDetector(**settings)
