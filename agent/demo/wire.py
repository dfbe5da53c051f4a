"""The HTTP side: connections that stay open, and the ways in which they break."""

import contextlib
import json
import socket
import struct
from threading import Lock
from typing import Any, NoReturn

from werkzeug.serving import WSGIRequestHandler
from werkzeug.wrappers import Request, Response

HTML_502 = (
    "<!DOCTYPE html><html lang=en><title>Error 502 (Server Error)!!1</title><p>Try again in 30 seconds."
)


class Connections:
    """The connections open at present."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._open: set[socket.socket] = set()

    def opened(self, connection: socket.socket) -> None:
        """A client came."""
        with self._lock:
            self._open.add(connection)

    def closed(self, connection: socket.socket) -> None:
        """A client went."""
        with self._lock:
            self._open.discard(connection)

    def cut(self) -> None:
        """Close them all, as a server does whose keep-alive time is over."""
        with self._lock:
            for connection in self._open:
                shut(connection)


def handler(connections: Connections) -> type[WSGIRequestHandler]:
    """A request handler that keeps its connection open, as Gmail does: clients trip over stale ones.

    Werkzeug's own sends `Connection: close` with every answer.
    """

    class Handler(WSGIRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def setup(self) -> None:
            super().setup()
            connections.opened(self.connection)

        def finish(self) -> None:
            connections.closed(self.connection)
            super().finish()

        def run_wsgi(self) -> None:
            try:
                response = Response.from_app(self.server.app, self.make_environ(), buffered=True)
                self.send_response(response.status_code)
                for name, value in response.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(response.get_data())
            except OSError:  # the connection was cut, by us or by the client
                self.close_connection = True

        def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 (werkzeug's name)
            """Say nothing."""

    return Handler


def answer(status: int, body: Any) -> Response:
    """A JSON answer; nothing to say is 204."""
    if body is None:
        return Response(status=204)
    return Response(json.dumps(body), status=status, content_type="application/json; charset=UTF-8")


def token_form(request: Request) -> dict[str, str]:
    """The form sent to a token endpoint; the client may show itself there or as HTTP Basic (RFC 6749 §2.3.1)."""
    shown = request.authorization
    form = request.form.to_dict()
    if shown is None or shown.type != "basic":
        return form
    return {"client_id": shown.username or "", "client_secret": shown.password or ""} | form


def halved(response: Response, *, whole: bool) -> Response:
    """Half of a body: as if that were all, or cut off before the end announced."""
    body = response.get_data()
    response.set_data(body[: len(body) // 2])
    if not whole:
        response.headers["Content-Length"] = str(len(body))
        response.headers["Connection"] = "close"
    return response


def cut(request: Request, *, reset: bool) -> NoReturn:
    """End the connection of a request without an answer: with a reset (RST) or an orderly close (FIN)."""
    connection: socket.socket = request.environ["werkzeug.socket"]
    if reset:  # with a linger time of zero, closing sends RST instead of FIN
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()
    else:
        shut(connection)
    raise ConnectionAbortedError


def shut(connection: socket.socket) -> None:
    """Close a connection in both directions; one already gone is fine."""
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
