"""`/reports`: what the cards did week by week, for those who answer for them. Off unless the settings ask for it.

The numbers are those of `opioid-cds report`. Days in the address are all that it holds.
"""

from __future__ import annotations

import csv
import hmac
import io
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

from flask import Flask, Response, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Unauthorized
from werkzeug.security import check_password_hash

from cds_service.errors import NotReady
from cds_service.pages.charts import Entry
from cds_service.pages.site import Fault, Site
from cds_service.queries import day
from cds_service.report import FOUR_WEEKS, Report
from cds_service.settings_reports import Reports
from hooks.protocol import RequestError

LONGEST = timedelta(days=3 * 366)
CHALLENGE = WWWAuthenticate("basic", {"realm": "Reports of cards", "charset": "UTF-8"})


def register(app: Flask, site: Site) -> None:
    """Adds the page and its file."""
    page = Page(site)
    app.add_url_rule("/reports", "reports", page.show, methods=["GET"])
    app.add_url_rule("/reports.csv", "reports_csv", page.as_csv, methods=["GET"])


class Page:
    """The page, and who may see it."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._settings = site.shell.settings.reports

    def show(self) -> Response:
        """The page for the days that were asked for, or for the last four weeks."""
        admit(self._settings)
        today = self._site.shell.today()
        try:
            (start, end), fault = self._span(today), None
        except RequestError as error:
            start, end, fault = today - FOUR_WEEKS, today, Fault(field=error.path, words=error.reason)
        found = None if fault else self._report(start, end)
        return self._site.page(
            "reports.html",
            fault=fault,
            start=request.args.get("from", "") or start.isoformat(),
            end=request.args.get("to", "") or end.isoformat(),
            report=found,
            entries=entries(found) if found else (),
        )

    def as_csv(self) -> Response:
        """One count a row, to be pivoted."""
        admit(self._settings)
        start, end = self._span(self._site.shell.today())
        written = io.StringIO()
        csv.writer(written, lineterminator="\r\n").writerows(self._report(start, end).as_csv())
        name = f"cards-{start.isoformat()}-{end.isoformat()}.csv"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(written.getvalue(), content_type="text/csv; charset=utf-8", headers=headers)

    def _span(self, today: date) -> tuple[date, date]:
        """First and last day as asked for, else the four weeks up to today. Raises `RequestError` at `from` or `to`."""
        asked = request.args
        end = day(asked["to"], "to") if asked.get("to") else today
        start = day(asked["from"], "from") if asked.get("from") else end - FOUR_WEEKS
        if start > end:
            raise RequestError("from", "expected a day that is not after the last one")
        if end - start > LONGEST:
            raise RequestError("from", f"expected at most {LONGEST.days} days before the last one")
        return start, end

    def _report(self, start: date, end: date) -> Report:
        try:
            return self._site.shell.store.report(start, end)
        except SQLAlchemyError as error:
            raise NotReady("", "what was noted cannot be read at the moment") from error


def admit(settings: Reports) -> None:
    """Lets the request through or raises `Unauthorized`. Without any protection, which production refuses, all pass."""
    if settings.by_proxy and not _came_through_proxy(settings):
        raise Unauthorized
    if settings.by_password and not _signed_in(settings):
        raise Unauthorized(www_authenticate=CHALLENGE)


def _came_through_proxy(settings: Reports) -> bool:
    """Whether the proxy asked, on behalf of somebody: both its secret and a name are there."""
    secret = settings.proxy_secret.get_secret_value() if settings.proxy_secret else ""
    sent = request.headers.get(settings.proxy_secret_header, "")
    known = hmac.compare_digest(sent.encode("utf-8", "surrogateescape"), secret.encode())
    return known and bool(request.headers.get(settings.user_header or "", "").strip())


def _signed_in(settings: Reports) -> bool:
    """Whether name and password fit; the hash is worked out for a wrong name as well, which takes as long."""
    sent = request.authorization
    if sent is None or sent.type != "basic":
        return False
    right = (settings.user or "").encode()
    name = (sent.username or "").encode("utf-8", "surrogateescape")
    hashed = settings.password_hash.get_secret_value() if settings.password_hash else ""
    fits = check_password_hash(hashed, sent.password or "")
    return hmac.compare_digest(name, right) and fits


def entries(report: Report) -> tuple[Entry, ...]:
    """One bar a week: cards shown, and on top what would have been shown by services in shadow."""
    weeks: defaultdict[date, list[int]] = defaultdict(lambda: [0, 0])
    for line in report.weeks:
        if line.week is not None:
            weeks[line.week][0] += line.tally.shown
            weeks[line.week][1] += line.tally.due
    monday = report.start - timedelta(days=report.start.weekday())
    while weeks and monday <= report.end:  # a week without cards is a bar of no length, not a gap
        weeks[monday] = weeks[monday]
        monday += timedelta(days=7)
    return tuple(
        Entry(label=week.isoformat(), value=str(due), scheduled=Decimal(shown), maximum=Decimal(due))
        for week, (shown, due) in sorted(weeks.items())
    )
