"""What the demo does with a photo, and what it leaves behind."""

import os
import time

import numpy as np
import photo_files
import pytest
import tiny
from PIL import Image
from skimage.data import astronaut

from faceaging_tf.photo import NoFaceError, PhotoError, age_photo
from zoo.web import markup, photos, serving


@pytest.fixture(scope="module")
def portrait(model, detector):
    """The astronaut, opened."""
    return photos.open_visitor_photo("me.png", photo_files.file_of(astronaut()), model, detector)


@pytest.fixture(scope="module")
def couple(model, detector):
    """Two faces, the second smaller."""
    second = np.asarray(Image.fromarray(astronaut()[:, 60:400]).resize((255, 384)))
    pixels = np.zeros((512, 600, 3), "uint8")
    pixels[:, :340], pixels[:384, 340:595] = astronaut()[:, 60:400], second
    return photos.open_visitor_photo("two.png", photo_files.file_of(pixels), model, detector)


def test_a_photo_is_aged_as_by_age_photo(portrait, model, detector):
    wanted = age_photo(astronaut(), model, 25, detector=detector)
    np.testing.assert_allclose(photos.ages_seen(portrait, "tiny", model), wanted.ages)
    aged = photos.aged_preview(portrait, "tiny", model, 25, [0])
    np.testing.assert_array_equal(aged, wanted.pixels)
    assert (aged != astronaut()).any()


def test_a_large_photo_is_shown_smaller_with_its_faces_in_place(portrait, model, detector):
    large = np.asarray(Image.fromarray(astronaut()).resize((2560, 2560), Image.Resampling.BICUBIC))
    photo = photos.open_visitor_photo("large.png", photo_files.file_of(large), model, detector)
    assert photo.shape == (2560, 2560) and photo.preview.shape == (1280, 1280, 3)
    # Centres of pixels: half a pixel in is half a pixel in at any size.
    placed = (photo.found_in_preview.faces[0].landmarks + 0.5) / 2.5 - 0.5
    np.testing.assert_allclose(placed, portrait.found.faces[0].landmarks, atol=2)
    original, aged = photos.aged_whole(photo, "tiny", model, 20, [0])
    assert aged.shape == large.shape and (aged != large).any() and original.format == "PNG"


def test_the_manner_is_that_of_age_photo_and_each_has_a_strip_of_its_own(detector):
    model = tiny.randomized(tiny.whole_fagan(discriminator=None), seed=1)
    photo = photos.open_visitor_photo("me.png", photo_files.file_of(astronaut()), model, detector)
    manner = {"strengths": {"hair": 0.0, "shape": 2.0}, "future": 1}
    aged = photos.aged_preview(photo, "whole", model, 25, [0], **manner)
    ages = photos.ages_seen(photo, "whole", model)
    np.testing.assert_array_equal(
        aged, age_photo(astronaut(), model, 25, ages, detector, **manner).pixels
    )
    np.testing.assert_array_equal(
        photos.aged_whole(photo, "whole", model, 25, [0], **manner)[1], aged
    )
    assert (aged != photos.aged_preview(photo, "whole", model, 25, [0])).any()
    assert (
        photos.aged_strip(photo, "whole", model, [0], **manner)
        != photos.aged_strip(photo, "whole", model, [0])
    ).any()


def test_a_visitor_weighs_the_parts_that_a_model_has(preset, whole_preset, tmp_path):
    pytest.importorskip("gradio", reason="It needs gradio.")
    from zoo.web.demo import Demo

    demo = Demo([preset, whole_preset], tmp_path)
    # In the order of the sliders; the refinement has none.
    assert (
        demo.parts(whole_preset) == ["wrinkles", "tone", "shape", "hair"]
        and demo.parts(preset) == []
    )
    assert demo.manner(whole_preset, 2, "keep", 1, 0.5, 1, 0) == {
        "strengths": {"tone": 0.5, "hair": 0},
        "future": 2,
        "hair": "keep",
    } and demo.manner(preset, 2, "keep", 1, 0.5, 1, 0) == {
        "strengths": {},
        "future": 0,
        "hair": "auto",
    }
    # After the last future comes the first again.
    assert demo.futures(whole_preset) == 4 and demo.manner(whole_preset, 5, "auto")["future"] == 1


def test_only_chosen_faces_change(couple, model):
    assert len(couple.found.faces) == 2
    changed = lambda chosen: (
        photos.aged_preview(couple, "tiny", model, 30, chosen) != couple.preview
    ).any(axis=(0, 2))
    assert changed([0])[:330].any() and not changed([0])[345:].any()
    assert changed([1])[345:].any() and not changed([1])[:330].any()
    assert not changed([]).any()


def test_the_close_up_holds_the_chosen_faces(couple):
    for chosen in ([0], [1], [0, 1]):
        rows, columns = photos.around(couple.found.only(chosen).faces, couple.preview.shape)
        for number, face in enumerate(couple.found.faces):
            x, y = face.landmarks.mean(axis=0)
            assert (rows.start < y < rows.stop and columns.start < x < columns.stop) == (
                number in chosen
            )
    rows, columns = photos.around([], couple.preview.shape)
    assert couple.preview[rows, columns].shape == couple.preview.shape


def test_the_strip_goes_from_youngest_to_oldest(portrait, model):
    strip = photos.aged_strip(portrait, "tiny", model, [0])
    panel = (strip.shape[1] + 4) // len(photos.STRIP)
    assert list(photos.STRIP) == sorted(photos.STRIP) and panel == pytest.approx(256, abs=30)
    assert photos.aged_strip(portrait, "tiny", model, []) is None


def test_a_sweep_is_a_video_there_and_back(portrait, model, tmp_path):
    av = pytest.importorskip("av", reason="It needs PyAV.")
    path = tmp_path / "sweep.mp4"
    photos.write_sweep(path, portrait, "tiny", model, [0])
    with av.open(str(path)) as video:
        frames = [frame.to_ndarray(format="rgb24").astype(int) for frame in video.decode(video=0)]
    # 36 frames there, and back without both ends.
    assert len(frames) == 36 + 34
    assert np.abs(frames[0] - frames[35]).mean() > np.abs(frames[1] - frames[-1]).mean()


@pytest.mark.parametrize(
    "write",
    [
        photos.aged_whole,
        lambda *arguments: photos.write_sweep("x.mp4", *arguments[:3], arguments[4]),
    ],
)
def test_nothing_is_saved_without_a_face(write, portrait, model):
    with pytest.raises(PhotoError, match="No face is chosen"):
        write(portrait, "tiny", model, 20, [])


def test_what_is_no_photo_or_has_no_face_is_refused(model, detector):
    with pytest.raises(PhotoError, match="'words.txt' is not a photo"):
        photos.open_visitor_photo("words.txt", b"These are words.", model, detector)
    with pytest.raises(NoFaceError, match="No face was found"):
        photos.open_visitor_photo(
            "sea.png", photo_files.file_of(np.full((150, 200, 3), 90, "uint8")), model, detector
        )
    with pytest.raises(PhotoError, match="'large.jpg' has 51 MB; up to 50 MB are taken"):
        photos.open_visitor_photo("large.jpg", bytes(51 * photos.MEBIBYTE), model, detector)


def test_faces_are_numbered_at_their_place(couple):
    drawn = markup.numbered(couple.preview, couple.found.faces)
    for face in couple.found.faces:
        left, _, _, bottom = np.clip(face.box, 0, 511).astype(int)
        assert tuple(drawn[bottom, left + 5]) == (255, 204, 0)


def test_names_are_not_markup():
    assert "<b>" not in markup.status(
        "'<b>.png' is not a photo"
    ) and "<b>" not in markup.before_and_after(astronaut(), {"<b>": astronaut()})


@pytest.mark.parametrize(
    "years, words", [(1, "1 year older"), (-20, "20 years younger"), (0, "as it is")]
)
def test_years_in_words(years, words):
    assert markup.in_words(years) == words


def test_old_files_are_removed_and_fresh_ones_stay(tmp_path):
    for name, age in (("old", 100), ("fresh", 0)):
        (tmp_path / name).mkdir()
        path = tmp_path / name / "me.png"
        path.write_bytes(b"x")
        for aged in (path, path.parent):
            os.utime(aged, (time.time() - age,) * 2)
    serving.remove_old(tmp_path, 60)
    assert not (tmp_path / "old" / "me.png").exists() and (tmp_path / "fresh" / "me.png").exists()
