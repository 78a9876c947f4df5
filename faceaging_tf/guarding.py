"""What stands before the pages of a server: the headers of every answer, and how much may be sent.

The headers are those of the OWASP Secure Headers Project for pages that take nothing from elsewhere
and are shown in nobody's frame.
"""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any, TypeAlias

Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]

HEADERS = {
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Cache-Control": "no-store",
}


class TooLarge(Exception):
    """More was sent than is taken."""


class Guard:
    """An ASGI application before another.

    Args:
        application: that other.
        headers: dict of headers beside `HEADERS`; what an answer has already stays.
        largest: bytes that a request may have.
        uploads: beginning of the paths that take more, which limit it themselves.
        closed: beginnings of paths that there are not.

    Example:
        >>> from faceaging_tf.guarding import Guard
        >>> guarded = Guard(lambda scope, receive, send: None, largest=2**12)
    """

    def __init__(
        self,
        application: Callable[..., Any],
        headers: Mapping[str, str] | None = None,
        largest: int = 2**20,
        uploads: str | None = None,
        closed: tuple[str, ...] = (),
    ):
        self.application = application
        self.headers = [
            (name.lower().encode(), value.encode())
            for name, value in {**HEADERS, **(headers or {})}.items()
        ]
        self.largest, self.uploads, self.closed = largest, uploads, closed

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """See ASGI."""
        if scope["type"] != "http":
            await self.application(scope, receive, send)
            return
        begun, taken = False, 0

        async def with_headers(message):
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                own = list(message.get("headers", ()))
                there = {name.lower() for name, _ in own}
                message = {
                    **message,
                    "headers": own + [one for one in self.headers if one[0] not in there],
                }
            await send(message)

        async def counted():
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > self.largest:
                raise TooLarge
            return message

        if scope["path"].startswith(self.closed):
            await _answer(with_headers, 404, b"There is no such page.")
            return
        is_upload = self.uploads is not None and scope["path"].startswith(self.uploads)
        stated = dict(scope["headers"]).get(b"content-length", b"0")
        if not is_upload and stated.isdigit() and int(stated) > self.largest:
            await _answer(with_headers, 413, b"That is more than is taken here.")
            return
        try:
            await self.application(scope, receive if is_upload else counted, with_headers)
        except TooLarge:
            if not begun:
                await _answer(with_headers, 413, b"That is more than is taken here.")


async def _answer(send, status, text):
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text})
