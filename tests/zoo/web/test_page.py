"""The demo in a browser: what it does with a photo, what it leaves behind, and its page in
Chromium.
"""

import asyncio
import base64
import contextlib
import gc
import io
import os
import pathlib
import shutil
import socket
import time

import chromium
import numpy as np
import pytest
import tiny
from PIL import Image
from skimage.data import astronaut

import zoo
from faceaging_tf.photo import FaceDetector, NoFaceError, PhotoError, age_photo
from zoo import loading
from zoo.cli.main import main
from zoo.errors import ZooError
from zoo.web import markup, photos, serving


@pytest.fixture(scope="module")
def preset(tmp_path_factory):
    """The folder of a tiny FA-GAN that changes what it sees, another way for younger than for
    older.
    """
    model = tiny.randomized(tiny.moving_fagan(), seed=1).for_release()
    return str(zoo.save(model, tmp_path_factory.mktemp("web") / "preset", entry="fagan"))


@pytest.fixture(scope="module")
def model(preset):
    return loading.load(preset)


@pytest.fixture(scope="module")
def detector():
    return FaceDetector()


def file_of(pixels, kind="PNG", **settings):
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, kind, **settings)
    return stream.getvalue()


@pytest.fixture(scope="module")
def portrait(model, detector):
    """The astronaut, opened."""
    return photos.open_visitor_photo("me.png", file_of(astronaut()), model, detector)


@pytest.fixture(scope="module")
def couple(model, detector):
    """Two faces, the second smaller."""
    second = np.asarray(Image.fromarray(astronaut()[:, 60:400]).resize((255, 384)))
    pixels = np.zeros((512, 600, 3), "uint8")
    pixels[:, :340], pixels[:384, 340:595] = astronaut()[:, 60:400], second
    return photos.open_visitor_photo("two.png", file_of(pixels), model, detector)


def test_a_photo_is_aged_as_by_age_photo(portrait, model, detector):
    wanted = age_photo(astronaut(), model, 25, detector=detector)
    np.testing.assert_allclose(photos.ages_seen(portrait, "tiny", model), wanted.ages)
    aged = photos.aged_preview(portrait, "tiny", model, 25, [0])
    np.testing.assert_array_equal(aged, wanted.pixels)
    assert (aged != astronaut()).any()


def test_a_large_photo_is_shown_smaller_with_its_faces_in_place(portrait, model, detector):
    large = np.asarray(Image.fromarray(astronaut()).resize((2560, 2560), Image.Resampling.BICUBIC))
    photo = photos.open_visitor_photo("large.png", file_of(large), model, detector)
    assert photo.shape == (2560, 2560) and photo.preview.shape == (1280, 1280, 3)
    # Centres of pixels: half a pixel in is half a pixel in at any size.
    placed = (photo.found_in_preview.faces[0].landmarks + 0.5) / 2.5 - 0.5
    np.testing.assert_allclose(placed, portrait.found.faces[0].landmarks, atol=2)
    original, aged = photos.aged_whole(photo, "tiny", model, 20, [0])
    assert aged.shape == large.shape and (aged != large).any() and original.format == "PNG"


def test_the_manner_is_that_of_age_photo_and_each_has_a_strip_of_its_own(detector):
    model = tiny.randomized(tiny.whole_fagan(discriminator=None), seed=1)
    photo = photos.open_visitor_photo("me.png", file_of(astronaut()), model, detector)
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
            "sea.png", file_of(np.full((150, 200, 3), 90, "uint8")), model, detector
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


def test_two_visitors_with_the_same_photo_each_have_it(preset, tmp_path):
    pytest.importorskip("gradio", reason="It needs gradio.")
    from zoo.web.demo import Demo

    demo = Demo([preset], tmp_path)
    upload = tmp_path / "digest" / "me.png"
    upload.parent.mkdir()
    for visitor in ("one", "other"):
        upload.write_bytes(file_of(astronaut()))
        assert demo.arrive(visitor, upload) is None
    assert [demo.open(upload, preset, visitor).name for visitor in ("one", "other")] == [
        "me.png"
    ] * 2
    assert not list(tmp_path.iterdir())
    with pytest.raises(PhotoError, match="choose it again"):
        demo.open(upload, preset, "one")


def test_errors_are_text_though_the_page_takes_them_for_html(preset, tmp_path):
    gradio = pytest.importorskip("gradio", reason="It needs gradio.")
    from zoo.web.demo import Demo
    from zoo.web.page import build_page

    blocks = build_page(Demo([preset], tmp_path))
    strip = next(call for call in blocks.fns.values() if call.name == "strip")
    # A model that is none of the choices.
    given = [None, "<img src=x onerror=alert(1)>", *[None] * (len(strip.inputs) - 2)]
    with pytest.raises(gradio.Error, match="&lt;img src=x") as raised:
        asyncio.run(blocks.process_api(strip, given))
    assert "<" not in raised.value.message


def test_a_port_in_use_is_refused():
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        pytest.raises(ZooError, match="choose another --port"),
    ):
        serving.free_port("127.0.0.1", taken.getsockname()[1])


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["--port", "8000"], "--port goes with --web"),
        (["--web", "--out", "x.png"], "--out goes without --web"),
        (["--web", "--entries", "fagn"], "Did you mean 'fagan'"),
        (["--web", "--port", "70000"], "--port was '70000'"),
    ],
)
def test_what_makes_no_sense_is_refused(arguments, words, capsys):
    assert main(["demo", *arguments]) == 2
    captured = capsys.readouterr()
    assert words in captured.err and captured.err.count("\n") == 1 and not captured.out


# The page.


@pytest.fixture(scope="module")
def address(preset, tmp_path_factory):
    """Of the page with two models."""
    pytest.importorskip("gradio", reason="It needs gradio.")
    other = shutil.copytree(preset, tmp_path_factory.mktemp("other") / "preset")
    with serving.served([preset, str(other)]) as address:
        yield address


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """The paths of what is uploaded, by name."""
    folder = tmp_path_factory.mktemp("files")
    blue = (astronaut() * np.array([0.4, 0.4, 1])).astype("uint8")
    contents = {
        "me.jpg": file_of(astronaut(), "JPEG", quality=95),
        "blue.png": file_of(blue),
        "words.txt": b"These are words.",
    }
    contents["sea.png"] = file_of(np.full((150, 200, 3), 90, "uint8"))
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    return {name: str(folder / name) for name in contents}


class Visitor:
    """A browser at the page, and what its user does and sees."""

    def __init__(self, address, profile, **options):
        self.browser = chromium.start(profile, requests=True, **options)
        self.browser.get(address)
        self.wait(lambda: self.script("document.querySelector('#file input[type=file]')"))

    def script(self, text, *arguments):
        return self.browser.execute_script(f"return {text}", *arguments)

    def wait(self, happened):
        from selenium.webdriver.support.ui import WebDriverWait

        WebDriverWait(self.browser, 40, poll_frequency=0.05).until(lambda _: happened())

    def upload(self, path):
        self.browser.find_element("css selector", "#file input[type=file]").send_keys(path)

    def status(self):
        return self.script("document.querySelector('#status .status').textContent")

    def picture(self):
        return self.script("(document.querySelector('#pair img.after') || {}).src")

    def see_another(self, act):
        """Acts, and waits for another picture: its pixels."""
        before = self.picture()
        act()
        self.wait(lambda: self.picture() not in (None, before))
        return np.asarray(
            Image.open(io.BytesIO(base64.b64decode(self.picture().split(",")[1]))).convert("RGB")
        ).astype(int)

    def press(self, *keys):
        from selenium.webdriver.common.action_chains import ActionChains

        ActionChains(self.browser).send_keys(*keys).perform()


@contextlib.contextmanager
def visiting(address, folder, **options):
    visitor = Visitor(address, folder / "profile", **options)
    try:
        yield visitor
    finally:
        visitor.browser.quit()


@chromium.needed
def test_upload_slide_refusals_and_save_by_the_page(address, files, tmp_path):
    from selenium.webdriver.common.keys import Keys

    (tmp_path / "downloads").mkdir()
    with visiting(address, tmp_path, downloads=tmp_path / "downloads") as visitor:
        visitor.browser.set_window_size(1280, 900)
        chromium.requested(visitor.browser)
        visitor.upload(files["words.txt"])
        visitor.wait(lambda: "'words.txt' is not a photo" in visitor.status())
        visitor.upload(files["sea.png"])
        visitor.wait(lambda: "No face was found" in visitor.status())
        first = visitor.see_another(lambda: visitor.upload(files["me.jpg"]))
        assert "20 years older" in visitor.status()
        # Slider and picture are in the window together.
        visitor.wait(
            lambda: visitor.script(
                "document.querySelector('#pair .stage').getBoundingClientRect().bottom <= innerHeight"
            )
        )
        assert visitor.script("document.querySelector('#years').getBoundingClientRect().top >= 0")
        # What was refused does not take the photo away, and by keyboard alone the years move.
        visitor.upload(files["words.txt"])
        visitor.wait(lambda: "'words.txt' is not a photo" in visitor.status())
        visitor.wait(
            lambda: visitor.script("document.activeElement.ariaLabel") == "range slider for Years"
        )
        second = visitor.see_another(lambda: visitor.press(Keys.ARROW_LEFT * 25))
        visitor.wait(lambda: "5 years younger" in visitor.status())
        assert first.shape == second.shape and np.abs(first - second).max() > 5
        visitor.wait(lambda: visitor.script("document.querySelector('#strip img') !== null"))
        visitor.script("document.querySelector('#save').focus()")
        visitor.press(Keys.ENTER)
        saved = tmp_path / "downloads" / "me-aged-5.jpg"
        visitor.wait(saved.exists)
        assert Image.open(saved).size == (512, 512)
        asked = [
            one
            for one in chromium.requested(visitor.browser)
            if not one.startswith(("data:", "blob:", "chrome:"))
        ]
        assert asked and all(one.startswith(address) for one in asked)


@chromium.needed
def test_two_visitors_get_their_own_pictures_which_leave_with_them(address, files, tmp_path):
    kept = lambda: sum(isinstance(one, photos.VisitorPhoto) for one in gc.get_objects())
    gc.collect()
    before = kept()
    (tmp_path / "other").mkdir()
    with visiting(address, tmp_path) as one, visiting(address, tmp_path / "other") as other:
        one.upload(files["me.jpg"])
        blue = other.see_another(lambda: other.upload(files["blue.png"]))
        one.wait(one.picture)
        plain = one.see_another(
            lambda: one.browser.find_element("css selector", "#close input").click()
        )
        # Of the whole photo and of the face, whose picture is blue?
        assert (
            blue[..., 2].mean() > 2 * blue[..., 0].mean()
            and plain[..., 2].mean() < plain[..., 0].mean()
        )
        assert kept() == before + 2
    end = time.time() + 30
    while kept() > before and time.time() < end:
        time.sleep(0.2)
        gc.collect()
    assert kept() == before


@chromium.needed
def test_two_models_side_by_side_on_a_phone(address, files, tmp_path):
    with visiting(address, tmp_path, phone=True) as visitor:
        visitor.see_another(lambda: visitor.upload(files["me.jpg"]))
        visitor.script("document.querySelector('#other label:last-child input').click()")
        visitor.wait(
            lambda: visitor.script("document.querySelectorAll('#pair figure').length") == 2
        )
        visitor.wait(lambda: visitor.script("document.querySelector('#strip img') !== null"))
        assert visitor.script("document.documentElement.scrollWidth <= innerWidth")
        assert (
            min(
                visitor.script(
                    "[...document.querySelectorAll('#save, #save-sweep, #entry label')].map((e) => e.offsetHeight)"
                )
            )
            >= 44
        )


@chromium.needed
def test_whoever_comes_to_a_full_queue_is_told_at_the_door_and_may_come_again(
    preset, files, tmp_path
):
    gradio = pytest.importorskip("gradio", reason="It needs gradio.")
    with serving.served([preset], waiting=0) as address, visiting(address, tmp_path) as visitor:
        visitor.upload(files["me.jpg"])
        visitor.wait(lambda: "choose yours again" in visitor.status())
        folder = pathlib.Path(gradio.utils.get_upload_folder())
        assert not list(folder.rglob("me.jpg")) and not visitor.picture()


def test_nothing_stays_when_the_demo_ends(preset):
    gradio = pytest.importorskip("gradio", reason="It needs gradio.")
    with serving.served([preset]):
        folder = gradio.utils.get_upload_folder()
        assert os.path.basename(folder).startswith("faceaging-demo-") and os.path.isdir(folder)
    assert not os.path.exists(folder) and os.environ.get("GRADIO_TEMP_DIR") != folder
