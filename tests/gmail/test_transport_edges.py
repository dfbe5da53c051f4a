"""The list of allowed calls at its edges: questions with odd parameters, answers that point elsewhere."""

from __future__ import annotations

from contextlib import closing
from itertools import chain, repeat

import pytest

from agent.demo.server import GmailServer
from agent.errors import ForbiddenCall
from agent.gmail import transport
from agent.gmail.transport import PARAMETERS, GuardedHttp, NoAnswer
from tests.gmail.test_transport import PATH, listening, read

LIST = "/gmail/v1/users/me/messages"


def test_it_lets_a_question_pass_that_uses_every_parameter_there_is(server: GmailServer) -> None:
    query = "&".join(f"{name}=" for name in sorted(PARAMETERS))
    with closing(GuardedHttp(server.url)) as http:
        http.request(f"{server.url}{LIST}?{query}")
        assert http.sends == 1


@pytest.mark.parametrize("query", ["$httpMethod=", "q=x&uploadType=", "q=x&$.xgafv", "access_token"])
def test_it_stops_a_parameter_outside_the_list_even_without_a_value(server: GmailServer, query: str) -> None:
    http = GuardedHttp(server.url)
    with pytest.raises(ForbiddenCall):
        http.request(f"{server.url}{LIST}?{query}")
    assert http.sends == 0


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 Again", "308 For Good"])
def test_it_follows_no_redirect_even_to_a_call_that_is_allowed(status: str) -> None:
    """Whoever redirects decides where the token goes."""
    with listening([]) as (url, _):
        pass
    answer = f"HTTP/1.1 {status}\r\nLocation: {url}{PATH}\r\nContent-Length: 0\r\n\r\n".encode()
    with listening([answer] * 3) as (url, seen), closing(GuardedHttp(url)) as http:
        assert read(http, url).status == int(status[:3])
        assert http.sends == len(seen) == 1


@pytest.mark.parametrize(("seconds", "whole"), [(179.0, True), (180.0, True), (180.5, False)])
def test_it_gives_an_answer_three_minutes_to_come(
    seconds: float, monkeypatch: pytest.MonkeyPatch, *, whole: bool
) -> None:
    """By the clock of the transport: zero when the answer begins, so many seconds when it is read."""
    times = chain([0.0], repeat(seconds))
    monkeypatch.setattr(transport, "monotonic", lambda: next(times))
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
    with listening([answer]) as (url, _), closing(GuardedHttp(url, once=True)) as http:
        if whole:
            assert read(http, url).content == b"{}"
        else:
            with pytest.raises(NoAnswer):
                read(http, url)
