"""Google's own hosts, or the loopback."""

import pytest

from agent.errors import ConfigError
from agent.gmail.hosts import on_loopback, trusted, trusted_endpoint


@pytest.mark.parametrize(
    "url",
    [
        "https://gmail.googleapis.com",
        "https://gmail.googleapis.com/",
        "https://www.googleapis.com:443",
        "http://127.0.0.1:8080",
        "http://127.8.8.8",
        "http://[::1]:99",
        "https://localhost:1",
    ],
)
def test_it_trusts(url: str) -> None:
    assert trusted_endpoint(url) == url.rstrip("/")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "gmail.googleapis.com",
        "http://gmail.googleapis.com",
        "https://gmail.googleapis.com:8443",
        "https://gmail.googleapis.com.evil.example",
        "https://gmail.googleapis.com@evil.example",
        "https://user@gmail.googleapis.com",
        "https://storage.googleapis.com/bucket",
        "https://evil.example/gmail.googleapis.com",
        "http://127.0.0.1.evil.example",
        "http://localhost.evil.example",
        "http://0.0.0.0:1",
        "http://[::",
        "http://127.0.0.1:99999",
        "http://10.0.0.1",
        "ftp://127.0.0.1",
        "http://127.0.0.1\\@evil.example",
        "http://127.0.0.1 .evil.example",
        "file:///etc/passwd",
        "https://gmail.googleapis.com\u3002evil.example",
    ],
)
def test_it_refuses(url: str) -> None:
    with pytest.raises(ConfigError) as caught:
        trusted(url, "gmail.api_endpoint")
    assert caught.value.exit_status == 78
    assert caught.value.problems[0].startswith("gmail.api_endpoint")


def test_it_wants_nothing_behind_the_host_of_an_endpoint() -> None:
    for url in ("http://127.0.0.1/x", "http://127.0.0.1?x=1"):
        with pytest.raises(ConfigError):
            trusted_endpoint(url)


def test_it_knows_the_loopback() -> None:
    assert on_loopback("http://127.0.0.1:1/token")
    assert not on_loopback("https://gmail.googleapis.com")
    assert not on_loopback("")
