"""``init``: the configuration file, the folders, and what to do next."""

from __future__ import annotations

import os
from importlib import resources
from pathlib import Path

import click

from agent.cli.context import App, as_json_option, echo, print_json
from agent.errors import ConfigError
from agent.paths import locate, state_directory

STEPS = """\
What to do next. Google asks every user of such a program to bring an OAuth client of their own; it is free and takes
about five minutes. Stay signed in to the Google account whose mail is to be read.

 1. Make a project:          https://console.cloud.google.com/projectcreate
 2. Enable the Gmail API:    https://console.cloud.google.com/apis/library/gmail.googleapis.com
 3. Consent screen:          https://console.cloud.google.com/auth/overview  ("Get started")
    Any name, your address, audience "External". Then, under "Audience", choose "Publish app" so that the status
    reads "In production": while it reads "Testing", the authorisation dies every 7 days. No review by Google is
    needed for your own mailbox; the page "Google hasn't verified this app" is expected (Advanced, Continue).
 4. Make a client:           https://console.cloud.google.com/auth/clients  ("Create client", type "Desktop app")
    Download its JSON file at once: the secret is shown only this one time. Put it here, for your eyes only:
        {client}
        chmod 600 {client_quoted}
 5. Authorise, leaving both boxes ticked (read mail; manage drafts):
        followup-agent auth
    On a server without a browser: followup-agent auth --paste, or forward a port (followup-agent auth --help)
 6. See what would happen, then let it happen:
        followup-agent sync --dry-run
        followup-agent sync
 7. Whenever something looks wrong:
        followup-agent doctor

Every setting has a default; change what you like in {config}.
"""


@click.command("init", epilog="Example: followup-agent init")
@as_json_option
@click.pass_obj
def command(app: App, as_json: bool) -> None:
    """Write a commented config.toml, make the folders, and say what to do next, step by step.

    Nothing that exists is overwritten: run it again to read the steps again.
    """
    config, state = locate(app.config_file), state_directory()
    made = [str(folder) for folder in (config.parent, state) if _folder(folder)]
    written = _write(config)
    if as_json:
        document = {"config": str(config), "written": written, "state": str(state), "folders_made": made}
        print_json({"schema": 1, **document})
        return
    for folder in made:
        app.say(f"made {folder}")
    app.say(f"wrote {config}" if written else f"{config} exists already and was left as it is")
    client = config.parent / "client_secret.json"
    echo(STEPS.format(config=config, client=client, client_quoted=_quoted(client)).rstrip())


def example() -> str:
    """The commented configuration, as shipped."""
    return resources.files("agent.cli").joinpath("config.example.toml").read_text(encoding="utf-8")


def _folder(folder: Path) -> bool:
    """Make the folder (0700) where it is missing; True if it was."""
    if folder.is_dir():
        return False
    try:
        folder.mkdir(mode=0o700, parents=True)
    except OSError as error:
        raise ConfigError(f"the folder {folder} cannot be made: {error.strerror}") from error
    return True


def _write(config: Path) -> bool:
    """Write the example unless there is a file (or anything else) of that name; True if it was written."""
    try:
        descriptor = os.open(config, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    except OSError as error:
        raise ConfigError(f"{config} cannot be written: {error.strerror}") from error
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(example())
    return True


def _quoted(path: Path) -> str:
    """As a shell needs it."""
    import shlex

    return shlex.quote(str(path))
