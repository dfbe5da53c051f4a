"""Google's own client writes every request (its generated methods, from the discovery document it ships); we carry it.

Only ``HttpRequest.execute`` is left aside. It turns a long GET into a POST in disguise, which no list of allowed calls
should have to understand; it reads an error's body on its way (``_should_retry_response``), where a 403 saying ``null``
ends in a TypeError and the verdict on a write is lost; and a broken 200 comes back from it as if it were a text.
"""

from __future__ import annotations

from typing import Any, Protocol

from agent.gmail.transport import Answer, GuardedHttp, exchange

_AGENT = "followup-agent"


class Request(Protocol):
    """What we read of a ``googleapiclient.http.HttpRequest``."""

    uri: str
    method: str
    body: str | None
    headers: dict[str, str]


def users(http: GuardedHttp, endpoint: str) -> Any:
    """The ``users()`` resource of Gmail's API at this endpoint: its methods make Requests.

    Nothing is asked of the network. Imported here: Google's client costs a quarter of a second.
    """
    from googleapiclient.discovery import build

    service = build(
        "gmail",
        "v1",
        http=http,
        client_options={"api_endpoint": endpoint},
        static_discovery=True,
        cache_discovery=False,
    )
    return service.users()


def carry(request: Request, http: GuardedHttp, token: str | None) -> Answer:
    """Send a request of Google's as it stands, with the access token; once. NotSent, NoAnswer as for ``exchange``.

    Google's user agent says "(gzip)", without which Gmail does not compress.
    """
    headers = request.headers | {
        "authorization": f"Bearer {token}",
        "user-agent": f"{_AGENT} {request.headers.get('user-agent', '')}".rstrip(),
    }
    body = None if request.body is None else request.body.encode()
    return exchange(http, request.method, request.uri, headers=headers, body=body)
