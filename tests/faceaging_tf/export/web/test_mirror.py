"""The page's mirror in a real browser, before a camera that plays a video of the astronaut."""

import chromium
import numpy as np
import pytest
import tiny
from exported_page import need_runtime, opened, seen, served, status, wait
from PIL import Image
from skimage.data import astronaut

from faceaging_tf.export import Comparison, export

pytestmark = chromium.needed
WIDTH, HEIGHT = 480, 360
DENY = "--deny-permission-prompts"
WITH_GPU = (
    "--enable-unsafe-webgpu",
    "--enable-features=Vulkan",
    "--use-webgpu-adapter=swiftshader",
)
ON_BOTH = """
const done = arguments[arguments.length - 1];
(async () => {
  const {Device} = await import("faceaging/device");
  const {gpuDevice} = await import("faceaging/gpu");
  const contract = JSON.parse(document.getElementById("contract").textContent);
  const frame = (await import("faceaging/pictures")).pixels(document.getElementById("older"), arguments[0], arguments[1]);
  const device = await Device.open(contract);
  const [face] = await device.ask("find", frame);
  const given = [frame, face, {looks: 0, age: 0}, 30, 0];
  const {edit, person} = await device.ask("editOf", ...given);
  return [edit.change.data.some((value) => Math.abs(value) > 1), person.age,
    (await gpuDevice(contract, given, edit, Infinity)) !== null, (await gpuDevice(contract, given, edit, 0)) !== null];
})().then(done, (error) => done(String(error)));
"""


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """The folder of a page whose model moves whole heads."""
    need_runtime()
    folder = tmp_path_factory.mktemp("page") / "whole"
    model = tiny.randomized(tiny.moving_fagan(frame="whole_head"), seed=1).for_release()
    export(model, folder, "web", comparison=Comparison(tiny.faces(1)))
    return folder


@pytest.fixture
def start(tmp_path):
    """A function that starts a browser before whose camera frames are played, or with none."""
    browsers = []

    def start(frames, *arguments, **options):
        if frames is not None:
            write_video(tmp_path / "camera.y4m", frames)
            arguments += (
                "--use-fake-device-for-media-stream",
                f"--use-file-for-fake-video-capture={tmp_path / 'camera.y4m'}",
            )
        if DENY not in arguments:
            arguments += ("--use-fake-ui-for-media-stream",)
        browsers.append(chromium.start(tmp_path / "profile", *arguments, **options))
        return browsers[-1]

    yield start
    for browser in browsers:
        browser.quit()


def write_video(path, frames):
    """A YUV4MPEG2 file of frames, half as many colours each way, levels of 16 to 235."""
    with path.open("wb") as video:
        video.write(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F30:1 Ip A1:1 C420mpeg2\n".encode())
        for frame in frames:
            light, *colours = (
                np.asarray(plane, "float32")
                for plane in Image.fromarray(frame).convert("YCbCr").split()
            )
            halves = (
                plane.reshape(HEIGHT // 2, 2, WIDTH // 2, 2).mean(axis=(1, 3)) for plane in colours
            )
            planes = [16 + light * 219 / 255, *(128 + (half - 128) * 224 / 255 for half in halves)]
            video.write(
                b"FRAME\n" + b"".join(plane.round().astype("uint8").tobytes() for plane in planes)
            )


def moving(frames=20):
    """The astronaut, moving a little from side to side."""
    portrait = Image.fromarray(astronaut())
    return [
        np.asarray(portrait.crop((left, 0, left + WIDTH, HEIGHT)))
        for left in np.round(16 + 12 * np.sin(2 * np.pi * np.arange(frames) / frames)).astype(int)
    ]


def click(browser, name):
    browser.execute_script("document.getElementById(arguments[0]).click()", name)


def rate(browser):
    """Aged frames a second, as the page says."""
    text = browser.execute_script("return document.getElementById('rate').textContent")
    return float(text.split()[0]) if text else 0.0


def look(browser):
    """Starts the mirror, and waits until it has aged some frames."""
    click(browser, "camera")
    wait(browser, lambda: rate(browser) > 0)


def test_the_camera_and_the_same_face_aged_beside_it(start, page, tmp_path):
    browser = start(moving(), downloads=tmp_path)
    opened(browser, (page / "index.html").as_uri())
    look(browser)
    assert status(browser)[0].startswith("Seen as about ")
    click(browser, "snapshot")
    path = tmp_path / "mirror_plus30.jpg"
    wait(browser, path.exists)
    assert status(browser)[0] == f"Saved as {path.name}, {2 * WIDTH} x {HEIGHT} pixels."
    now, older = np.split(np.asarray(Image.open(path)).astype(int), 2, axis=1)
    # One of the camera's frames, and the same with another face.
    nearest = min(moving(), key=lambda frame: np.abs(frame - now).mean())
    assert np.abs(nearest - now).mean() < 4
    change = np.abs(older - now).max(axis=2)
    assert change[60:190, 120:300].max() > 20 and np.median(change[250:]) <= 4
    browser.execute_script(
        "const e = document.getElementById('live-years'); e.value = 0; e.dispatchEvent(new Event('input'))"
    )
    wait(browser, lambda: rate(browser) == 0)
    assert "as it is" in browser.execute_script(
        "return document.getElementById('mirror').innerText"
    )


def test_it_stops_and_its_picture_becomes_a_photo(start, page):
    browser = start(moving())
    opened(browser, (page / "index.html").as_uri())
    look(browser)
    click(browser, "stop")
    ended = "return [document.getElementById('mirror').hidden, document.getElementById('video').srcObject]"
    assert browser.execute_script(ended) == [True, None]
    look(browser)
    click(browser, "take")
    wait(browser, lambda: browser.execute_script("return document.body.dataset.years"))
    assert browser.execute_script(ended) == [True, None]
    assert seen(browser).shape == (HEIGHT, WIDTH, 3)


def test_nobody_is_aged_where_no_face_is_seen(start, page):
    browser = start([np.full((HEIGHT, WIDTH, 3), 128, "uint8")] * 2)
    opened(browser, (page / "index.html").as_uri())
    click(browser, "camera")
    wait(browser, lambda: status(browser)[0].startswith("No face is seen"))
    assert rate(browser) == 0 and np.ptp(seen(browser, "older")) <= 2


@pytest.mark.parametrize(
    ("frames", "arguments", "host", "said"),
    [
        (None, [], "127.0.0.1", "No camera was found"),
        (moving(1), [DENY], "127.0.0.1", "The camera is not allowed"),
        (
            moving(1),
            ["--host-resolver-rules=MAP a.test 127.0.0.1"],
            "a.test",
            "only to pages of https",
        ),
    ],
)
def test_without_a_camera_it_says_why_and_takes_photos(start, page, frames, arguments, host, said):
    with served(page) as address:
        browser = start(frames, *arguments)
        opened(browser, address.replace("127.0.0.1", host))
        click(browser, "camera")
        wait(browser, lambda: said in status(browser)[0])
        text, kind = status(browser)
        assert kind == "error" and text.endswith("or choose a photo.")
        assert browser.execute_script(
            "return document.getElementById('mirror').hidden && !document.getElementById('file').disabled"
        )


def test_a_served_page_has_threads_and_asks_no_other_origin(start, page):
    with served(page) as address:
        browser = start(moving(), requests=True)
        opened(browser, address)
        assert browser.execute_script("return crossOriginIsolated")
        look(browser)
        # Beside what the browser's own first page asks of the browser.
        asked = [one for one in chromium.requested(browser) if one.startswith("http")]
        assert any("threaded" in one for one in asked)
        assert all(one.startswith(address) for one in asked)


@pytest.mark.slow
def test_a_gpu_is_taken_that_does_the_same_in_less_time(start, page, monkeypatch):
    monkeypatch.setattr(
        chromium, "ARGUMENTS", [one for one in chromium.ARGUMENTS if "gpu" not in one]
    )
    browser = start(moving(), *WITH_GPU)
    browser.set_script_timeout(100)
    opened(browser, (page / "index.html").as_uri())
    look(browser)
    changed, age, taken, taken_if_slow = browser.execute_async_script(ON_BOTH, WIDTH, HEIGHT)
    assert changed and age > 0 and taken and not taken_if_slow


def test_by_keyboard_alone(start, page):
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.keys import Keys

    browser = start(moving())
    opened(browser, (page / "index.html").as_uri())
    browser.execute_script("document.getElementById('camera').focus()")
    ActionChains(browser).send_keys(Keys.ENTER).perform()
    wait(browser, lambda: rate(browser) > 0)
    reached = []
    for _ in range(4):
        ActionChains(browser).send_keys(Keys.TAB).perform()
        reached.append(browser.execute_script("return document.activeElement.id"))
    assert reached == ["live-years", "snapshot", "take", "stop"]
    ActionChains(browser).send_keys(Keys.ENTER).perform()
    assert browser.execute_script("return document.activeElement.id") == "camera"


@pytest.mark.slow
def test_ten_frames_a_second_of_the_released_model(start, tmp_path):
    import zoo

    need_runtime()
    export(zoo.load("fagan_mobile"), tmp_path / "site", "web", "float16")
    with served(tmp_path / "site") as address:
        browser = start(moving())
        opened(browser, address)
        look(browser)
        wait(browser, lambda: rate(browser) >= 10)
