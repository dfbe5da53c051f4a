"""The redirect that ends the consent: caught on a loopback port, or pasted by a user whose browser is elsewhere.

Google's ``run_local_server`` is not used: it takes the first request for the answer (a favicon, a port scan), and its
answer page is shown before anybody has looked at the state.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from secrets import compare_digest, token_urlsafe
from urllib.parse import parse_qs, urlsplit

from agent.errors import AuthError

_DONE = "Done. You may close this window and go back to the terminal."
_DENIED = "Access was not granted. You may close this window and go back to the terminal."
_TRIES = 3
_LONGEST_PASTE = 8_000  # characters; Google's redirects have a few hundred


def listening(port: int) -> Catcher:
    """Listen on this port of 127.0.0.1 (0: any free one); AuthError if that cannot be."""
    try:
        return Catcher(port)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or "no such port"
        raise AuthError(
            f"cannot listen on port {port} of the loopback interface ({reason})",
            ("choose another: followup-agent auth --port N", "or any free one: leave --port out"),
        ) from None


def pasted(paste: Callable[[str], str], state: str) -> dict[str, str]:
    """The parameters of the redirect that the user pastes; asked for three times, then AuthError."""
    question = "Paste that address here"
    for _ in range(_TRIES):
        text = paste(question).strip().strip("'\"<>")[:_LONGEST_PASTE]
        found = _answer(text.partition("?")[2].partition("#")[0], state)
        if found is not None:
            return found
        question = (
            "That is not the address this consent ends at (it holds state=… and code=…); paste it again"
        )
    raise AuthError("the pasted address does not belong to this consent", ("run: followup-agent auth",))


def _answer(query: str, state: str) -> dict[str, str] | None:
    """The parameters, if they carry our state and a code or an error (RFC 6749, section 4.1.2)."""
    found = {key: values[0] for key, values in parse_qs(query).items()}
    ours = compare_digest(found.get("state", "").encode(), state.encode())
    return found if ours and found.keys() & {"code", "error"} else None


class _Callback(BaseHTTPRequestHandler):
    """Takes the redirect with our state; anything else (favicon, port scan, another tab) is turned away."""

    server: Catcher
    timeout = 5.0  # a connection that says nothing must not hold up the real one

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        found = _answer(parts.query, self.server.state)
        if parts.path != "/" or found is None:
            self._say(404, "Not here.")
            return
        self._say(200, _DENIED if "error" in found else _DONE)
        self.server.found = found

    def _say(self, status: int, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base class's name)
        """Nothing: the request line holds the code."""


class Catcher(HTTPServer):
    """Waits for the one request that carries ``state``; a context manager."""

    allow_reuse_address = False

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Callback)
        self.state = token_urlsafe(32)
        self.found: dict[str, str] | None = None

    def handle_error(self, request: object, client_address: object) -> None:
        """Nothing: a connection that broke off is no answer."""

    def answer(self, seconds: float) -> dict[str, str]:
        """The parameters of the redirect, or AuthError when the time is over."""
        end = time.monotonic() + seconds
        while self.found is None:
            self.timeout = end - time.monotonic()
            if self.timeout <= 0:
                raise AuthError(
                    f"no answer from the browser within {seconds:.0f} seconds", ("run: followup-agent auth",)
                )
            self.handle_request()
        return self.found
