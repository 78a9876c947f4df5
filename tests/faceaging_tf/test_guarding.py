"""What stands before the pages of a server."""

import asyncio

import pytest

from faceaging_tf.guarding import HEADERS, Guard


async def echo(scope, receive, send):
    """Answers with what it was sent, and a header of its own."""
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body", False)
    headers = [(b"cache-control", b"private")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def answer(guard, parts, path="/", headers=()):
    """Status, headers by name, and body of the answer to a request that comes in parts."""
    sent, waiting = [], list(parts)

    async def receive():
        part = waiting.pop(0)
        return {"type": "http.request", "body": part, "more_body": bool(waiting)}

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "path": path, "headers": list(headers)}
    asyncio.run(guard(scope, receive, send))
    return sent[0]["status"], dict(sent[0]["headers"]), sent[1]["body"]


def test_an_answer_gets_the_headers_that_it_has_not():
    status, headers, body = answer(Guard(echo, {"X-Own": "1"}), [b"a", b"b"])
    expected = {name.lower().encode(): value.encode() for name, value in HEADERS.items()}
    assert (status, body) == (200, b"ab")
    assert headers == {**expected, b"x-own": b"1", b"cache-control": b"private"}


@pytest.mark.parametrize("stated", [True, False])
def test_what_is_too_large_is_refused_whether_its_length_is_stated_or_not(stated):
    headers = [(b"content-length", b"8")] if stated else []
    status, headers, _ = answer(Guard(echo, largest=7), [b"1234", b"5678"], headers=headers)
    assert status == 413 and headers[b"x-content-type-options"] == b"nosniff"


def test_uploads_may_be_larger():
    guard = Guard(echo, largest=2, uploads="/upload")
    assert answer(guard, [b"1234"], "/upload")[0] == 200


def test_closed_paths_are_not_there():
    guard = Guard(echo, closed=("/api/run",))
    assert answer(guard, [b""], "/api/run/x")[0] == 404
    assert answer(guard, [b""], "/api/queue")[0] == 200
