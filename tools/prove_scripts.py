"""Proves that no script that somebody sends is stored and shown to others, nor back to them.

    python tools/prove_scripts.py

Markup goes into every field, query, cookie and header of the survey, and into the names of photos
and every choice of the demo; then all pages, as the sender and as somebody else sees them, the file
of answers and the results are searched. Reports are made of pictures whose names are markup.
"""

import html.parser
import json
import pathlib
import sqlite3
import subprocess
import sys
import tempfile

import httpx
from kill_jobs import Judges
from prove_servers import Visitor, png
from proving import (
    Proof,
    Rater,
    drawn_study,
    environment,
    kill,
    parser_of,
    serve_demo,
    serve_survey,
)

MARK = "stored7"
PAYLOADS = (
    f"<script>{MARK}()</script>",
    f"<img src=x onerror={MARK}()>",
    f'"><svg onload={MARK}()>',
    f"' onfocus='{MARK}()' autofocus x='",
    f'" onfocus="{MARK}()" autofocus x="',
    f"</title></textarea><script>{MARK}()</script>",
    f'<a href="javascript:{MARK}()">x</a>',
    "{{7*191}}" + MARK,
    f"%3Cscript%3E{MARK}()%3C/script%3E",
)
# What a template that fills in what was sent would make of one of them.
COMPUTED = f"1337{MARK}"


class Searching(html.parser.HTMLParser):
    """Finds what was sent where a browser would take it for more than text."""

    def __init__(self, text):
        super().__init__()
        self.found, self._script = COMPUTED in text, False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        """A tag: its name, and what of its attributes would run."""
        self._script = tag == "script"
        for name, value in attrs:
            runs = name.startswith("on") or (value or "").strip().lower().startswith("javascript:")
            self.found |= MARK in name or (runs and MARK in (value or ""))

    def handle_endtag(self, tag):
        """The end of a tag."""
        self._script = False

    def handle_data(self, data):
        """Text, which runs in a script alone."""
        self.found |= self._script and MARK in data


def of_survey(proof, folder):
    """The survey: markup in all that a rater sends."""
    study = drawn_study(folder / "study")
    process, address = serve_survey(study)
    failures, sent = [], 0
    try:
        rater = Rater(address, [])
        rater.client.post("/start")
        cookie = next(iter(rater.client.cookies))
        token = rater.client.cookies[cookie]
        other = httpx.Client(base_url=address, timeout=60)
        for payload in PAYLOADS:
            answer = {"position": "0", "stars": "3"}
            asks = [
                ("POST", "/pair", {"data": {**answer, "stars": payload}}),
                ("POST", "/pair", {"data": {**answer, "position": payload}}),
                ("POST", "/pair", {"data": {**answer, "stars": "9", payload: payload}}),
                ("POST", "/pair", {"json": {"stars": payload, "position": [payload]}}),
                ("POST", "/start", {"data": {"name": payload}}),
                ("GET", "/", {"params": {"cookies": payload}}),
                ("GET", "/pair", {"params": {"started": payload, payload: payload}}),
                ("GET", f"/{payload}", {}),
                ("GET", f"/pictures/{payload}", {}),
                ("GET", "/", {"headers": {"Cookie": f"{cookie}={payload}"}}),
                *(
                    ("GET", "/pair", {"headers": {header: payload}})
                    for header in ("User-Agent", "Referer", "X-Forwarded-For", "X-Forwarded-Host")
                ),
            ]
            for method, path, given in asks:
                sent += 1
                given = {"headers": {}, **given}
                given["headers"].setdefault("Cookie", f"{cookie}={token}")
                pages = [other.request(method, path, follow_redirects=True, **given)]
                pages += [client.get(page, follow_redirects=True) for client in (rater.client, other) for page in ("/", "/pair", "/done")]  # fmt: skip
                failures += [
                    f"{method} {path}, {given}: {page.url} shows it"
                    for page in pages
                    if Searching(page.text).found
                ]
                other.cookies.clear()
        rater.client.cookies.set(cookie, token)
        Rater(address, []).rate()
    finally:
        kill(process)
    with sqlite3.connect(study / "answers.sqlite") as connection:
        failures += ["the file of answers has it"] * (MARK in "\n".join(connection.iterdump()))
    told = subprocess.run(
        [sys.executable, "-m", "zoo", "survey", "results", str(study), "--keep_careless"],
        env=environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    failures += [f"no results: {told.stderr[-300:]}"] * (told.returncode != 0)
    results = [path for path in (study / "results").rglob("*") if path.is_file()]
    failures += [f"{path.name} has it" for path in results if MARK.encode() in path.read_bytes()]
    failures += ["the results say it"] * (MARK in told.stdout)
    proof.row(
        "Survey: no script is stored or shown",
        sent,
        failures,
        f"not on a page, of the sender or of others, in the file of answers, or in {len(results)} files of results",
    )


def leaves(value):
    """All texts of an answer that the page may take for HTML, which names of files it does not."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, one in value.items():
            if name not in ("path", "url", "orig_name"):
                yield from leaves(one)
    elif isinstance(value, list):
        for one in value:
            yield from leaves(one)


def of_demo(proof, folder):
    """The demo: markup in names of photos and in every choice."""
    process, address = serve_demo(folder)
    failures, sent = [], 0
    try:
        photo, count = png(400, 0), len(Visitor(address).opening["inputs"])
        for number, payload in enumerate(PAYLOADS):
            name = payload.replace("/", "\\")
            answers = [Visitor(address).open(f"{name}.jpg", photo)]
            answers.append(Visitor(address).open(f"{name}.txt", b"words"))
            # Each choice by turns.
            for place in range(1 + number % 2, count, 2):
                one = Visitor(address)
                one.values[one.opening["inputs"][place]] = payload
                answers.append(one.open("me.jpg", b"words"))
            one = Visitor(address)
            one.session = payload
            answers.append(one.open("me.jpg", b"words"))
            sent += len(answers)
            failures += [
                f"{payload}: an answer shows it: {answer[:200]}"
                for answer in answers
                for text in leaves(json.loads(answer)["output"])
                if Searching(text).found
            ]
        client = httpx.Client(base_url=address, timeout=60)
        failures += ["the page has it"] * Searching(client.get("/").text).found
        failures += ["its configuration has it"] * (MARK in client.get("/config").text)
    finally:
        kill(process)
    proof.row(
        "Demo: no script is stored or shown",
        sent,
        failures,
        "names of photos and choices are text in every answer, and nothing of them is on the page of others",
    )


def of_reports(proof, folder):
    """The report of a corpus of pictures whose names are markup."""
    from faceaging_tf.data.readers import Tree, find
    from faceaging_tf.prepare import Settings, prepare

    source = folder / "pictures"
    source.mkdir()
    for number, payload in enumerate(PAYLOADS):
        name = payload.replace("/", "\\")
        (source / f"{name}.jpg").write_bytes(png(96, number))
        (source / f"{20 + number}_0_0_{name}.jpg").write_bytes(png(96, number))
        (source / f"{20 + number}_1_0_{name}.png").write_bytes(b"words")
    out = folder / "corpus"
    prepare(Tree(str(source)), find("utkface"), out, Settings(image_size=64), Judges(wait=0))
    text = (out / "report.html").read_text()
    failures = ["the report has it"] * Searching(text).found
    failures += ["the report names none of them"] * (MARK not in text)
    count = 3 * len(PAYLOADS)
    proof.row("Report of a corpus: names are no markup", count, failures, "shown as text")


def main(arguments):
    """Runs the proof; 1 where a promise was broken."""
    proofs = {"survey": of_survey, "reports": of_reports, "demo": of_demo}
    chosen = parser_of(__doc__, proofs).parse_args(arguments).only
    proof = Proof("python tools/prove_scripts.py")
    with tempfile.TemporaryDirectory() as place:
        for name, prove in proofs.items():
            if name in chosen:
                prove(proof, pathlib.Path(place))
    return int(proof.failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
