"""A whole photo is aged: every face, and nothing but the faces."""

import numpy as np
import pytest
from PIL import Image, ImageCms
from skimage.data import astronaut, coffee

from faceaging_tf.errors import NoFaceError, PhotoError
from faceaging_tf.geometry.align import TEMPLATE
from faceaging_tf.geometry.frames import WHOLE_HEAD
from faceaging_tf.models.faces import FaceEdit, changed_at_size
from faceaging_tf.photo.aging import age_futures, age_photo, align_faces
from faceaging_tf.photo.detection import Face, FaceDetector
from faceaging_tf.photo.strips import strip, strip_of_futures
from faceaging_tf.photo.writing import write_photo
from faceaging_tf.pictures.reading import Photo, read_photo

LANDMARKS = np.array([(204.0, 101), (245, 102), (225, 126), (203, 140), (244, 141)])
BOX = np.array([182.0, 64, 265, 171])
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


class Brighter:
    """A model by the contract whose change is known: a level brighter for each year."""

    image_size = 64

    def transform(self, faces, years, ages=None):
        return np.clip(faces + np.reshape(years, (-1, 1, 1, 1)), 0, 255).astype(np.uint8)

    def estimate_ages(self, faces):
        return faces.mean(axis=(1, 2, 3), dtype=np.float32)


class Moved(Brighter):
    """A model that moves a face by a twentieth of the square to the right, and changes nothing
    else.
    """

    moves_faces = True

    def transform(self, faces, years, ages=None, mask=None):
        return changed_at_size(
            faces,
            self.image_size,
            lambda small: FaceEdit(small, np.full((len(small), 4, 4, 2), (-0.05, 0), "float32")),
            mask,
        )


class Known:
    """A detector of faces whose places are known beforehand."""

    def __init__(self, *faces):
        self.faces = list(faces)

    def __call__(self, pixels):
        return self.faces


def at(scale, left=0, top=0):
    """The astronaut's face, where she is pasted at this scale and place."""
    shift = np.array([left, top])
    return Face((BOX * scale) + np.tile(shift, 2), LANDMARKS * scale + shift, 0.99)


def scaled(scale):
    return np.asarray(
        Image.fromarray(astronaut()).resize((round(512 * scale),) * 2, Image.Resampling.BICUBIC)
    )


@pytest.fixture(scope="module")
def large_photo(tmp_path_factory):
    """4000x3000, three faces, stored on its side, with a profile: the file's path and its upright
    pixels.
    """
    y, x = np.mgrid[:3000, :4000]
    pixels = np.stack([60 + x / 40, 80 + y / 40, 150 - x / 80], axis=-1).astype(np.uint8)
    for scale, left, top in ((4, 100, 500), (1.5, 2400, 100), (0.8, 2700, 1900)):
        picture = scaled(scale)
        pixels[top : top + len(picture), left : left + len(picture)] = picture
    path = tmp_path_factory.mktemp("photo") / "three.png"
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(np.rot90(pixels)).save(
        path, exif=exif.tobytes(), icc_profile=SRGB, compress_level=1
    )
    return path, pixels


@pytest.fixture(scope="module")
def aged_large_photo(large_photo):
    photo = read_photo(large_photo[0])
    return photo, age_photo(photo, Brighter(), years=-20, detector=FaceDetector())


def test_three_faces_of_a_large_photo_are_found_and_aged(aged_large_photo, large_photo):
    photo, aged = aged_large_photo
    np.testing.assert_array_equal(photo.pixels, large_photo[1])
    assert len(aged.faces) == 3 and aged.years.tolist() == [-20, -20, -20]
    for face in aged.faces:
        x, y = np.rint(face.landmarks[2]).astype(int)
        np.testing.assert_array_equal(aged.pixels[y, x], photo.pixels[y, x] - 20)


def test_outside_the_masks_a_large_photo_is_the_same_to_the_byte(aged_large_photo):
    photo, aged = aged_large_photo
    np.testing.assert_array_equal(aged.pixels[aged.outside], photo.pixels[aged.outside])
    assert 0.8 < aged.outside.mean() < 0.99


def test_a_large_photo_takes_seconds(aged_large_photo):
    seconds = aged_large_photo[1].seconds
    assert list(seconds) == ["detect", "align", "transform", "composite"]
    assert sum(seconds.values()) < 60


def test_a_large_photo_is_written_upright_with_its_profile(aged_large_photo, tmp_path):
    photo, aged = aged_large_photo
    write_photo(tmp_path / "aged.png", aged.pixels, like=photo)
    with Image.open(tmp_path / "aged.png") as image:
        assert (
            image.size == (4000, 3000)
            and image.getexif()[0x0112] == 1
            and image.info["icc_profile"] == SRGB
        )
    np.testing.assert_array_equal(read_photo(tmp_path / "aged.png").pixels, aged.pixels)


def test_no_change_gives_the_photo_back_to_the_byte():
    aged = age_photo(astronaut(), Brighter(), years=0, detector=Known(at(1)))
    np.testing.assert_array_equal(aged.pixels, astronaut())


def test_detail_finer_than_the_model_stays():
    photo = scaled(3)
    noise = np.random.default_rng(0).integers(-20, 21, photo.shape)
    photo = np.clip(photo.astype(int) + noise, 30, 220).astype(np.uint8)
    aged = age_photo(photo, Brighter(), years=10, detector=Known(at(3)))
    left, top = np.rint(LANDMARKS[2] * 3).astype(int) - 20
    patch = (slice(top, top + 40), slice(left, left + 40))
    np.testing.assert_array_equal(aged.pixels[patch], photo[patch] + 10)


def test_a_face_that_moves_takes_detail_finer_than_the_model_along():
    photo = np.full((1536, 1536, 3), 120)
    photo = (
        photo
        + np.random.default_rng(0)
        .integers(-40, 41, (384, 384, 1))
        .repeat(4, axis=0)
        .repeat(4, axis=1)
    ).astype(np.uint8)
    face = at(3)
    size = align_faces(photo, Moved(), Known(face)).crops.shape[1]
    # A template's square is 2.6 times as wide as the eyes are apart: the crop has the photo's
    # resolution.
    assert size == pytest.approx(2.63 * 3 * 41, rel=0.05)
    aged = age_photo(photo, Moved(), years=10, detector=Known(face))
    left, top = np.rint(LANDMARKS[2] * 3).astype(int) - 40
    shift = round(0.05 * size)
    patch, came_from = (
        photo[top : top + 80, start : start + 80, 0].ravel() for start in (left, left - shift)
    )
    after = aged.pixels[top : top + 80, left : left + 80, 0].ravel()
    assert np.corrcoef(after, came_from)[0, 1] > 0.85
    assert abs(np.corrcoef(after, patch)[0, 1]) < 0.4
    np.testing.assert_array_equal(aged.pixels[aged.outside], photo[aged.outside])


def test_years_and_ages_are_given_one_a_face_the_largest_first():
    photo = np.concatenate([astronaut(), astronaut()], axis=1)
    aged = age_photo(
        photo, Brighter(), years=[5, -7], ages=[30, 40], detector=Known(at(1, 512), at(1.1))
    )
    assert [face.size for face in aged.faces] == pytest.approx([117.7, 107])
    assert aged.years.tolist() == [5, -7] and aged.ages.tolist() == [30, 40]
    x, y = np.rint(LANDMARKS[2]).astype(int)
    np.testing.assert_array_equal(aged.pixels[y, x + 512], photo[y, x + 512] - 7)


def test_ages_that_are_not_given_are_the_models():
    aligned = align_faces(astronaut(), Brighter(), Known(at(1)))
    aged = age_photo(astronaut(), Brighter(), years=5, detector=Known(at(1)))
    np.testing.assert_allclose(aged.ages, aligned.crops.mean(), rtol=1e-5)


def test_a_face_that_is_too_small_stays_and_is_listed():
    photo = np.concatenate([astronaut(), np.full((512, 200, 3), 90, np.uint8)], axis=1)
    tiny = at(0.3, 520, 0)
    aged = age_photo(photo, Brighter(), years=9, detector=Known(at(1), tiny))
    assert aged.too_small == [tiny] and len(aged.faces) == 1
    np.testing.assert_array_equal(aged.pixels[:, 512:], photo[:, 512:])


def test_only_faces_that_are_too_small_are_an_error():
    with pytest.raises(NoFaceError, match="32 pixels tall; 40 are needed"):
        age_photo(astronaut(), Brighter(), years=9, detector=Known(at(0.3)))


def test_a_photo_without_a_face_is_an_error():
    with pytest.raises(NoFaceError, match="No face was found in this photo of 600x400 pixels"):
        age_photo(coffee(), Brighter(), years=9)


@pytest.mark.parametrize("values", [{"years": [1, 2]}, {"years": 1, "ages": [30, 40, 50]}])
def test_another_number_of_years_or_ages_than_of_faces_is_refused(values):
    with pytest.raises(PhotoError, match="for 1 face"):
        age_photo(astronaut(), Brighter(), detector=Known(at(1)), **values)


@pytest.mark.parametrize("years", ["ten", float("nan"), [[1]], None])
def test_years_that_are_no_numbers_are_refused(years):
    with pytest.raises(ValueError, match="years"):
        age_photo(astronaut(), Brighter(), years=years, detector=Known(at(1)))


@pytest.mark.parametrize("photo", [astronaut() / 255, astronaut()[..., 0], "me.jpg"])
def test_what_is_no_photo_is_refused(photo):
    with pytest.raises(ValueError, match="read_photo"):
        age_photo(photo, Brighter(), years=5, detector=Known(at(1)))


def test_a_model_that_breaks_the_contract_is_named():
    class Shrinks(Brighter):
        def transform(self, faces, years, ages=None):
            return faces[:, ::2, ::2]

    with pytest.raises(ValueError, match="Shrinks.transform"):
        age_photo(astronaut(), Shrinks(), years=5, detector=Known(at(1)))


def test_a_strip_has_a_panel_for_each_number_of_years():
    picture = strip(
        astronaut(), Brighter(), [0, 10, 20], detector=Known(at(1)), face_only=False, height=128
    ).pixels
    panels = [picture[:128, left : left + 128].astype(float) for left in (0, 130, 260)]
    assert picture.shape[1] == 3 * 128 + 2 * 2
    shrunk = np.asarray(Image.fromarray(astronaut()).resize((128, 128), Image.Resampling.LANCZOS))
    np.testing.assert_array_equal(panels[0], shrunk)
    x, y = np.rint(LANDMARKS[2] / 4).astype(int)
    assert panels[1][y, x] - panels[0][y, x] == pytest.approx(10, abs=1)
    assert panels[2][y, x] - panels[0][y, x] == pytest.approx(20, abs=1)


def test_a_strip_of_the_face_shows_twice_the_face():
    # The box's middle is (223.5, 117.5) and its longer side 107.
    picture = strip(astronaut(), Brighter(), [0], detector=Known(at(1)), height=215).pixels
    np.testing.assert_array_equal(picture[:215], astronaut()[10:225, 116:331])


def test_captions_are_drawn_below_the_panels():
    row = strip(astronaut(), Brighter(), [0, 30], detector=Known(at(1)), height=128).pixels
    below = row[128:]
    assert (below < 128).any(axis=2).mean() > 0.02 and (below[:2] == 255).all()


def test_a_strip_keeps_the_photos_profile():
    photo = Photo(astronaut(), icc_profile=SRGB, orientation=6)
    picture = strip(photo, Brighter(), [0], detector=Known(at(1)))
    assert picture.icc_profile == SRGB and picture.orientation == 1


def test_a_strip_of_no_years_is_refused():
    with pytest.raises(ValueError, match="empty"):
        strip(astronaut(), Brighter(), [], detector=Known(at(1)))


class WholeHeads(Brighter):
    """The same of whole heads."""

    frame = "whole_head"


def test_a_model_of_whole_heads_is_given_whole_heads():
    (matrix,) = align_faces(astronaut(), WholeHeads(), Known(at(1))).matrices
    (tight,) = align_faces(astronaut(), Brighter(), Known(at(1))).matrices
    # The square is 1 / .684 as wide, and the tight square lies at its window.
    assert np.linalg.det(matrix[:, :2]) == pytest.approx(0.684**2 * np.linalg.det(tight[:, :2]))
    placed = LANDMARKS @ matrix[:, :2].T + matrix[:, 2]
    assert np.abs((placed + 0.5) / 64 - WHOLE_HEAD.template()).max() < 0.02


def test_a_whole_head_is_changed_beyond_the_tight_square():
    reached = {
        kind: ~age_photo(astronaut(), kind(), 20, detector=Known(at(1))).outside
        for kind in (WholeHeads, Brighter)
    }
    assert reached[WholeHeads].sum() == pytest.approx(reached[Brighter].sum() / 0.684**2, rel=0.1)


def test_a_moving_whole_head_is_cut_out_at_the_photos_resolution():
    class MovedWhole(Moved):
        frame = "whole_head"

    size = align_faces(astronaut(), MovedWhole(), Known(at(1))).crops.shape[1]
    assert size == pytest.approx(2.63 * 41 / 0.684, rel=0.05)


def test_a_face_is_aligned_on_the_template_of_its_detector():
    own = TEMPLATE + [0.1, 0]
    detector = Known(Face(BOX, own * 100 + 200, 0.99))
    detector.template = own
    (matrix,) = align_faces(astronaut(), Brighter(), detector).matrices
    np.testing.assert_allclose(matrix[:, :2], 0.64 * np.eye(2), atol=1e-9)
    np.testing.assert_allclose((own * 100 + 200) @ matrix[:, :2].T + matrix[:, 2], own * 64 - 0.5)


class Weighed(Brighter):
    """A model of one part, light, that brightens by its strength."""

    parts = ("light",)

    def transform(self, faces, years, ages=None, strengths=None):
        strength = (strengths or {}).get("light", 1.0)
        return super().transform(faces, strength * np.asarray(years), ages)


def test_strengths_are_the_models():
    half = age_photo(astronaut(), Weighed(), 20, detector=Known(at(1)), strengths={"light": 0.5})
    np.testing.assert_array_equal(
        half.pixels, age_photo(astronaut(), Brighter(), 10, detector=Known(at(1))).pixels
    )
    strips = [
        strip(astronaut(), model, years, detector=Known(at(1)), **more)
        for model, years, more in (
            (Weighed(), (0, 20), {"strengths": {"light": 0.5}}),
            (Brighter(), (0, 10), {}),
        )
    ]
    width = strips[0].pixels.shape[1] // 2
    np.testing.assert_array_equal(*(one.pixels[:256, width + 4 :] for one in strips))


class Several(Brighter):
    """A model of three futures, each brighter than the one before."""

    futures = 3

    def transform(self, faces, years, ages=None, future=0):
        return super().transform(faces, np.asarray(years) * (1 + future), ages)


def test_futures_are_photos_of_the_same_faces_and_the_first_is_the_plain_one():
    aged = age_futures(astronaut(), Several(), 10, 3, detector=Known(at(1)))
    for number, each in enumerate(aged):
        wanted = age_photo(astronaut(), Brighter(), 10 * (1 + number), detector=Known(at(1)))
        np.testing.assert_array_equal(each.pixels, wanted.pixels)
    panels = strip_of_futures(astronaut(), aged, height=64).pixels
    plain = strip(astronaut(), Brighter(), (0, 10), detector=Known(at(1)), height=64).pixels
    # The input, and the first future, as in a strip of years.
    np.testing.assert_array_equal(panels[:64, : plain.shape[1]], plain[:64])
    assert panels.shape[1] > 1.9 * plain.shape[1]


def test_more_futures_than_there_are_are_refused():
    with pytest.raises(ValueError, match="futures was 4, and this model has 3; ask for 3 at most"):
        age_futures(astronaut(), Several(), 10, 4, detector=Known(at(1)))


def test_one_future_and_several_at_once_are_refused():
    with pytest.raises(ValueError, match="future was 2 and futures 3; ask for one future, or"):
        age_futures(astronaut(), Several(), 10, 3, detector=Known(at(1)), future=2)
