"""Proves what the survey's server and the demo promise: nothing lost or double, and nothing given
away.

    python tools/prove_servers.py --answers 10000 --photos 50

A hundred raters at once answer page after page; every answer that was acknowledged must be in the
file of answers once, and nothing else. Many visitors at once bring a photo to the demo. Then both
are asked for files by tricks of paths, given names with markup, and far too much; their headers are
read; and photos must be gone from the disk and from the address after their time.
"""

import io
import json
import pathlib
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import numpy as np
from PIL import Image
from proving import (
    Proof,
    Rater,
    answered,
    drawn_study,
    kept_answers,
    kill,
    memory,
    parser_of,
    serve_demo,
    serve_survey,
    start,
)

from faceaging_tf.guarding import HEADERS

RATERS = 100
TRICKS = (
    "../answers.sqlite", "..%2fanswers.sqlite", "%2e%2e/%2e%2e/secret.txt", "..\\answers.sqlite", "....//answers.sqlite",
    "/etc/hostname", "%2fetc%2fhostname", "file:///etc/hostname", "..%252fanswers.sqlite", "study.json", "%00", "..;/study.json",
    "\u2025/answers.sqlite", "../study.json", "pictures/../../secret.txt",
)  # fmt: skip
SECRET = b"nobody may read this"
MARKUP = "<img src=x onerror=alert(1)>.png"


def many_raters(proof, folder, answers):
    """A hundred at once until there are so many answers."""
    folder.mkdir()
    study = drawn_study(folder / "study")
    process, address = serve_survey(study)
    acknowledged, failures, slowest = [], [], []

    def one_after_another():
        while len(acknowledged) < answers:
            began, count = time.monotonic(), Rater(address, acknowledged).rate()
            slowest.append((time.monotonic() - began) / max(count, 1))

    began, before = time.monotonic(), memory("VmRSS", process.pid)
    try:
        with ThreadPoolExecutor(RATERS) as pool:
            for one in [pool.submit(one_after_another) for _ in range(RATERS)]:
                one.result()
        seconds, most = time.monotonic() - began, memory("VmHWM", process.pid)
        orphans = kill(process)
    finally:
        process.kill()
    kept = kept_answers(study)
    lost, more = set(acknowledged) - set(kept), set(kept) - set(acknowledged)
    failures += [f"{len(lost)} answers are lost"] * bool(lost) + [
        f"{len(more)} answers nobody gave"
    ] * bool(more)
    failures += ["answers are there twice"] * (
        len(kept) != len({(token, page) for token, page, _ in kept})
    )
    failures += ["orphans"] * bool(orphans)
    told = f"none lost, none double; {len(kept) / seconds:.0f} answers a second, {max(slowest):.1f} s a page at most, {most - before:.0f} MB"
    proof.row(f"Survey: {RATERS} raters at once", len(kept), failures, told)


def png(side, seed):
    """A photo of a face, which differs by seed."""
    from skimage.data import astronaut

    pixels = np.asarray(Image.fromarray(astronaut()).resize((side, side)), int)
    target = io.BytesIO()
    Image.fromarray(np.clip(pixels + seed % 20 - 10, 0, 255).astype("uint8")).save(
        target, "JPEG", quality=95
    )
    return target.getvalue()


class Visitor:
    """A visitor of the demo, as its page would speak for them.

    Args:
        address: of the demo.
    """

    def __init__(self, address):
        self.client = httpx.Client(base_url=address, timeout=1200)
        config = self.client.get("/config").json()
        calls = config["dependencies"]
        self.door = next(
            one for one in calls if any(event == "upload" for _, event in one["targets"])
        )
        # What the page asks for when the photo was let in.
        self.opening = next(one for one in calls if one.get("trigger_after") == self.door["id"])
        self.values = {one["id"]: one["props"].get("value") for one in config["components"]}
        self.session = f"visitor{id(self)}"
        self.told_to_come_again = 0

    def upload(self, name, content):
        """Sends a file; the response."""
        return self.client.post("/gradio_api/upload", files={"files": (name, content)})

    def call(self, function, data):
        """What the page answers to a call, as text; None where it has no place for it."""
        asked = {"data": data, "fn_index": function["id"], "session_hash": self.session}
        joined = self.client.post("/gradio_api/queue/join", json=asked)
        if joined.status_code != 200:
            return None if joined.status_code == 503 else joined.text
        # As a query of its own, which is encoded: to a session under another name the server breaks
        # off.
        query = {"session_hash": self.session}
        with self.client.stream("GET", "/gradio_api/queue/data", params=query) as stream:
            for line in stream.iter_lines():
                if line.startswith("data:"):
                    message = json.loads(line[5:])
                    if message["msg"] == "process_completed":
                        return json.dumps(message)
        return "The page ended the answer."

    def open(self, name, content):
        """Sends a photo and has it aged; the page's answer as text, tried again where the page says
        at its door that too many wait.
        """
        while True:
            path = self.upload(name, content).json()[0]
            file = {
                "path": path,
                "orig_name": name,
                "size": len(content),
                "meta": {"_type": "gradio.FileData"},
            }
            let_in = self.call(self.door, [file])
            if let_in is None or "choose yours again" in let_in:
                self.told_to_come_again += 1
                time.sleep(5)
                continue
            others = self.opening["inputs"][1:]
            return self.call(self.opening, [file, *(self.values.get(one) for one in others)])


def many_photos(proof, folder, photos, side=2000):
    """So many visitors at once."""
    process, address = serve_demo(folder)
    try:
        first = Visitor(address).open("me.jpg", png(side, 0))
        before, failures, began = memory("VmRSS", process.pid), [], time.monotonic()
        failures += [f"the first: {first[:300]}"] * ("after" not in first)
        bring = lambda seed: visitors[seed].open(f"{seed}.jpg", png(side, seed))
        with ThreadPoolExecutor(photos) as pool:
            visitors = list(pool.map(lambda _: Visitor(address), range(photos)))
            answers = list(pool.map(bring, range(photos)))
        seconds = time.monotonic() - began
        now, most = (memory(name, process.pid) for name in ("VmRSS", "VmHWM"))
        failures += [
            f"photo {seed}: {text[:300]}"
            for seed, text in enumerate(answers)
            if not text or '"success": true' not in text or "<img" not in text
        ]
        growth = most - before
        failures += [f"{growth:.0f} MB more"] * (growth > 1000)
        again = sum(visitor.told_to_come_again > 0 for visitor in visitors)
        told = f"each answered with its aged face, {again} of them after being told at the door to come again; {seconds / photos:.1f} s a photo, {growth:.0f} MB more at most, {now - before:.0f} MB after"
        proof.row(f"Demo: photos of {side}x{side} pixels at once", photos, failures, told)
        limits(proof, process, address)
    finally:
        kill(process)


def limits(proof, process, address):
    """What is too much, what has markup in its name, and whether a photo stays."""
    visitor, failures, before = Visitor(address), [], memory("VmHWM", process.pid)
    tries = {
        "a file of 60 MB": ("large.jpg", bytes(60 * 2**20), "up to 50 MB are taken"),
        "words": ("words.txt", b"These are words.", "is not a photo"),
        "a name with markup": (MARKUP, b"words", "is not a photo"),
    }
    for what, (name, content, expected) in tries.items():
        said = visitor.open(name, content)
        failures += [f"{what}: {said[:300]}"] * (expected not in said or "Traceback" in said)
        failures += [f"{what}: the name is markup on the page"] * (MARKUP.encode().decode() in said)
    large = visitor.upload("huge.jpg", bytes(210 * 2**20))
    failures += [f"210 MB: status {large.status_code}"] * (large.status_code != 413)
    body = visitor.client.post("/gradio_api/queue/join", content=bytes(2 * 2**20))
    failures += [f"a body of 2 MB: status {body.status_code}"] * (body.status_code != 413)
    failures += ["more than 500 MB for it"] * (memory("VmHWM", process.pid) - before > 500)
    proof.row(
        "Demo: uploads are limited, names are no markup",
        len(tries) + 2,
        failures,
        "a sentence or status 413 each, no markup",
    )


def hidden(proof, folder, study):
    """Tricks of paths, and headers."""
    (folder / "secret.txt").write_bytes(SECRET)
    secrets = (
        SECRET,
        b"SQLite format 3",
        pathlib.Path("/etc/hostname").read_bytes().strip(),
        (study / "study.json").read_bytes()[:40],
    )
    policy = {"content-security-policy", *(name.lower() for name in HEADERS)}
    for called, serve, prefixes, pages in (
        (
            "Survey",
            lambda: serve_survey(study),
            ("/pictures/", "/", "/survey.css/", "/pair?started="),
            (
                "/",
                "/pair",
                "/start",
                "/survey.css",
                "/survey.js",
                "/nowhere",
                "/pictures/x",
                "/done",
            ),
        ),
        (
            "Demo",
            lambda: serve_demo(folder),
            (
                "/gradio_api/file=",
                "/file=",
                "/static/",
                "/assets/",
                "/gradio_api/",
                "/",
                "/theme.css/",
            ),
            (
                "/",
                "/config",
                "/theme.css",
                "/nowhere",
                "/gradio_api/run/open",
                "/gradio_api/file=/etc/hostname",
            ),
        ),
    ):
        process, address = serve()
        try:
            failures, count = [], 0
            for prefix in prefixes:
                for trick in (*TRICKS, str(folder / "secret.txt"), str(study / "answers.sqlite")):
                    count += 1
                    asked = f"GET {prefix}{trick} HTTP/1.1\r\nHost: {address[7:]}\r\nConnection: close\r\n\r\n"
                    answer = answered(address, asked.encode())[0]
                    if answer is None:
                        failures.append(f"{prefix}{trick}: no answer")
                        continue
                    failures += [
                        f"{prefix}{trick}: gives away {answer[-60:]!r}"
                        for one in secrets
                        if len(one) > 8 and one in answer.partition(b"\r\n\r\n")[2]
                    ]
            proof.row(f"{called}: no path leads out", count, failures, "nothing given away")
            missing = []
            for page in pages:
                found = {name.lower() for name in httpx.get(f"{address}{page}").headers}
                missing += [f"{page} lacks {name}" for name in sorted(policy - found)]
            proof.row(
                f"{called}: headers as OWASP asks",
                len(pages) * len(policy),
                missing,
                "on pages, files and refusals alike",
            )
        finally:
            kill(process)


def gone(proof, folder):
    """With 20 seconds instead of minutes, photos are gone after them, and all when it ends."""
    code = (
        "import sys; from zoo.web import serving; serving.OLDEST_FILE, serving.INTERVAL = 20, 1\n"
        "serving.serve([sys.argv[1]], '127.0.0.1', 0, lambda address: print(address, flush=True))"
    )
    process = start(["-c", code, folder / "ager"], subprocess.PIPE)
    failures = []
    try:
        address = next(
            line.decode().strip() for line in process.stdout if line.startswith(b"http://")
        )
        visitor = Visitor(address.strip("/"))
        paths = [visitor.upload(f"{number}.jpg", png(64, number)).json()[0] for number in range(20)]
        failures += [
            f"{path} is not there at first" for path in paths if not pathlib.Path(path).exists()
        ][:1]
        time.sleep(25)
        failures += [
            f"{path} is still on the disk" for path in paths if pathlib.Path(path).exists()
        ]
        for path in paths:
            status = visitor.client.get(f"/gradio_api/file={path}").status_code
            failures += [f"{path} is still served: {status}"] * (status == 200)
        place = pathlib.Path(paths[0]).parents[1]
        visitor.upload("last.jpg", png(64, 0))
        process.terminate()
        process.wait(timeout=30)
        failures += [f"{place} is left when it ended"] * place.exists()
    finally:
        kill(process)
    proof.row(
        "Demo: uploads are gone after their time, and all when it ends",
        len(paths) + 1,
        failures,
        "none left on the disk or at their address",
    )


def main(arguments):
    """Runs the proof; 1 where a promise was broken."""
    names = ("answers", "photos", "hidden", "gone")
    given = parser_of(__doc__, names, answers=10000, photos=50).parse_args(arguments)
    proof = Proof(
        f"python tools/prove_servers.py --answers {given.answers} --photos {given.photos}"
    )
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        if "answers" in given.only:
            many_raters(proof, folder / "rated", given.answers)
        if "photos" in given.only:
            many_photos(proof, folder, given.photos)
        if "hidden" in given.only:
            hidden(proof, folder, drawn_study(folder / "study"))
        if "gone" in given.only:
            gone(proof, folder)
    return int(proof.failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
