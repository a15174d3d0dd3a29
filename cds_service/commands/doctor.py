"""`opioid-cds doctor`: look at a running deployment from outside and name what is wrong."""

from __future__ import annotations

import sys
from pathlib import Path
from urllib.parse import urlsplit

import click

from cds_service.checkup import State, check_up
from cds_service.checkup_calls import Deployment, Unreachable
from cds_service.settings import DOCTOR_VARIABLE
from cds_service.terminal import UNREADABLE, WANTING, end, printable


@click.command("doctor")
@click.argument("url")
@click.option("--token", envvar=DOCTOR_VARIABLE, help=f"A token for callers; better as {DOCTOR_VARIABLE}.")
@click.option("--ca-file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Certificates to trust.")
def command(url: str, token: str | None, ca_file: Path | None) -> None:
    """Look at the deployment at URL (its public address) from here. Only synthetic data is sent.

    Ends with 0 when nothing is wrong, 1 when something is, 2 when nothing answers.
    """
    if not _is_address(url):
        end("expected an address such as https://cds.example.org", UNREADABLE)
    wrong = 0
    try:
        for found in check_up(Deployment(url=url, token=token, ca_file=str(ca_file) if ca_file else None)):
            click.echo(f"{found.state:<6}{found.what}: {printable(found.words)}")
            wrong += found.state is State.WRONG
    except Unreachable as error:
        end(f"{urlsplit(url).hostname}: {error}", UNREADABLE)
    click.echo(f"\n{wrong} wrong" if wrong else "\nnothing wrong")
    sys.exit(WANTING if wrong else 0)


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        whole = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        return whole and not parts.query and not parts.fragment
    except ValueError:  # brackets that do not close, a port that is none
        return False
