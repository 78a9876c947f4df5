"""A real browser for the tests of pages."""

import shutil

import pytest

BROWSER, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
needed = pytest.mark.skipif(
    BROWSER is None or DRIVER is None, reason="It needs chromium and chromedriver."
)
ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PHONE = {"width": 360, "height": 740, "pixelRatio": 2.0, "mobile": True, "touch": True}


def start(profile, *arguments, phone=False, downloads=None, requests=False):
    """A browser.

    Args:
        profile: folder for what it keeps.
        *arguments: more of its own.
        phone: whether it is as large as a phone, with touch.
        downloads: folder for what is saved.
        requests: whether `requested` can tell what it asked for.
    """
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = BROWSER
    for argument in (*ARGUMENTS, *arguments, f"--user-data-dir={profile}"):
        options.add_argument(argument)
    if phone:
        options.add_experimental_option("mobileEmulation", {"deviceMetrics": PHONE})
    if downloads:
        options.add_experimental_option("prefs", {"download.default_directory": str(downloads)})
    if requests:
        options.set_capability("goog:loggingPrefs", {"performance": "ALL"})
    return webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))


def requested(browser):
    """The addresses that the browser asked for since it was last asked."""
    import json

    messages = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    return [
        message["params"]["request"]["url"]
        for message in messages
        if message["method"] == "Network.requestWillBeSent"
    ]
