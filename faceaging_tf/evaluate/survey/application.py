"""The pages that a rater sees, as a FastAPI application: plain forms that work without a script."""

import pathlib
import sqlite3

from absl import logging
from fastapi import FastAPI, Form, Request
from fastapi.responses import FileResponse, RedirectResponse, Response
from fastapi.templating import Jinja2Templates

from faceaging_tf.evaluate.survey.assignment import INSTRUCTED_STARS, INSTRUCTION, PAGES
from faceaging_tf.evaluate.survey.study import PICTURES
from faceaging_tf.guarding import Guard

HERE = pathlib.Path(__file__).parent
# The paper names the ends; the three between are ours.
STARS = {1: "Very Bad", 2: "Bad", 3: "Fair", 4: "Good", 5: "Very Good"}
YEAR = 365 * 24 * 3600
SEE_OTHER, BAD_REQUEST, NOT_FOUND, UNAVAILABLE = 303, 400, 404, 503
# Nothing but the page's own style, script and pictures.
POLICY = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
}
# Bytes of a request: an answer has some thirty.
LARGEST = 2**14


def survey_application(folder, study, store):
    """The application.

    A rater is a random cookie. `/` says what the study is; `/start` deals out pages; `/pair` shows
    the page that the rater is at and takes its answer; `/done` thanks.

    Args:
        folder: folder of the study.
        study: the `Study`.
        store: the `Store` of its answers.

    Returns:
        A `fastapi.FastAPI`.
    """
    application = FastAPI(title="Rating faces", openapi_url=None)
    application.add_middleware(Guard, headers=POLICY, largest=LARGEST)
    templates = Jinja2Templates(HERE / "templates")
    # Two studies served from one address, one after the other, know their raters apart.
    cookie = f"rater_{study.identifier}"
    pictures = study.pictures

    def token(request):
        value = request.cookies.get(cookie)
        return value if value is not None and store.knows(value) else None

    def page(request, template, status=200, **values):
        return templates.TemplateResponse(request, template, values, status_code=status)

    def to(path):
        return RedirectResponse(path, SEE_OTHER)

    def question(request, open_page, status=200, missing=False):
        pair = study.pair(open_page.pair)
        return page(
            request,
            "pair.html",
            status,
            page=open_page,
            pair=pair,
            instruction=INSTRUCTED_STARS if open_page.kind == INSTRUCTION else None,
            names=STARS,
            missing=missing,
        )

    @application.exception_handler(sqlite3.Error)
    def trouble(request: Request, error: sqlite3.Error):
        logging.error("An answer could not be read or written: %s.", error)
        return page(request, "trouble.html", UNAVAILABLE)

    @application.get("/")
    def welcome(request: Request, cookies: str = "on"):
        rater = token(request)
        if rater is None:
            return page(request, "welcome.html", pages=PAGES, no_cookies=cookies == "off")
        return to("/pair") if store.open_page(rater) else page(request, "already.html")

    @application.post("/start")
    def start(request: Request):
        if token(request) is not None:
            return to("/")
        response = to("/pair?started=yes")
        secure = request.url.scheme == "https"
        response.set_cookie(
            cookie, store.start(), max_age=YEAR, httponly=True, samesite="lax", secure=secure
        )
        return response

    @application.get("/pair")
    def show(request: Request, started: str = "no"):
        rater = token(request)
        if rater is None:
            return to("/?cookies=off" if started == "yes" else "/")
        open_page = store.show(rater)
        return to("/done") if open_page is None else question(request, open_page)

    @application.post("/pair")
    def rate(request: Request, position: str = Form(""), stars: str = Form("")):
        rater = token(request)
        if rater is None:
            return to("/")
        open_page = store.open_page(rater)
        if open_page is None:
            return page(request, "already.html")
        if stars not in map(str, STARS) or position not in map(str, range(open_page.pages)):
            return question(request, open_page, BAD_REQUEST, missing=True)
        # An answer to a page that was answered before, by the back button or a second tab, changes
        # nothing.
        store.answer(rater, int(position), int(stars))
        return to("/pair")

    @application.get("/done")
    def done(request: Request):
        rater = token(request)
        return to("/") if rater is None or store.open_page(rater) else page(request, "done.html")

    @application.get("/pictures/{name}")
    def picture(name: str):
        if name not in pictures:
            return Response("There is no such picture.", NOT_FOUND, media_type="text/plain")
        # No date and no tag of the file, nothing but the pixels.
        content = (pathlib.Path(folder) / PICTURES / name).read_bytes()
        return Response(
            content, media_type="image/png", headers={"Cache-Control": "private, max-age=86400"}
        )

    @application.get("/survey.css")
    def style():
        return FileResponse(HERE / "static" / "survey.css")

    @application.get("/survey.js")
    def script():
        return FileResponse(HERE / "static" / "survey.js")

    return application
