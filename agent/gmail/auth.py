"""The token file and its refresh; ``consent.py`` is how it comes to be.

Google's authorised-user JSON, one file with mode 0600. Access tokens stay in memory: Google does not rotate refresh
tokens, so a token handed over read-only (a systemd credential) is enough to run on.
"""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Iterable, Mapping
from contextlib import closing
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any

import google.auth.transport
from google.auth.exceptions import GoogleAuthError, RefreshError
from google.oauth2.credentials import Credentials

from agent.errors import AuthError, GmailUnavailable
from agent.gmail.hosts import TOKEN_URI, trusted
from agent.gmail.transport import Answer, GuardedHttp, NoAnswer, NotSent, exchange, quiet_libraries

READONLY = "https://www.googleapis.com/auth/gmail.readonly"
COMPOSE = "https://www.googleapis.com/auth/gmail.compose"
SCOPES = (READONLY, COMPOSE)

_AGAIN = "run: followup-agent auth"
_WIDER = ("https://mail.google.com/", "https://www.googleapis.com/auth/gmail.modify")
LARGEST_TOKEN = 64 << 10
_TOKEN = re.compile(
    r"[\x21-\x7e]{1,4096}"
)  # RFC 6749, section A.12, without the space that no header could carry
_NEVER = datetime.fromtimestamp(0, UTC).replace(tzinfo=None)  # Google's library keeps naive UTC


def missing_scopes(held: Iterable[str] | None) -> tuple[str, ...]:
    """Which of our two scopes are not covered by these; nothing is missing where the list is not known (None)."""
    if held is None:
        return ()
    have = set(held)
    return () if have.intersection(_WIDER) else tuple(scope for scope in SCOPES if scope not in have)


def granted(credentials: Credentials) -> tuple[str, ...] | None:
    """The scopes that Google named, else those of the token file; None where neither is known."""
    scopes = credentials.granted_scopes or credentials.scopes
    return tuple(scopes.split() if isinstance(scopes, str) else scopes) if scopes else None


def load_token(path: Path) -> Credentials:
    """The credentials of an authorised-user file, its ``token_uri`` honoured.

    AuthError if it cannot be used or others can read it; ConfigError if its ``token_uri`` is neither Google's nor loopback.
    """
    return token_of(_private_text(path), f"the token file {path}")


def token_of(text: str, where: str) -> Credentials:
    """The credentials of an authorised-user JSON; ``where`` names it in an AuthError or ConfigError."""
    info = _parsed(text, where)
    missing = [key for key in ("refresh_token", "client_id", "client_secret") if not _text(info, key)]
    if missing:
        raise AuthError(f"{where} is not complete", (f"missing: {', '.join(missing)}", _AGAIN))
    credentials: Credentials = Credentials(  # type: ignore[no-untyped-call]  # google.auth has no types
        token if _TOKEN.fullmatch(token := _text(info, "token")) else None,
        refresh_token=_text(info, "refresh_token"),
        token_uri=trusted(_text(info, "token_uri") or TOKEN_URI, f"token_uri in {where}"),
        client_id=_text(info, "client_id"),
        client_secret=_text(info, "client_secret"),
        scopes=_scopes(info),
        expiry=_expiry(_text(info, "expiry")),
    )
    return credentials


def save_token(path: Path, credentials: Credentials) -> None:
    """Write the file whole or not at all: a private temporary file, synced, renamed, the folder synced."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.new")
    temporary.unlink(missing_ok=True)
    descriptor = os.open(
        temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), 0o600
    )
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(token_json(credentials))
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def save_if_rotated(path: Path, credentials: Credentials, *, loaded: str) -> bool:
    """Save only if Google gave a new refresh token in place of the ``loaded`` one, and the file still holds that one.

    A read-only file is left alone, and so is one that was authorised anew in the meantime.
    """
    if (
        credentials.refresh_token == loaded
        or not os.access(path, os.W_OK)
        or not os.access(path.parent, os.W_OK)
    ):
        return False
    if _text(_parsed(_private_text(path), str(path)), "refresh_token") != loaded:
        return False
    save_token(path, credentials)
    return True


def refresh(credentials: Credentials) -> None:
    """A new access token. AuthError if Google no longer accepts the consent, GmailUnavailable if it cannot be asked."""
    quiet_libraries()
    uri = credentials.token_uri or TOKEN_URI
    try:
        with closing(GuardedHttp("", trusted(uri, "token_uri"))) as http:
            credentials.refresh(_TokenRequest(http))  # type: ignore[no-untyped-call]  # google.auth has no types
    except RefreshError as error:
        raise _refresh_failure(error) from None
    except GoogleAuthError as error:
        raise GmailUnavailable(f"the token server cannot be asked ({type(error).__name__})") from None
    except (ValueError, TypeError, OverflowError):  # an expires_in that is no number of seconds
        credentials.expiry = _NEVER
        raise GmailUnavailable("the token server does not answer as such") from None
    if not isinstance(credentials.token, str) or not _TOKEN.fullmatch(credentials.token):
        credentials.token, credentials.expiry = None, _NEVER
        raise GmailUnavailable("the token server gave no token")


def token_answer(http: GuardedHttp, url: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
    """One POST to the token server; anything but its own JSON answer (network, 5xx, a portal's HTML) is GmailUnavailable."""
    try:
        answer = exchange(http, "POST", url, headers=headers, body=body)
    except (NotSent, NoAnswer) as error:
        raise GmailUnavailable(f"the token server cannot be reached ({error})") from None
    if answer.status >= 500 or answer.status in {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.REQUEST_TIMEOUT}:
        raise GmailUnavailable(f"the token server answers {answer.status}")
    try:
        proper = isinstance(json.loads(answer.content), dict)
    except (ValueError, RecursionError):
        proper = False
    if not proper:
        raise GmailUnavailable(f"the token server does not answer as such ({answer.status})")
    return answer


class _TokenRequest(google.auth.transport.Request):
    """Google's library asks the token server through our transport, and leaves repeating to us."""

    def __init__(self, http: GuardedHttp) -> None:
        self._http = http

    def __call__(
        self,
        url: str,
        method: str = "POST",  # noqa: ARG002 (the transport allows nothing else)
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,  # noqa: ARG002 (the transport has its own)
        **_: Any,
    ) -> _TokenResponse:
        return _TokenResponse(token_answer(self._http, url, body, headers or {}))


class _TokenResponse(google.auth.transport.Response):
    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    @property
    def status(self) -> int:
        return self._answer.status

    @property
    def headers(self) -> Mapping[str, str]:
        return self._answer.headers

    @property
    def data(self) -> bytes:
        return self._answer.content


def refusal(code: str) -> AuthError:
    """What an error code of the token server means to the user (RFC 6749, section 5.2, and Google's own)."""
    match code:
        case "invalid_grant":
            return AuthError(
                "Google no longer accepts the stored authorisation (revoked, expired, or the password was changed)",
                (
                    _AGAIN,
                    "if this comes back every 7 days: set the consent screen's publishing status to 'In production' first",
                ),
            )
        case "invalid_client" | "unauthorized_client" | "deleted_client" | "disabled_client":
            return AuthError(
                "Google does not know the OAuth client (any more), or its secret has changed",
                ("download the client file again from the Google Cloud console", _AGAIN),
            )
        case "invalid_scope":
            return AuthError("the authorisation does not cover what the program asks for", (_AGAIN,))
        case "admin_policy_enforced" | "org_internal" | "access_denied":
            return AuthError(
                "your organisation does not allow this OAuth client", ("ask its administrator", _AGAIN)
            )
        case _:
            return AuthError("Google refused to renew the authorisation", (_AGAIN,))


def _refresh_failure(error: RefreshError) -> AuthError | GmailUnavailable:
    if error.retryable:
        return GmailUnavailable("the token server asks to try again later")
    detail = error.args[1] if len(error.args) > 1 else None
    if isinstance(detail, dict) and "error" not in detail:
        return GmailUnavailable("the token server does not answer as such")
    return refusal(str(detail["error"]) if isinstance(detail, dict) else "")


def _private_text(path: Path) -> str:
    """The file's text, if nobody else can read it (AuthError)."""
    try:
        with path.open("rb") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            content = file.read(LARGEST_TOKEN)
    except FileNotFoundError:
        raise AuthError("not authorised yet", (f"no token file at {path}", _AGAIN)) from None
    except OSError as error:
        raise AuthError(f"cannot read the token file {path}", (error.strerror or "", _AGAIN)) from None
    if os.name == "posix" and mode & _forbidden_bits(path):
        raise AuthError(
            f"others can read the token file {path} (mode {mode:04o})", (f"run: chmod 600 {path}",)
        )
    return content.decode("utf-8", "replace")


def _forbidden_bits(path: Path) -> int:
    """The bits that may not be set: systemd hands credentials over by an access list, which shows as group bits (systemd.exec(5), CREDENTIALS)."""
    given = os.environ.get("CREDENTIALS_DIRECTORY")
    return 0o007 if given and path.absolute().is_relative_to(Path(given).absolute()) else 0o077


def _parsed(text: str, where: str) -> dict[str, Any]:
    try:
        info = json.loads(text)
    except (ValueError, RecursionError):
        info = None
    if not isinstance(info, dict):
        raise AuthError(f"{where} is not what `followup-agent auth` writes", (_AGAIN,))
    return info


def _text(info: Mapping[str, Any], key: str) -> str:
    value = info.get(key)
    return value if isinstance(value, str) else ""


def _scopes(info: Mapping[str, Any]) -> list[str] | None:
    """As granted: asking for more at a refresh makes Google refuse it."""
    value = info.get("scopes") or info.get("scope")
    if isinstance(value, str):
        return value.split() or None
    return [scope for scope in value if isinstance(scope, str)] if isinstance(value, list) else None


def _expiry(text: str) -> datetime:
    """Naive UTC, as Google's library compares it; what cannot be read has expired."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return _NEVER
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def token_json(credentials: Credentials) -> str:
    """The authorised-user JSON of these credentials, the scopes as granted."""
    info = {
        "type": "authorized_user",
        "token": credentials.token,
        "refresh_token": credentials.refresh_token,
        "token_uri": credentials.token_uri,
        "client_id": credentials.client_id,
        "client_secret": credentials.client_secret,
        "scopes": sorted(granted(credentials) or ()),
        "expiry": f"{credentials.expiry.replace(microsecond=0).isoformat()}Z" if credentials.expiry else None,
    }
    return json.dumps(info, indent=2) + "\n"


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return  # Windows cannot open a folder
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
