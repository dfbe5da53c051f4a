"""The client file: what Google offers for download when an OAuth client of the type "Desktop app" is made."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from agent.errors import ConfigError
from agent.gmail.hosts import AUTH_URI, TOKEN_URI, trusted

_ADVICE = (
    "in the Google Cloud console: APIs & Services, Credentials, Create credentials, OAuth client ID, type 'Desktop app'; "
    "download its JSON file"
)


def load_client(path: Path) -> dict[str, Any]:
    """The client of the file Google offers for download, its addresses checked."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError(f"there is no client file at {path}", (_ADVICE,)) from None
    except OSError as error:
        raise ConfigError(f"cannot read the client file {path}", (error.strerror or "",)) from None
    except (ValueError, RecursionError):
        raise ConfigError(f"the client file {path} is no JSON", (_ADVICE,)) from None
    client = _section(document)
    if client is None or not all(filled(client, key) for key in ("client_id", "client_secret")):
        raise ConfigError(f"the client file {path} is not that of a desktop app", (_ADVICE,))
    for key, default in (("auth_uri", AUTH_URI), ("token_uri", TOKEN_URI)):
        client[key] = trusted(str(client.get(key) or default), f"{key} in {path}")
    return client


def _section(document: object) -> dict[str, Any] | None:
    """The desktop client; a web client only if it was registered for the loopback, or Google would refuse the redirect."""
    if not isinstance(document, dict):
        return None
    desktop, web = document.get("installed"), document.get("web")
    if isinstance(desktop, dict):
        return dict(desktop)
    if isinstance(web, dict) and any("//localhost" in str(uri) for uri in web.get("redirect_uris") or ()):
        return dict(web) | {"web": True}
    return None


def filled(client: Mapping[str, Any], key: str) -> bool:
    """True if there is a text under this key."""
    value = client.get(key)
    return isinstance(value, str) and bool(value)


def redirect_host(client: Mapping[str, Any]) -> str:
    """The literal address needs no resolver (RFC 8252, section 8.3); web clients are registered by name."""
    return "localhost" if client.get("web") else "127.0.0.1"
