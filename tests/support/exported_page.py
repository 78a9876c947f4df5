"""An exported page in a real browser: what its tests share."""

import base64
import contextlib
import functools
import http.server
import io
import threading

import numpy as np
import pytest
from PIL import Image

from faceaging_tf.export import ExportError
from faceaging_tf.export.web import vendoring


def need_runtime():
    """Skips the test where npm cannot bring the page's runtime."""
    try:
        vendoring.files()
    except ExportError as error:
        if "checksum" in str(error):
            raise
        pytest.skip(f"The page's runtime could not be had: {error}")


def opened(browser, address):
    browser.get(address)
    wait(browser, lambda: browser.execute_script("return document.body.dataset.ready"))
    return browser


def wait(browser, happened):
    from selenium.webdriver.support.ui import WebDriverWait

    WebDriverWait(browser, 30, poll_frequency=0.05).until(lambda _: happened())


@contextlib.contextmanager
def served(folder):
    """The address of a folder on a static host."""
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(folder))
    handler.log_message = lambda *_: None
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def status(browser):
    return browser.execute_script(
        "const e = document.getElementById('status'); return [e.textContent, e.className]"
    )


def seen(browser, canvas="after"):
    """The pixels of a canvas."""
    address = browser.execute_script(
        "return document.getElementById(arguments[0]).toDataURL()", canvas
    )
    return np.asarray(
        Image.open(io.BytesIO(base64.b64decode(address.split(",")[1]))).convert("RGB")
    )
