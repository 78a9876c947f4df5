"""The demo in a browser: its visitors, what it leaves behind, and its page in Chromium."""

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
import photo_files
import pytest
from PIL import Image
from skimage.data import astronaut

from faceaging_tf.photo import PhotoError
from zoo.cli.main import main
from zoo.errors import ZooError
from zoo.web import photos, serving


def test_two_visitors_with_the_same_photo_each_have_it(preset, tmp_path):
    pytest.importorskip("gradio", reason="It needs gradio.")
    from zoo.web.demo import Demo

    demo = Demo([preset], tmp_path)
    upload = tmp_path / "digest" / "me.png"
    upload.parent.mkdir()
    for visitor in ("one", "other"):
        upload.write_bytes(photo_files.file_of(astronaut()))
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
        "me.jpg": photo_files.file_of(astronaut(), "JPEG", quality=95),
        "blue.png": photo_files.file_of(blue),
        "words.txt": b"These are words.",
    }
    contents["sea.png"] = photo_files.file_of(np.full((150, 200, 3), 90, "uint8"))
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
