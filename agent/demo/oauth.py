"""The authorisation server: consent, tokens, revocation (RFC 6749, RFC 7636), as Google answers."""

from base64 import urlsafe_b64encode
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any
from urllib.parse import urlencode, urlsplit

_PREFIX = "https://www.googleapis.com/auth/"
READONLY = f"{_PREFIX}gmail.readonly"
COMPOSE = f"{_PREFIX}gmail.compose"
MODIFY = f"{_PREFIX}gmail.modify"
FULL = "https://mail.google.com/"

_CLIENT_ID = "1234567890-demo.apps.googleusercontent.com"
_CLIENT_SECRET = "GOCSPX-demo"  # noqa: S105 (opens nothing but this server)
_LIFETIME = timedelta(seconds=3599)


class Refusal(Exception):
    """An error answer of the token endpoint."""

    def __init__(self, error: str, description: str, code: int = 400) -> None:
        super().__init__(error)
        self.code = code
        self.body = {"error": error, "error_description": description}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Grant:
    refresh_token: str
    scopes: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Code:
    grant: _Grant
    redirect_uri: str
    challenge: str


class Authorisation:
    """Grants and tokens of one account.

    `granted_scopes`: what the user ticks at the consent page (None: all that is asked).
    `deny`: the user declines. Both may be set between requests.
    """

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.granted_scopes: Collection[str] | None = None
        self.deny = False
        self.client_id = _CLIENT_ID
        self.client_secret = _CLIENT_SECRET
        self.token_requests = 0
        self._clock = clock
        self._codes: dict[str, _Code] = {}
        self._grants: dict[str, _Grant] = {}
        self._access: dict[str, tuple[datetime, _Grant, frozenset[str]]] = {}

    def grant(self, scopes: Collection[str]) -> tuple[str, str, datetime]:
        """A consent already given: refresh token, access token, its expiry."""
        made = self._granted(frozenset(scopes))
        token, expiry = self._access_token(made, made.scopes)
        return made.refresh_token, token, expiry

    def consent(self, query: Mapping[str, str]) -> str:
        """The address to which the browser is sent after the consent page."""
        redirect_uri = query.get("redirect_uri", "")
        if query.get("client_id") != self.client_id or query.get("response_type") != "code":
            raise Refusal("invalid_client", "The OAuth client was not found.", 401)
        if urlsplit(redirect_uri).hostname not in {"localhost", "127.0.0.1", "::1"}:
            raise Refusal("redirect_uri_mismatch", "Bad Request")
        state = {"state": query["state"]} if "state" in query else {}
        if self.deny:
            return f"{redirect_uri}?{urlencode({'error': 'access_denied'} | state)}"
        asked = frozenset(query.get("scope", "").split())
        granted = asked if self.granted_scopes is None else asked & frozenset(self.granted_scopes)
        code = self._draw("4/0A")
        self._codes[code] = _Code(
            grant=self._granted(granted),
            redirect_uri=redirect_uri,
            challenge=query.get("code_challenge", ""),
        )
        answer = state | {"code": code, "scope": " ".join(sorted(granted))}
        return f"{redirect_uri}?{urlencode(answer)}"

    def token(self, form: Mapping[str, str]) -> dict[str, Any]:
        """The answer of the token endpoint, or a Refusal."""
        self.token_requests += 1
        if (form.get("client_id"), form.get("client_secret")) != (self.client_id, self.client_secret):
            raise Refusal("invalid_client", "The provided client secret is invalid.", 401)
        match form.get("grant_type"):
            case "refresh_token":
                return self._refreshed(form)
            case "authorization_code":
                return self._exchanged(form)
            case _:
                raise Refusal("unsupported_grant_type", "Invalid grant_type")

    def revoke(self, token: str | None = None) -> None:
        """The user withdraws consent (for one token's grant, or altogether)."""
        held = self._access.get(token or "")
        refresh = held[1].refresh_token if held else token
        gone = set(self._grants) if token is None else {refresh}
        self._grants = {key: grant for key, grant in self._grants.items() if key not in gone}
        self._access = {key: one for key, one in self._access.items() if one[1].refresh_token not in gone}

    def expire_access_tokens(self) -> None:
        """Every access token given so far is refused from now on; refresh tokens go on working."""
        self._access.clear()

    def scopes(self, access_token: str) -> frozenset[str] | None:
        """What the bearer of this token may do; None if it is unknown or too old."""
        held = self._access.get(access_token)
        return held[2] if held and held[0] > self._clock() else None

    def _refreshed(self, form: Mapping[str, str]) -> dict[str, Any]:
        grant = self._grants.get(form.get("refresh_token", ""))
        if grant is None:
            raise Refusal("invalid_grant", "Token has been expired or revoked.")
        asked = frozenset(form.get("scope", "").split()) or grant.scopes
        if not asked <= grant.scopes:
            raise Refusal("invalid_scope", "Some requested scopes were invalid.")
        return self._answer(grant, asked)

    def _exchanged(self, form: Mapping[str, str]) -> dict[str, Any]:
        code = self._codes.pop(form.get("code", ""), None)
        if code is None:
            raise Refusal("invalid_grant", "Malformed auth code.")
        if form.get("redirect_uri") != code.redirect_uri:
            raise Refusal("redirect_uri_mismatch", "Bad Request")
        digest = sha256(form.get("code_verifier", "").encode()).digest()
        verifier = urlsafe_b64encode(digest).decode().rstrip("=")
        if code.challenge and code.challenge != verifier:
            raise Refusal("invalid_grant", "Invalid code verifier.")
        answer = self._answer(code.grant, code.grant.scopes)
        return answer | {"refresh_token": code.grant.refresh_token}

    def _answer(self, grant: _Grant, scopes: frozenset[str]) -> dict[str, Any]:
        token, _ = self._access_token(grant, scopes)
        return {
            "access_token": token,
            "expires_in": int(_LIFETIME.total_seconds()),
            "scope": " ".join(sorted(scopes)),
            "token_type": "Bearer",
        }

    def _granted(self, scopes: frozenset[str]) -> _Grant:
        grant = _Grant(refresh_token=self._draw("1//0"), scopes=scopes)
        self._grants[grant.refresh_token] = grant
        return grant

    def _access_token(self, grant: _Grant, scopes: frozenset[str]) -> tuple[str, datetime]:
        token, expiry = self._draw("ya29."), self._clock() + _LIFETIME
        self._access[token] = (expiry, grant, scopes)
        return token, expiry

    def _draw(self, prefix: str) -> str:
        return prefix + token_urlsafe(30)
