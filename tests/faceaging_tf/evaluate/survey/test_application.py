"""The pages, as plain HTTP."""

import dataclasses
import re

import pytest
from fastapi.testclient import TestClient

from faceaging_tf.evaluate.survey import build_study, read_study
from faceaging_tf.evaluate.survey.application import survey_application
from faceaging_tf.evaluate.survey.store import Store


@pytest.fixture
def client(folder):
    study = read_study(folder)
    return TestClient(survey_application(folder, study, Store(folder, study)))


def every_page(client, stars="3"):
    """Rates all the pairs, and gives the text of each page."""
    page = client.post("/start")
    texts = []
    while position := re.search(r'name="position" value="(\d+)"', page.text):
        texts.append(page.text)
        page = client.post("/pair", data={"position": position[1], "stars": stars})
    return [*texts, page.text]


def test_the_first_page_says_what_is_kept_and_asks_for_consent(client):
    text = client.get("/").text
    assert "No name, no address" in text and "By pressing Start you agree" in text


def test_thirteen_pairs_and_thanks(client):
    pages = every_page(client)
    assert len(pages) == 14 and "Thank you" in pages[-1]


def test_no_page_names_a_model_or_an_address_elsewhere(client):
    for text in [client.get("/").text, *every_page(client)]:
        assert not re.search("drawing|smoothing|https?:|//", text.replace("</", "<"))


def test_the_question_is_the_papers_and_says_the_sides_as_they_are(client, folder):
    study = read_study(folder)
    befores = {pair.before for pair in study.pairs}
    sides = set()
    for text in every_page(client)[:-1]:
        left = re.search(r"/pictures/(\w+\.png)", text)[1]
        question = " ".join(re.search('<h1 id="question">(.*?)</h1>', text, re.DOTALL)[1].split())
        if "stars" in question:
            continue
        side, other = ("left", "right") if left in befores else ("right", "left")
        sides.add(side)
        target = re.search(r"The target age is (40|50|60)\.", question)[0]
        assert question == (
            f"On the {side} is an image of a person at age of 30. On the {other} is the same image with an age filter applied. "
            f"Rate this age filter. {target}"
        )
    assert sides == {"left", "right"}


def test_one_page_says_which_stars_to_give(client):
    assert sum("please give it 2 stars" in text for text in every_page(client)) == 1


def test_without_known_ages_the_question_names_years(candidates, tmp_path):
    study = build_study(
        tmp_path / "study", [dataclasses.replace(candidate, age=None) for candidate in candidates]
    )
    client = TestClient(
        survey_application(tmp_path / "study", study, Store(tmp_path / "study", study))
    )
    for text in every_page(client)[:-1]:
        assert re.search("The target is (10|20|30) years older|please give it 2 stars", text)
        assert "at age" not in text and "None" not in text


def test_age_and_target_are_as_far_apart_as_the_years_that_the_model_was_asked_for(
    candidates, tmp_path
):
    # The middle of 30 to 39, as of a range in a catalogue.
    study = build_study(
        tmp_path / "study",
        [dataclasses.replace(candidate, age=34.5, years=5) for candidate in candidates],
    )
    client = TestClient(
        survey_application(tmp_path / "study", study, Store(tmp_path / "study", study))
    )
    texts = [text for text in every_page(client)[:-1] if "please give it 2 stars" not in text]
    assert all("at age of 34." in text and "The target age is 39." in text for text in texts)


def test_pictures_are_sent_without_date_or_tag(client):
    name = re.search(r"/pictures/\w+\.png", client.post("/start").text)[0]
    response = client.get(name)
    assert response.headers["content-type"] == "image/png"
    assert not {"last-modified", "etag"} & set(response.headers)


@pytest.mark.parametrize(
    "path",
    [
        "/pictures/other.png",
        "/pictures/..%2Fstudy.json",
        "/study.json",
        "/answers.sqlite",
        "/openapi.json",
    ],
)
def test_nothing_else_in_the_folder_is_served(client, path):
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"position": "0"},
        {"position": "0", "stars": "6"},
        {"position": "x", "stars": "3"},
        {"position": "9" * 5000, "stars": "3"},
    ],
)
def test_a_form_without_stars_is_asked_for_again(client, form):
    client.post("/start")
    response = client.post("/pair", data=form)
    assert response.status_code == 400 and "Please choose one to five stars" in response.text
    assert "Pair 1 of 13" in response.text


def test_the_back_button_does_not_change_an_answer(client):
    client.post("/start")
    client.post("/pair", data={"position": "0", "stars": "3"})
    assert "Pair 2 of 13" in client.post("/pair", data={"position": "0", "stars": "5"}).text


def test_who_is_done_is_refused_kindly(client, folder):
    every_page(client)
    for response in (
        client.get("/"),
        client.post("/start"),
        client.post("/pair", data={"position": "12", "stars": "1"}),
    ):
        assert (
            response.status_code == 200
            and "You have taken part already, thank you" in response.text
        )
    with Store(folder, read_study(folder))._connection() as connection:
        assert connection.execute("SELECT COUNT(*) FROM rater").fetchone()[0] == 1


def test_starting_twice_goes_on_with_the_same_rater(client):
    client.post("/start")
    client.post("/pair", data={"position": "0", "stars": "3"})
    assert "Pair 2 of 13" in client.post("/start").text


def test_a_browser_without_cookies_is_told(client):
    response = client.post("/start", follow_redirects=False)
    client.cookies.clear()
    assert "refused the one cookie" in client.get(response.headers["location"]).text


def test_a_page_without_a_start_leads_to_the_first(client):
    assert "How good are these age filters?" in client.get("/pair").text


def test_pages_may_load_nothing_from_elsewhere_and_are_not_kept(client):
    headers = client.get("/").headers
    assert (
        "default-src 'none'" in headers["content-security-policy"]
        and headers["cache-control"] == "no-store"
    )


@pytest.mark.parametrize("path", ["/", "/survey.css", "/pictures/none.png", "/nowhere"])
def test_every_answer_has_the_headers(client, path):
    headers = client.get(path).headers
    assert headers["x-content-type-options"] == "nosniff" and headers["x-frame-options"] == "DENY"
    assert "default-src 'none'" in headers["content-security-policy"]


def test_far_more_than_an_answer_is_refused_before_it_is_read(client):
    response = client.post("/pair", data={"position": "0", "stars": "5" * 2**15})
    assert response.status_code == 413 and "more than is taken" in response.text


def test_a_disk_that_does_not_take_the_answer_is_said_and_the_answer_not_acknowledged(
    client, folder
):
    client.post("/start")
    (folder / "answers.sqlite").write_bytes(b"damaged" * 1000)
    for name in ("answers.sqlite-wal", "answers.sqlite-shm"):
        (folder / name).unlink(missing_ok=True)
    response = client.post("/pair", data={"position": "0", "stars": "3"})
    assert response.status_code == 503 and "Something went wrong on our side" in response.text
