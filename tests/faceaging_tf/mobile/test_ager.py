"""Faces and photos aged without TensorFlow, as with it."""

import concurrent.futures
import os
import subprocess
import sys

import keras
import numpy as np
import pytest
import tiny
from skimage.data import astronaut

from faceaging_tf.export import Comparison, export
from faceaging_tf.geometry.align import TEMPLATE
from faceaging_tf.mobile import Ager, MobileError
from faceaging_tf.mobile.geometry import inverse, similarity
from faceaging_tf.mobile.litert_file import LiteRTFile

LANDMARKS = np.array(
    [[203.8, 100.4], [246.2, 103.3], [224.2, 127.4], [201.5, 138.3], [244.0, 141.0]]
)


@pytest.fixture(scope="module")
def model():
    """One whose change is smooth, as a real one's, for what is compared at another size."""
    keras.utils.set_random_seed(0)
    return changing(tiny.moving_fagan(), "luminance_change", "flow_change")


def changing(model, *names):
    """The model, for use, with those last layers of its generators away from 0."""
    rng = np.random.default_rng(0)
    for name in names:
        for generator in model.averages.values():
            for weight in generator.get_layer(name).weights:
                weight.assign_add(rng.normal(scale=0.03, size=weight.shape))
    return model.for_release()


@pytest.fixture(scope="module")
def path(model, tmp_path_factory):
    return export(
        model,
        tmp_path_factory.mktemp("mobile") / "tiny.tflite",
        "litert",
        comparison=Comparison(tiny.faces(1)),
    ).path


@pytest.fixture(scope="module")
def ager(path):
    return Ager(path)


def test_a_face_of_the_files_size_is_the_models(ager, model):
    for years, age in ((30, 30), (-20, 50), (7.5, None)):
        face = tiny.faces(1, seed=4)
        np.testing.assert_allclose(
            ager.age(face[0], years, age).astype(int), model.transform(face, years, age)[0], atol=1
        )


def test_what_one_photo_needs_is_given_back_and_what_two_need_is_kept(path):
    file, (face,) = LiteRTFile(path), tiny.faces(1, seed=4)
    given = {"face": face[None] / np.float32(127.5) - 1}
    first = file("estimate_age", given)["age"]
    assert file.at_hand is False
    np.testing.assert_array_equal(file("estimate_age", given)["age"], first)
    assert file.at_hand is True


def test_threads_that_share_a_file_each_get_their_own_face(ager):
    faces = tiny.faces(12, seed=5)
    wanted = [ager.age(face, 20, 40) for face in faces]
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda face: ager.age(face, 20, 40), faces))
    np.testing.assert_array_equal(found, wanted)


def test_a_file_that_takes_bytes_does_the_same(model, ager, tmp_path):
    face = tiny.faces(1, seed=7)[0]
    of_bytes = Ager(
        export(
            model,
            tmp_path / "bytes.tflite",
            "litert",
            as_bytes=True,
            comparison=Comparison(tiny.faces(1)),
        ).path
    )
    np.testing.assert_allclose(
        of_bytes.age(face, 30, 30).astype(int), ager.age(face, 30, 30), atol=1
    )
    assert of_bytes.estimate_age(face) == pytest.approx(ager.estimate_age(face), abs=0.1)


def test_a_painted_photo_fades_with_its_mask(tmp_path):
    from faceaging_tf.photo import Face, age_photo

    class Known:
        template = TEMPLATE

        def __call__(self, pixels):
            return [Face(np.array([180.0, 60, 265, 172]), LANDMARKS, 1.0)]

    keras.utils.set_random_seed(0)
    model = changing(tiny.fagan(generator={**tiny.MOBILE, "blocks": 0}), "luminance_change")
    still = Ager(
        export(
            model, tmp_path / "still.tflite", "litert", comparison=Comparison(tiny.faces(1))
        ).path
    )
    photo = astronaut()
    expected = age_photo(photo, model, 30, ages=34, detector=Known()).pixels.astype(int)
    difference, whole = (
        np.abs(still.age_photo(photo, LANDMARKS, 30, 34) - expected),
        np.abs(expected - photo),
    )
    # Cut out and put back with other filters, and rounded twice.
    assert (
        whole.max() > 20
        and difference.mean() < 0.25 * whole.mean()
        and np.percentile(difference, 99.9) <= 6
    )


def test_a_note_of_another_format_is_refused(path):
    content = path.read_bytes().replace(b'"format": 1', b'"format": 7')
    with pytest.raises(MobileError, match="has a note of format 7, and this version reads 1"):
        Ager(content)


@pytest.mark.parametrize("place", [0.1, 0.5, 0.9, 0.9999])
def test_a_file_of_which_a_byte_was_changed_is_refused(path, tmp_path, place):
    content = bytearray(path.read_bytes())
    content[int(place * len(content))] ^= 1
    (tmp_path / "changed.tflite").write_bytes(content)
    with pytest.raises(MobileError, match="is damaged or was changed.*export it again"):
        Ager(tmp_path / "changed.tflite")


def test_a_file_that_was_cut_off_is_refused(path, tmp_path):
    (tmp_path / "cut.tflite").write_bytes(path.read_bytes()[:-1])
    with pytest.raises(MobileError, match="is damaged or was changed"):
        Ager(tmp_path / "cut.tflite")


def test_no_years_change_nothing(ager):
    face = tiny.faces(1)[0]
    np.testing.assert_array_equal(ager.age(face, 0, 30), face)


@pytest.mark.parametrize("size", [20, 48, 96])
def test_a_face_of_another_size_keeps_its_detail_as_with_the_model(ager, model, size):
    face = tiny.faces(1, size=size, seed=5)
    np.testing.assert_allclose(
        ager.age(face[0], 30, 30).astype(int), model.transform(face, 30, 30)[0], atol=2
    )


def test_the_age_is_the_models(ager, model):
    face = tiny.faces(1, seed=6)
    assert ager.estimate_age(face[0]) == pytest.approx(
        float(model.estimate_ages(face)[0]), abs=0.01
    )


def test_a_photo_changes_within_the_face_alone(ager):
    photo = astronaut()
    aged = ager.age_photo(photo, LANDMARKS, 30, 34)
    changed = (aged != photo).any(axis=-1)
    rows, columns = np.nonzero(changed)
    assert changed.any() and aged.shape == photo.shape
    assert 30 < rows.min() and rows.max() < 210 and 150 < columns.min() and columns.max() < 300


def test_a_photo_is_aged_as_with_the_whole_package(ager, model):
    from faceaging_tf.photo import age_photo

    class Known:
        template = TEMPLATE

        def __call__(self, pixels):
            from faceaging_tf.photo import Face

            return [Face(np.array([180.0, 60, 265, 172]), LANDMARKS, 1.0)]

    photo = astronaut()
    expected = age_photo(photo, model, 30, ages=34, detector=Known()).pixels
    difference = np.abs(ager.age_photo(photo, LANDMARKS, 30, 34).astype(int) - expected)
    # Cut out and put back with other filters.
    whole = np.abs(expected.astype(int) - photo)
    assert difference.mean() < 0.1 * whole.mean() and np.percentile(
        difference, 99.9
    ) < 0.1 * np.percentile(whole, 99.9)


def test_a_face_at_the_edge_of_a_photo_is_aged_too(ager):
    photo = astronaut()[90:200, 190:250]
    aged = ager.age_photo(photo, LANDMARKS - (190, 90), 30, 34)
    assert aged.shape == photo.shape and (aged != photo).any()


@pytest.mark.parametrize(
    "call, message",
    [
        (
            lambda ager: ager.age(tiny.faces(1)[0, :20], 30),
            r"\(20, 32, 3\) of uint8; an aligned square",
        ),
        (lambda ager: ager.age(tiny.faces(1)[0] / 255, 30), "of float64; an aligned square"),
        (
            lambda ager: ager.age(tiny.faces(1)[0], "old"),
            "years was 'old'; a finite number is needed",
        ),
        (lambda ager: ager.age(tiny.faces(1)[0], 30, np.nan), "age was nan"),
        (lambda ager: ager.age_photo(astronaut(), np.zeros((5, 2)), 30), "five different points"),
        (lambda ager: ager.age_photo(astronaut()[..., 0], LANDMARKS, 30), r"\(512, 512\) of uint8"),
        (lambda ager: Ager("gone.tflite"), "There is no file gone.tflite; export one with"),
        (
            lambda ager: Ager(b"no model at all, whatever its name"),
            "is no LiteRT model that can be run",
        ),
    ],
)
def test_bad_input_is_a_sentence(ager, call, message):
    with pytest.raises(MobileError, match=message):
        call(ager)


def test_it_needs_no_tensorflow(path):
    code = f"""
import sys
for name in ("tensorflow", "keras", "skimage", "scipy", "PIL"):
    sys.modules[name] = None
import numpy as np
from faceaging_tf.mobile import Ager
print(Ager({str(path)!r}).age(np.zeros(({tiny.SIZE}, {tiny.SIZE}, 3), "uint8"), 30).shape)
"""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == f"({tiny.SIZE}, {tiny.SIZE}, 3)"


def test_the_similarity_is_scikit_images():
    from faceaging_tf.geometry.align import similarity_to_template

    np.testing.assert_allclose(
        similarity(LANDMARKS, TEMPLATE * 100 - 0.5),
        similarity_to_template(LANDMARKS, 100),
        atol=1e-8,
    )


def test_a_matrix_and_its_inverse_leave_points_where_they_are():
    matrix = similarity(LANDMARKS, TEMPLATE * 64)
    both = inverse(matrix) @ np.concatenate([matrix @ np.array([[5.0], [7.0], [1.0]]), [[1.0]]])
    np.testing.assert_allclose(both.ravel(), [5, 7], atol=1e-9)


def test_a_photo_of_a_whole_head_is_aged_as_with_the_whole_package(tmp_path):
    from faceaging_tf.photo import Face, age_photo

    class Known:
        template = TEMPLATE

        def __call__(self, pixels):
            return [Face(np.array([180.0, 60, 265, 172]), LANDMARKS, 1.0)]

    keras.utils.set_random_seed(0)
    model = changing(tiny.moving_fagan(frame="whole_head"), "luminance_change").for_release()
    of_heads = Ager(
        export(
            model, tmp_path / "heads.tflite", "litert", comparison=Comparison(tiny.faces(1))
        ).path
    )
    photo = astronaut()
    expected = age_photo(photo, model, 30, ages=34, detector=Known()).pixels.astype(int)
    aged = of_heads.age_photo(photo, LANDMARKS, 30, 34).astype(int)
    whole = np.abs(expected - photo)
    assert np.abs(aged - expected).mean() < 0.25 * whole.mean() and of_heads.frame == "whole_head"
    # Further than a tight square reaches.
    assert (aged != photo).any(axis=(0, 2)).sum() > 1.2 * 2.63 * 41


def test_a_file_from_before_there_were_frames_is_of_tight_faces(path):
    content = path.read_bytes()
    older = content.replace(b'"frame": "tight",', b"                 ")
    assert older != content and Ager(older).frame == "tight" and "frame" not in Ager(older).contract
