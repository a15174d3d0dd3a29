"""`/explain/<token>`: what a card's link opens: why the card was shown, what it rests on, what would change it."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Flask, Response, g, request
from sqlalchemy.exc import SQLAlchemyError

from cds_service.errors import JSON_TYPE, NotFound, outcome_of
from cds_service.explain_tokens import ExpiredToken, UnknownToken
from cds_service.log_lines import whereabouts
from cds_service.pages.site import Site, as_json
from hooks.in_general import in_general

GONE = 410


def register(app: Flask, site: Site) -> None:
    """Adds the page. Whatever stands behind its address is a token, or as good as none."""
    page = Page(site)
    app.add_url_rule("/explain/<path:token>", "explain", page.show, methods=["GET"])
    app.add_url_rule("/explain", "explain_nothing", page.nothing, methods=["GET"])


class Page:
    """The page."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._shell = site.shell

    def show(self, token: str) -> Response:
        """The explanation, or the page that says that the link opens nothing."""
        now = self._shell.now()
        try:
            named = self._shell.explaining.read(token, now)
            guideline, table = self._shell.guidelines[named.guideline], self._shell.knowledge.tables[named.table]
        except ExpiredToken:
            return self._not_there(GONE)
        except (UnknownToken, KeyError):  # this version may have left a guideline behind
            return self._not_there(NotFound.status)
        try:
            card, away = self._shell.explaining.kept_for(named, now), False
        except SQLAlchemyError as error:
            g.failure = whereabouts(error)
            card, away = None, True
        return self._finished(
            self._site.page(
                "explain.html",
                general=in_general(named.topic, guideline),
                card=card,
                away=away,
                stored=bool(named.secret),
                guideline=guideline,
                table=table,
                rests_on=guideline.statements.keys() & set(card.statements) if card else set(),
                about=self._shell.about,
                until=datetime.fromtimestamp(named.expires, UTC),
            )
        )

    def nothing(self) -> Response:
        """For an address that was cut off."""
        return self._not_there(NotFound.status)

    def _not_there(self, status: int) -> Response:
        """One page for every link that opens nothing: it does not tell which kind of wrong a wrong one is.

        Who asks for no page gets what every other error is.
        """
        if request.accept_mimetypes.best_match((JSON_TYPE, "text/html")) != "text/html":
            refusal = NotFound("", "this link opens nothing, or nothing any more")
            answer = Response(as_json(outcome_of(refusal)), content_type=JSON_TYPE)
        else:
            answer = self._site.page("explain_gone.html", hours=self._shell.settings.explain.hours)
        answer.status_code = status
        return self._finished(answer)

    def _finished(self, answer: Response) -> Response:
        """With what keeps the address from search engines; what keeps it from other sites is on every answer."""
        answer.headers["X-Robots-Tag"] = "noindex"
        return answer
