"""``auth``: Google's consent, once, and the token in a file of its own."""

from __future__ import annotations

import os

import click

from agent.cli.auth_token import commands, expected_mailbox, keep, ours_to_keep
from agent.cli.context import App, as_json_option, echo, print_json

WAIT_SECONDS = 600.0  # reading two pages of Google's, perhaps with a second factor
LIFE = (
    "It lasts until it is revoked (followup-agent auth revoke), the password is changed, or it goes six months unused; "
    "only 7 days if the consent screen's publishing status is still 'Testing'."
)


@click.group(
    "auth",
    invoke_without_command=True,
    commands=commands,
    epilog="Example: followup-agent auth --no-browser --port 8765",
)
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
@click.pass_context
def command(ctx: click.Context, no_browser: bool, port: int, paste: bool, as_json: bool) -> None:
    """Let the program read your mail and write drafts (Google's consent page), and keep the authorisation.

    It asks for gmail.readonly and gmail.compose, and for nothing more. On a server without a browser: name a port and
    forward it from the machine with the browser (ssh -L); or use --paste; or authorise on the other machine and hand the
    token over (auth export, auth import).
    """
    if ctx.invoked_subcommand is None:
        _consent(
            ctx.find_object(App) or ctx.obj, no_browser=no_browser, port=port, paste=paste, as_json=as_json
        )


def _consent(app: App, *, no_browser: bool, port: int, paste: bool, as_json: bool) -> None:
    from agent.gmail.consent import authorise

    config = app.config
    ours_to_keep(app)
    credentials = authorise(
        config.gmail.client_secret_file,
        open_browser=not no_browser and not _far_away(),
        port=port,
        timeout_seconds=WAIT_SECONDS,
        prompt=lambda text: click.echo(text, err=True),
        paste=_asked if paste else None,
        expected_address=expected_mailbox(app),
        endpoint=config.gmail.api_endpoint,
    )
    keep(app, credentials)
    address = app.gmail().profile().email
    if as_json:
        scopes = sorted(credentials.scopes or ())
        print_json(
            {"schema": 1, "account": address, "token_file": str(config.gmail.token_file), "scopes": scopes}
        )
        return
    echo(f"Authorised for {address}; kept in {config.gmail.token_file}.")
    app.say(LIFE)
    app.say("next: followup-agent sync --dry-run")


def _far_away() -> bool:
    """True in an ssh session without a screen: a browser here would be a text browser in the way of the address."""
    screen = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    return "SSH_CONNECTION" in os.environ and not screen


def _asked(question: str) -> str:
    return str(click.prompt(question, err=True))
