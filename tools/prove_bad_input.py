"""Proves that bad input gets a sentence: no traceback, no hang, no gigabyte, nothing written
beside.

    python tools/prove_bad_input.py --inputs 10000

Good files of every kind are damaged by seed (`bad_inputs.py`) and shown to what reads them, in
processes of their own, so that one that ends its process or hangs is counted too. Requests to the
survey and to the demo are damaged likewise; the servers must answer each, and go on.
"""

import collections
import json
import random
import select
import subprocess
import sys
import tempfile
import urllib.parse

from bad_inputs import KINDS, TRICKS
from proving import (
    ANSWER,
    ROOT,
    Proof,
    answered,
    drawn_study,
    kill,
    memory,
    parser_of,
    serve_demo,
    serve_survey,
    start,
)
from trying import damaged

# Of ten thousand, and what they are called; the rest are requests, half to each server.
SHARES = {
    "picture": (2500, "Damaged photos"),
    "video": (500, "Damaged videos"),
    "table": (2000, "Damaged tables of ages"),
    "parquet": (1000, "Damaged Parquet files and corpora"),
    "preset": (1500, "Damaged presets, checksums renewed"),
    "exported": (1000, "Damaged exported files"),
    "archive": (500, "Zips with names that lead elsewhere, damaged, or bombs"),
}
REQUESTS = 1000
SECONDS, MEGABYTES, PATIENCE = 10, 1000, 120


def rows_of(kind, first, count):
    """What became of each input, dicts; processes that end or hang are begun anew after the input
    that did it.
    """
    while count > 0:
        process = start(
            ["-W", "ignore", ROOT / "tools" / "bad_inputs.py", kind, first, count], subprocess.PIPE
        )
        seed = None
        while True:
            ready, _, _ = select.select([process.stdout], [], [], PATIENCE)
            line = process.stdout.readline() if ready else b""
            if not line:
                break
            try:
                row = json.loads(line)
            except ValueError:
                # What FFmpeg and TensorFlow say.
                continue
            if not isinstance(row, dict):
                continue
            seed = row.get("begins", seed)
            if "became" in row:
                yield row
                seed, first, count = None, row["seed"] + 1, count - 1
        hangs = process.poll() is None and not ready
        kill(process)
        if seed is None and count > 0 and not hangs:
            told = f"before input {first}"
            yield {"seed": first, "became": "ended", "text": told, "seconds": 0, "megabytes": 0}
            return
        if seed is not None:
            became = "hang" if hangs else f"ended by {process.returncode}"
            yield {"seed": seed, "became": became, "text": "", "seconds": PATIENCE, "megabytes": 0}
            first, count = seed + 1, count - 1


def files(proof, kind, called, count, seed):
    """Damaged files of a kind."""
    counts, failures, slowest, largest, tried = collections.Counter(), [], 0.0, 0.0, 0
    for row in rows_of(kind, seed, count):
        tried += 1
        counts[row["became"]] += 1
        slowest, largest = max(slowest, row["seconds"]), max(largest, row["megabytes"])
        if row["became"] not in ("taken", "refused"):
            failures.append(f"{kind} {row['seed']}: {row['became']}: {row['text']}")
        if row["seconds"] > SECONDS:
            failures.append(f"{kind} {row['seed']}: {row['seconds']:.0f} s")
        if row["megabytes"] > MEGABYTES:
            failures.append(f"{kind} {row['seed']}: {row['megabytes']:.0f} MB")
    told = f"{counts['refused']:,} refused with a sentence, {counts['taken']:,} taken; at most {slowest:.1f} s, {largest:.0f} MB"
    proof.row(called, tried, failures, told)


def request(rng, paths, cookie):
    """The bytes of a request that is wrong somewhere, or everywhere."""
    mostly = lambda right, *wrong: right if rng.random() < 0.8 else rng.choice(wrong)
    path = rng.choice(paths)
    if rng.random() < 0.3:
        trick = urllib.parse.quote(rng.choice(TRICKS), safe=rng.choice(("", "/.%\\:")))
        path += rng.choice(("", "/", "?a=")) + trick
    bodies = {
        "application/x-www-form-urlencoded": (
            *(b"", b"position=0&stars=5", b"position=-1&stars=%00", b"stars=6&position=0"),
            *(b"stars=" + b"9" * 10000, b"position=0&position=1&stars=5"),
        ),
        "multipart/form-data; boundary=x": (
            b'--x\r\nContent-Disposition: form-data; name="files"; filename="../../evil.png"\r\n\r\nx\r\n--x--\r\n',
            b'--x\r\nContent-Disposition: form-data; name="stars"\r\n\r\n5\r\n--x--\r\n',
            b"--x\r\n\r\n--y",
        ),
        "application/json": (b'{"data": [null]}', b'{"data": ' + b"[" * 5000, b"\xff\xfe\x00"),
    }
    kind = rng.choice(list(bodies))
    body = rng.choice(bodies[kind])
    method = rng.choice(
        ("GET", "POST", "POST", mostly("GET", "PUT", "HEAD", "OPTIONS", "DELETE", "BREW"))
    )
    lines = [
        f"{method} {path} HTTP/{mostly('1.1', '1.0', '9.9')}",
        f"Host: {mostly('127.0.0.1', 'evil.example', '')}",
        f"Content-Type: {mostly(kind, 'text/plain', 'multipart/form-data', 'x' * 2000, '')}",
        f"Content-Length: {mostly(len(body), 0, -1, 10**12, 'x')}",
        f"Cookie: {mostly(cookie, 'rater_x=%00', 'x' * 5000, 'a=../..')}",
        "Connection: close",
    ]
    content = "\r\n".join(lines).encode("utf-8", "replace") + b"\r\n\r\n" + body
    return damaged(content, rng) if rng.random() < 0.2 else content


def requests(proof, called, process, address, paths, cookie, count, rng):
    """Damaged requests to a server."""
    failures, statuses, slowest = [], collections.Counter(), 0.0
    before = memory("VmHWM", process.pid)
    for number in range(count):
        content = request(rng, paths, cookie)
        answer, seconds = answered(address, content)
        slowest = max(slowest, seconds)
        if answer is None:
            failures.append(f"request {number}: no answer in {ANSWER} s: {content[:200]!r}")
            continue
        status = answer[9:12].decode("latin-1") if answer.startswith(b"HTTP/") else "none"
        statuses[status[:1] + "xx" if status != "none" else "cut off"] += 1
        if b"Traceback" in answer or status == "500" or b"root:x:0" in answer:
            failures.append(f"request {number}: {answer[:300]!r} to {content[:300]!r}")
    if process.poll() is not None:
        failures.append("the server ended")
    grown = memory("VmHWM", process.pid) - before
    if grown > MEGABYTES:
        failures.append(f"the server took {grown:.0f} MB")
    told = ", ".join(f"{status} {number:,}" for status, number in sorted(statuses.items()))
    proof.row(called, count, failures, f"{told}; at most {slowest:.1f} s, {grown:.0f} MB")


def cookie_of(address):
    """The cookie of a rater who has begun."""
    import httpx

    with httpx.Client(base_url=address) as client:
        client.post("/start", follow_redirects=True)
        return "; ".join(f"{name}={value}" for name, value in client.cookies.items())


def main(arguments):
    """Runs the proof; 1 where a promise was broken."""
    given = parser_of(__doc__, (*KINDS, "survey", "demo"), "kinds", inputs=10000).parse_args(
        arguments
    )
    proof = Proof(f"python tools/prove_bad_input.py --inputs {given.inputs}")
    of = lambda share: max(1, share * given.inputs // 10000)
    for kind, (share, called) in SHARES.items():
        if kind in given.kinds:
            files(proof, kind, called, of(share), given.seed)
    rng = random.Random(given.seed)
    with tempfile.TemporaryDirectory() as folder:
        servers = {
            "survey": (
                lambda: serve_survey(drawn_study(f"{folder}/study")),
                ["/", "/start", "/pair", "/done", "/pictures/", "/survey.css", "/survey.js"],
            ),
            "demo": (
                lambda: serve_demo(folder),
                [
                    "/",
                    "/gradio_api/upload",
                    "/gradio_api/queue/join",
                    "/gradio_api/queue/data",
                    "/gradio_api/file=",
                    "/gradio_api/run/predict",
                    "/config",
                    "/theme.css",
                    "/gradio_api/call/open",
                    "/assets/",
                    "/static/",
                ],
            ),
        }
        for name, (serve, paths) in servers.items():
            if name not in given.kinds:
                continue
            process, address = serve()
            try:
                cookie = cookie_of(address) if name == "survey" else "session=x"
                requests(
                    proof,
                    f"Damaged requests to the {name}",
                    process,
                    address,
                    paths,
                    cookie,
                    of(REQUESTS // 2),
                    rng,
                )
            finally:
                kill(process)
    return int(proof.failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
