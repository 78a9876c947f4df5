"""The page in a real browser."""

import base64
import gzip
import io
import json

import chromium
import numpy as np
import pytest
import tiny
from exported_page import need_runtime, opened, seen, served, status, wait
from PIL import Image
from skimage.data import astronaut

from faceaging_tf.export import Comparison, export
from faceaging_tf.geometry.align import TEMPLATE, align_face, similarity_to_template
from faceaging_tf.geometry.frames import FRAMES
from faceaging_tf.mobile import Ager
from faceaging_tf.photo.detection import FaceDetector

pytestmark = chromium.needed
DROP = """
const bytes = Uint8Array.from(atob(arguments[0]), (letter) => letter.charCodeAt(0));
const dataTransfer = new DataTransfer();
dataTransfer.items.add(new File([bytes], arguments[1]));
delete document.body.dataset.years;
document.getElementById("drop").dispatchEvent(new DragEvent("drop", {dataTransfer, bubbles: true, cancelable: true}));
"""


@pytest.fixture(scope="module")
def pages(fagan, group_gan, tmp_path_factory):
    """Pages of three models, two of which move faces, one of them whole heads."""
    need_runtime()
    folder = tmp_path_factory.mktemp("pages")
    whole = tiny.randomized(tiny.moving_fagan(frame="whole_head"), seed=1).for_release()
    for name, model in {"moving": fagan, "painting": group_gan, "whole": whole}.items():
        export(model, folder / name, "web", comparison=Comparison(tiny.faces(1)))
    return folder


def inside(page):
    """The LiteRT file in a page."""
    packed = (page / "files" / "model.js").read_text().rpartition(" = ")[2].strip(";\n")
    return Ager(gzip.decompress(base64.b64decode(json.loads(packed))))


@pytest.fixture(scope="module")
def downloads(tmp_path_factory):
    return tmp_path_factory.mktemp("downloads")


@pytest.fixture(scope="module")
def browser(tmp_path_factory, downloads):
    folder = tmp_path_factory.mktemp("browser")
    browser = chromium.start(folder, "--window-size=1280,900", downloads=downloads, requests=True)
    yield browser
    browser.quit()


@pytest.fixture
def page(browser, pages):
    """The page of the model that moves faces, opened from its folder."""
    return opened(browser, (pages / "moving" / "index.html").as_uri())


def drop(browser, content, name="photo.png", refused=False):
    """Drops a file on the page and waits for what becomes of it."""
    if not isinstance(content, bytes):
        png = io.BytesIO()
        Image.fromarray(content).save(png, "PNG")
        content = png.getvalue()
    browser.execute_script(DROP, base64.b64encode(content).decode(), name)
    wait(
        browser,
        lambda: (
            status(browser)[1] == "error"
            if refused
            else browser.execute_script("return document.body.dataset.years")
        ),
    )


def ask(browser, years):
    browser.execute_script(
        "delete document.body.dataset.years; const e = document.getElementById('years'); e.value = arguments[0]; e.dispatchEvent(new Event('input'))",
        years,
    )
    wait(
        browser, lambda: browser.execute_script("return document.body.dataset.years") == str(years)
    )


def faces(browser):
    """Landmarks and ages of the faces that the page found."""
    found = browser.execute_script(
        "return [...document.querySelectorAll('#faces label')].map((e) => [e.dataset.landmarks, Number(e.dataset.age)])"
    )
    return [(np.array(json.loads(landmarks)), age) for landmarks, age in found]


@pytest.mark.parametrize("model", ["moving", "painting", "whole"])
def test_a_dropped_photo_is_aged_as_by_python(browser, pages, model):
    opened(browser, (pages / model / "index.html").as_uri())
    drop(browser, astronaut())
    ((landmarks, age),) = faces(browser)
    ager = inside(pages / model)
    directions = {years: ager.direction(years, age) for years in (40, 30, -20)}
    assert any(directions.values())
    for years, direction in directions.items():
        ask(browser, years)
        wanted, given = (
            ager.age_photo(astronaut(), landmarks, years, age).astype(int),
            seen(browser).astype(int),
        )
        assert np.abs(wanted - given).max() <= 1
        assert (np.abs(given - astronaut()).max() > 5) == (direction is not None)
        assert ("left as seen" in status(browser)[0]) == (direction is None)
    assert (seen(browser, "before") == astronaut()).all()
    assert ager.file("estimate_age", {"face": aligned(landmarks, ager)})[
        "age"
    ].item() == pytest.approx(age, abs=0.5)


def aligned(landmarks, ager):
    return (
        align_face(astronaut(), landmarks, ager.image_size, FRAMES[ager.frame].template())[
            None
        ].astype("float32")
        / 127.5
        - 1
    )


def test_landmarks_are_where_the_detector_of_this_package_sees_them(page):
    drop(page, astronaut())
    ((landmarks, _),) = faces(page)
    reference = FaceDetector()
    to_square = similarity_to_template(reference(astronaut())[0].landmarks, 1.0, reference.template)
    # In fractions of the aligned square.
    placed = (landmarks @ to_square[:, :2].T + to_square[:, 2]) + 0.5
    assert np.abs(placed - TEMPLATE).max() < 0.05


def test_nothing_is_asked_of_another_origin(browser, pages):
    with served(pages / "moving") as address:
        chromium.requested(browser)
        opened(browser, address)
        drop(browser, astronaut())
        ask(browser, 20)
        asked = [
            one for one in chromium.requested(browser) if not one.startswith(("data:", "blob:"))
        ]
        assert asked and all(one.startswith(address) for one in asked)
        assert len(faces(browser)) == 1
        # And could not be.
        refused = browser.execute_async_script(
            "const done = arguments[arguments.length - 1]; fetch(location.href).then(() => done(false), () => done(true))"
        )
        assert refused


def test_the_picture_is_saved_at_its_own_size(page, pages, downloads):
    large = np.asarray(Image.fromarray(astronaut()).resize((1600, 1600), Image.Resampling.LANCZOS))
    drop(page, large, "me.png")
    ((landmarks, age),) = faces(page)
    shown = seen(page).shape[0]
    assert shown < 1600
    page.execute_script("document.getElementById('save').click()")
    path = downloads / "me_plus30.jpg"
    wait(page, path.exists)
    assert status(page)[0] == "Saved as me_plus30.jpg, 1600 x 1600 pixels."
    wanted = inside(pages / "moving").age_photo(
        large, (landmarks + 0.5) * 1600 / shown - 0.5, 30, age
    )
    saved = np.asarray(Image.open(path))
    # What JPEG does to it.
    assert saved.shape == large.shape and np.abs(saved.astype(int) - wanted).mean() < 2


def test_of_two_faces_one_can_be_left_out(page):
    # Two of different ages and sizes, the smaller one mirrored.
    two = np.concatenate(
        [
            astronaut()[:, 60:400],
            np.asarray(Image.fromarray(astronaut()[:, 400:60:-1]).resize((340, 512))),
        ],
        axis=1,
    )
    drop(page, two)
    assert len(faces(page)) == 2
    before = seen(page, "before")
    left = np.abs(seen(page).astype(int) - before)[:, :340].max()
    assert left > 5
    page.execute_script(
        "const box = document.querySelectorAll('#faces input')[0]; delete document.body.dataset.years; box.click()"
    )
    wait(page, lambda: page.execute_script("return document.body.dataset.years"))
    change = np.abs(seen(page).astype(int) - before).reshape(512, 2, 340, 3).max(axis=(0, 2, 3))
    assert sorted(change > 5) == [False, True]


def test_what_is_no_picture_or_has_no_face_is_a_sentence(page):
    drop(page, b"These are words.", "words.txt", refused=True)
    assert (
        status(page)[0]
        == "words.txt is no picture that this browser can read; JPEG, PNG and WebP pictures are."
    )
    drop(page, np.full((300, 400, 3), 128, "uint8"), "grey.png", refused=True)
    assert status(page)[0].startswith("No face was found in grey.png")
    drop(page, astronaut())
    assert status(page)[1] == ""


def test_by_keyboard_alone(page):
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.keys import Keys

    drop(page, astronaut())
    reached = []
    for _ in range(7):
        ActionChains(page).send_keys(Keys.TAB).perform()
        reached.append(
            page.execute_script("return document.activeElement.id || document.activeElement.type")
        )
    assert reached == ["file", "camera", "years", "divider", "checkbox", "save", "view"]
    page.execute_script("document.getElementById('years').focus()")
    first = seen(page)
    ActionChains(page).send_keys(Keys.ARROW_LEFT * 5).perform()
    wait(page, lambda: page.execute_script("return document.body.dataset.years") == "25")
    # The other end of the slider is the other direction, whose network is another: this tiny one
    # hardly hears five years.
    ActionChains(page).send_keys(Keys.HOME).perform()
    wait(page, lambda: page.execute_script("return document.body.dataset.years").startswith("-"))
    assert (seen(page) != first).any()


def test_it_fits_a_phone_and_its_targets_a_thumb(pages, tmp_path):
    browser = chromium.start(tmp_path / "profile", phone=True)
    try:
        opened(browser, (pages / "moving" / "index.html").as_uri())
        drop(browser, astronaut())
        width, inner, heights = browser.execute_script(
            "return [document.documentElement.scrollWidth, innerWidth,"
            " [...document.querySelectorAll('main button, main .button, #faces label')].map((e) => e.getBoundingClientRect().height).filter(Boolean)]"
        )
        assert width <= inner and min(heights) >= 44
    finally:
        browser.quit()
