"""``auth export``, ``import``, ``revoke`` and ``status``: the token from one machine to another, and its end."""

from __future__ import annotations

import stat
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from agent.cli.context import App, as_json_option, echo, print_json
from agent.errors import AgentError, AuthError, ConfigError, DataError, Refused
from agent.store.files import stored_revision
from agent.store.glance import glance

if TYPE_CHECKING:
    from google.oauth2.credentials import Credentials

ACCOUNT_PAGE = "https://myaccount.google.com/connections"
WARNING = (
    "This is the key to the mailbox: whoever has it can read the mail and, as far as Google is concerned, send in its "
    "name. Hand it over by ssh only, keep no copy, and end it with: followup-agent auth revoke"
)


@click.command("export", epilog="Example: followup-agent auth export | ssh server followup-agent auth import")
@click.option("--output", metavar="FILE", help="Write to this file (mode 0600) instead of standard output.")
@click.pass_obj
def export_(app: App, output: str | None) -> None:
    """Write the authorisation, for another machine's `auth import`. It is a secret: pipe it through ssh."""
    from agent.gmail.auth import load_token, token_json

    credentials = load_token(app.config.gmail.token_file)
    credentials.token, credentials.expiry = (
        None,
        None,
    )  # an access token is good for minutes; the other side gets its own
    if output in {None, "-"}:
        if sys.stdout.isatty():
            raise click.UsageError(
                "standard output is a terminal: pipe it into `auth import`, or name a file with --output"
            )
        click.echo(token_json(credentials), nl=False)
    else:
        _save(Path(str(output)), credentials)
    app.say(WARNING)


@click.command("import", epilog="Example: followup-agent auth import token.json")
@click.argument("file", required=False, default="-")
@as_json_option
@click.pass_obj
def import_(app: App, file: str, as_json: bool) -> None:
    """Take an authorisation from FILE or standard input, as `auth export` writes it.

    Nothing is kept unless Google accepts it, both permissions are in it, and it opens the right mailbox. A file that
    others can read is refused.
    """
    from agent.core.model import normal_email
    from agent.gmail.auth import refresh
    from agent.gmail.consent import check_grant, mailbox_of, wrong_mailbox

    ours_to_keep(app)
    credentials = _given(file)
    refresh(credentials)
    check_grant(credentials)
    found, expected = mailbox_of(credentials, app.config.gmail.api_endpoint), expected_mailbox(app)
    if expected and normal_email(found) != normal_email(expected):
        raise wrong_mailbox(found, expected)
    keep(app, credentials)
    if file != "-":
        app.say(f"{file} still holds the authorisation: delete it")
    token = str(app.config.gmail.token_file)
    if as_json:
        print_json({"schema": 1, "account": found, "token_file": token})
        return
    echo(f"Authorised for {found}; kept in {token}.")


@click.command("revoke", epilog="Example: followup-agent auth revoke")
@as_json_option
@click.pass_obj
def revoke_(app: App, as_json: bool) -> None:
    """End the authorisation at Google, on every machine that uses this client for this mailbox, and delete the token.

    If Google cannot be asked, the token is kept, so that it can be revoked later. Stored mail and drafts stay.
    """
    from agent.gmail.auth import load_token
    from agent.gmail.auth_revocation import revoke

    token = app.config.gmail.token_file
    try:
        now = revoke(load_token(token))
    except Refused as refused:
        raise AuthError(
            str(refused), (f"remove the program at {ACCOUNT_PAGE}, then delete {token}",)
        ) from refused
    removed = not app.config.gmail.token_given and _removed(token)
    if as_json:
        print_json({"schema": 1, "revoked": now, "token_file": str(token), "removed": removed})
    else:
        echo("The authorisation has been revoked." if now else "Google had ended the authorisation before.")
    app.say(
        f"{token} was deleted"
        if removed
        else f"{token} is the service manager's: remove the credential there"
    )
    app.say(f"check: {ACCOUNT_PAGE} must not list the program any more")


@click.command("status", epilog="Example: followup-agent auth status --offline")
@click.option("--offline", is_flag=True, help="Leave Google alone.")
@as_json_option
@click.pass_obj
def status_(app: App, offline: bool, as_json: bool) -> None:
    """What the stored authorisation opens, what it allows, since when, and whether Google still accepts it (77 if not)."""
    from agent.gmail.auth import granted, load_token, missing_scopes, refresh
    from agent.gmail.consent import mailbox_of

    token = app.config.gmail.token_file
    credentials = load_token(token)
    mailbox = expected_mailbox(app)
    if not offline:
        refresh(credentials)
        mailbox = mailbox_of(credentials, app.config.gmail.api_endpoint)
    scopes = sorted(granted(credentials) or ())
    kept = datetime.fromtimestamp(token.stat().st_mtime, ZoneInfo(app.zone))
    facts = {
        "account": mailbox or None,
        "token_file": str(token),
        "mode": f"{stat.S_IMODE(token.stat().st_mode):04o}",
        "given_by_service_manager": app.config.gmail.token_given,
        "kept_since": kept.isoformat(timespec="minutes"),
        "scopes": scopes,
        "missing_scopes": list(missing_scopes(scopes or None)),
        "accepted_by_google": None if offline else True,
    }
    if as_json:
        print_json({"schema": 1, **facts})
        return
    from agent.cli.auth import LIFE

    echo(f"account:  {mailbox or 'not known yet'}")
    echo(f"token:    {token} (mode {facts['mode']}), kept since {facts['kept_since']}")
    echo(f"scopes:   {', '.join(scope.rpartition('/')[2] for scope in scopes) or 'not recorded'}")
    echo(f"Google:   {'not asked' if offline else 'accepts it'}")
    app.say(LIFE)


commands = [export_, import_, revoke_, status_]


def expected_mailbox(app: App) -> str:
    """The configured mailbox, else the one whose mail is stored already, else ""."""
    database = app.config.storage.database
    if app.config.account.address or stored_revision(database) is None:
        return app.config.account.address
    return glance(database).account


def ours_to_keep(app: App) -> None:
    """ConfigError where the service manager gives the token: it cannot be replaced from here."""
    if app.config.gmail.token_given:
        raise ConfigError(
            f"the authorisation is given by the service manager ({app.config.gmail.token_file}) and cannot be replaced from here",
            (
                "run `followup-agent auth` outside the service, then hand the new token.json over again",
                "systemd: systemd-creds encrypt token.json …, as docs/operations.md shows",
            ),
        )


def keep(app: App, credentials: Credentials) -> None:
    """Save the token (0600) in its folder (0700)."""
    path = app.config.gmail.token_file
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"the folder {path.parent} cannot be made: {error.strerror}") from error
    _save(path, credentials)


def _save(path: Path, credentials: Credentials) -> None:
    from agent.gmail.auth import save_token

    try:
        save_token(path, credentials)
    except OSError as error:
        raise ConfigError(f"{path} cannot be written: {error.strerror}") from error


def _given(file: str) -> Credentials:
    """The credentials of a file or of standard input; DataError if they are no use, or others can read the file."""
    from agent.gmail.auth import LARGEST_TOKEN, load_token, token_of

    try:
        if file != "-":
            return load_token(Path(file))
        return token_of(sys.stdin.read(LARGEST_TOKEN), "what came on standard input")
    except AgentError as error:
        problems = getattr(error, "problems", ())
        raise DataError(f"this cannot be imported: {error}", problems) from error


def _removed(token: Path) -> bool:
    """Delete the file: what it opens is closed, so nothing has to be overwritten."""
    try:
        token.unlink(missing_ok=True)
    except OSError as error:
        raise ConfigError(
            f"the authorisation has been revoked, but {token} cannot be deleted: {error.strerror}"
        ) from error
    return True
