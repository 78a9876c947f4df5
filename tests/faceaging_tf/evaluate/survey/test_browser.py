"""The page in a real browser, at a phone's size, by thumb and by keyboard."""

import chromium
import pytest

from faceaging_tf.evaluate.survey import read_study
from faceaging_tf.evaluate.survey.store import read_answers

pytestmark = chromium.needed


@pytest.fixture(scope="module")
def open_browser():
    """A function that opens a browser as large as a phone; on the same profile, it is the same
    person's browser again.
    """
    browsers = []

    def start(profile):
        browsers.append(chromium.start(profile, phone=True))
        return browsers[-1]

    yield start
    for browser in browsers:
        browser.quit()


@pytest.fixture(scope="module")
def shared_browser(open_browser, tmp_path_factory):
    """One browser for the tests that need no profile of their own."""
    return open_browser(tmp_path_factory.mktemp("browser"))


@pytest.fixture
def browser(shared_browser, serve):
    """A new rater's browser, at the first page of a study."""
    _, address = serve()
    shared_browser.get(address)
    return shared_browser


def wait_for(browser, title):
    from selenium.webdriver.support import expected_conditions
    from selenium.webdriver.support.ui import WebDriverWait

    WebDriverWait(browser, 10, poll_frequency=0.05).until(expected_conditions.title_is(title))


def tap(browser, selector):
    """Taps the middle of what the selector finds, as a thumb does: whatever lies on top there gets
    it.
    """
    from selenium.webdriver.common.by import By

    browser.find_element(By.CSS_SELECTOR, selector).click()


def rate_by_thumb(browser, positions, stars):
    for position in positions:
        wait_for(browser, f"Pair {position + 1} of 13")
        tap(browser, f".stars label:nth-child({stars[position]})")
        tap(browser, "button")


def test_thirteen_pairs_by_thumb_with_a_break_and_no_second_time(
    serve, folder, open_browser, tmp_path
):
    _, address = serve()
    stars = [1 + position % 5 for position in range(13)]
    browser = open_browser(tmp_path / "profile")
    browser.get(address)
    tap(browser, "button")
    rate_by_thumb(browser, range(6), stars)
    wait_for(browser, "Pair 7 of 13")
    browser.quit()
    # The next day, with the same browser.
    browser = open_browser(tmp_path / "profile")
    browser.get(address)
    rate_by_thumb(browser, range(6, 13), stars)
    wait_for(browser, "Thank you")
    browser.get(address)
    assert browser.title == "You have taken part already"
    answers = read_answers(folder, read_study(folder))
    assert [answer.stars for answer in answers] == stars and {
        answer.rater for answer in answers
    } == {1}


def test_the_keyboard_alone(browser, folder):
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.keys import Keys

    def press(*keys):
        ActionChains(browser).send_keys(*keys).perform()

    press(Keys.TAB, Keys.ENTER)
    for position in range(13):
        wait_for(browser, f"Pair {position + 1} of 13")
        # The digits on odd pages, Tab and the arrows on the others.
        if position % 2:
            press("4", Keys.ENTER)
        else:
            press(Keys.TAB, Keys.ARROW_RIGHT, Keys.ARROW_RIGHT)
            focused = browser.execute_script(
                "return getComputedStyle(document.activeElement.closest('label')).outlineStyle"
            )
            assert focused == "solid"
            press(Keys.ENTER)
    wait_for(browser, "Thank you")
    assert [answer.stars for answer in read_answers(folder, read_study(folder))] == [3, 4] * 6 + [3]


def test_every_page_fits_a_phone_and_its_targets_a_thumb(browser):
    tap(browser, "button")
    for position in range(13):
        wait_for(browser, f"Pair {position + 1} of 13")
        width, height, sizes, loaded = browser.execute_script(
            "const box = (e) => e.getBoundingClientRect();"
            "return [document.documentElement.scrollWidth, box(document.querySelector('button')).bottom,"
            "[...document.querySelectorAll('.stars label, button')].map((e) => Math.min(box(e).width, box(e).height)),"
            "[...document.images].every((e) => e.complete && e.naturalWidth === 32)]"
        )
        # 44 pixels: WCAG 2.2, 2.5.5. The whole page is seen without scrolling.
        assert width == 360 and height <= 740 and min(sizes) >= 44 and loaded
        tap(browser, ".stars label:nth-child(3)")
        tap(browser, "button")


def test_next_without_stars_stays_on_the_page(browser):
    tap(browser, "button")
    wait_for(browser, "Pair 1 of 13")
    tap(browser, "button")
    assert browser.title == "Pair 1 of 13"
    assert browser.execute_script(
        "return document.querySelector('input[type=radio]').validity.valueMissing"
    )


def test_stars_have_names_for_who_does_not_see_them(browser):
    from selenium.webdriver.common.by import By

    tap(browser, "button")
    wait_for(browser, "Pair 1 of 13")
    names = [
        star.accessible_name for star in browser.find_elements(By.CSS_SELECTOR, "input[type=radio]")
    ]
    assert names == [
        "1 star, Very Bad",
        "2 stars, Bad",
        "3 stars, Fair",
        "4 stars, Good",
        "5 stars, Very Good",
    ]
    pictures = [picture.accessible_name for picture in browser.find_elements(By.TAG_NAME, "img")]
    assert sorted(name.split(",")[0] for name in pictures) == ["Filtered", "Original"]
