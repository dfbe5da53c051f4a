"""Where this program may talk to: Google's own hosts over https, or the loopback interface; nothing else.

The lists name single hosts on purpose: below ``googleapis.com`` there are also hosts that serve anybody's content.
"""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from agent.errors import ConfigError

GMAIL = "https://gmail.googleapis.com"
AUTH_URI = "https://accounts.google.com/o/oauth2/auth"
TOKEN_URI = "https://oauth2.googleapis.com/token"  # noqa: S105 (an address, not a secret)

_GOOGLE = frozenset(
    {
        "accounts.google.com",
        "gmail.googleapis.com",
        "gmail.mtls.googleapis.com",
        "oauth2.googleapis.com",
        "oauth2.mtls.googleapis.com",
        "www.googleapis.com",
    }
)


def trusted(url: str, what: str) -> str:
    """The address without a trailing slash, if it is Google's own (https) or on the loopback; else ConfigError.

    ``what`` names the setting in the error, for example ``gmail.api_endpoint``.
    """
    parts = _split(url)
    if parts is None or not (_is_google(parts) or _is_loopback(parts)):
        raise ConfigError(
            f"{what}: only Google's own hosts (https) or the loopback interface are allowed",
            (f"{what}: {url!r} is neither; remove the setting to use Google's",),
        )
    return url.rstrip("/")


def trusted_endpoint(url: str, what: str = "gmail.api_endpoint") -> str:
    """A trusted address with nothing behind the host: what the Gmail paths are appended to."""
    url = trusted(url, what)
    parts = urlsplit(url)
    if parts.path or parts.query or parts.fragment:
        raise ConfigError(f"{what}: give the host only", (f"{what}: {url!r} has a path",))
    return url


def on_loopback(url: str) -> bool:
    """True if the address is on the loopback interface: no proxy may stand between."""
    parts = _split(url)
    return parts is not None and _is_loopback(parts)


def _split(url: str) -> SplitResult | None:
    """The parts of a plain absolute http(s) address; None if anything about it is odd."""
    try:
        parts = urlsplit(url)
        odd = parts.port == 0 or parts.username is not None or parts.password is not None
    except ValueError:  # a port or an IPv6 literal that is none
        return None
    plain = url.isascii() and url.isprintable() and not set(url) & set(" \\\"'<>")
    return parts if plain and parts.hostname and not odd else None


def _is_google(parts: SplitResult) -> bool:
    return parts.scheme == "https" and parts.hostname in _GOOGLE and parts.port in {None, 443}


def _is_loopback(parts: SplitResult) -> bool:
    if parts.scheme not in {"http", "https"}:
        return False
    if parts.hostname == "localhost":
        return True
    try:
        return ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return False
