"""`opioid-cds report`: how often each card was shown or would have been, and what came of it."""

from __future__ import annotations

import csv
import json
import sys
from datetime import date, datetime
from pathlib import Path

import click

from cds_service.commands.configured import config_option, database_or_exit, settings_or_exit
from cds_service.queries import day
from cds_service.report import FOUR_WEEKS
from cds_service.storage.reports import report
from hooks.protocol import RequestError


def _day(_context: click.Context, _option: click.Parameter, text: str | None) -> date | None:
    """The day that an option names; usage is wrong when it is none."""
    try:
        return None if text is None else day(text, "")
    except RequestError as error:
        raise click.BadParameter(error.reason) from None


@click.command("report")
@config_option
@click.option(
    "--from", "start", callback=_day, metavar="YYYY-MM-DD", help="The first day; default four weeks up to the last."
)
@click.option("--to", "end", callback=_day, metavar="YYYY-MM-DD", help="The last day; default today.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV, one count a row.")
def command(config: Path | None, start: date | None, end: date | None, as_json: bool, as_csv: bool) -> None:
    """Say how often each card was shown, would have been (shadow) or was held back, and what prescribers did."""
    end = end or datetime.now().astimezone().date()
    start = start or end - FOUR_WEEKS
    if start > end:
        raise click.UsageError("--from is after --to")
    if as_json and as_csv:
        raise click.UsageError("choose one of --json and --csv")
    settings, _ = settings_or_exit(config)
    with database_or_exit(settings) as engine:
        found = report(engine, start, end)
    if as_json:
        click.echo(json.dumps(found.as_json(), indent=2))
    elif as_csv:
        csv.writer(sys.stdout, lineterminator="\n").writerows(found.as_csv())
    else:
        for line in found.as_text():
            click.echo(line)
