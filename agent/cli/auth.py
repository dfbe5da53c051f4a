"""``auth``: Google's consent, once, and the token in a file of its own."""

from __future__ import annotations

import click

from agent.cli.context import App, as_json_option, echo, print_json
from agent.errors import ConfigError
from agent.store.files import stored_revision
from agent.store.glance import glance

WAIT_SECONDS = 600.0  # reading two pages of Google's, perhaps with a second factor


@click.command("auth", epilog="Example: followup-agent auth --no-browser --port 8765")
@click.option("--no-browser", is_flag=True, help="Print the address instead of opening a browser.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    metavar="N",
    help="The loopback port for Google's answer (default: any free one).",
)
@click.option(
    "--paste", is_flag=True, help="Paste the address at which a browser elsewhere ended; nothing listens."
)
@as_json_option
@click.pass_obj
def command(app: App, no_browser: bool, port: int, paste: bool, as_json: bool) -> None:
    """Let the program read your mail and write drafts (Google's consent page), and keep the authorisation.

    It asks for gmail.readonly and gmail.compose, and for nothing more. On a server without a browser, name a port and
    forward it from the machine with the browser (ssh -L), or use --paste.
    """
    from agent.gmail.auth import save_token
    from agent.gmail.consent import authorise

    config = app.config
    if config.gmail.token_given:
        raise ConfigError(
            f"the authorisation is given by the service manager ({config.gmail.token_file}) and cannot be replaced from here",
            (
                "run `followup-agent auth` outside the service, then hand the new token.json over again",
                "systemd: systemd-creds encrypt token.json …, as docs/operations.md shows",
            ),
        )
    credentials = authorise(
        config.gmail.client_secret_file,
        open_browser=not no_browser,
        port=port,
        timeout_seconds=WAIT_SECONDS,
        prompt=lambda text: click.echo(text, err=True),
        paste=_asked if paste else None,
        expected_address=_expected(app),
        endpoint=config.gmail.api_endpoint,
    )
    _folder_for(app)
    save_token(config.gmail.token_file, credentials)
    address = app.gmail().profile().email
    if as_json:
        scopes = sorted(credentials.scopes or ())
        print_json(
            {"schema": 1, "account": address, "token_file": str(config.gmail.token_file), "scopes": scopes}
        )
        return
    echo(f"Authorised for {address}; kept in {config.gmail.token_file}.")
    app.say("next: followup-agent sync --dry-run")


def _asked(question: str) -> str:
    return str(click.prompt(question, err=True))


def _expected(app: App) -> str:
    """The configured mailbox, else the one whose mail is stored already."""
    database = app.config.storage.database
    if app.config.account.address or stored_revision(database) is None:
        return app.config.account.address
    return glance(database).account


def _folder_for(app: App) -> None:
    folder = app.config.gmail.token_file.parent
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"the folder {folder} cannot be made: {error.strerror}") from error
