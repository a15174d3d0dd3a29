"""What all pages have in common: the frame, the language, the headers, the stylesheet."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import partial
from gettext import NullTranslations
from importlib.resources import files

from flask import Flask, Response, current_app, g, render_template, request

from cds_service.json_bytes import indented
from cds_service.pages import markdown
from cds_service.pages.charts import WIDTHS, bar_chart
from cds_service.pages.language import SOURCE, Languages
from cds_service.shell import Shell
from hooks.told import reason_words
from opioids.quantities import shown

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Nothing from elsewhere, and no script at all."""

_STATIC = (("page.css", "text/css; charset=utf-8"), ("icon.svg", "image/svg+xml"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The pages of one application. `version` changes when the stylesheet does, so that browsers may keep it."""

    shell: Shell
    languages: Languages
    version: str

    def has(self, place: str) -> bool:
        """Whether there is a page of that name, so that nothing points to one that is switched off."""
        return place in current_app.view_functions

    def kept(self) -> dict[str, str]:
        """What goes along from page to page: the language, once it was asked for."""
        return {"lang": asked} if (asked := request.values.get("lang", "")) in self.languages.offered else {}

    def speak_readers_language(self) -> None:
        """For a page of which everything can be said in every language: in the one asked for, or that browsers accept.

        Pages that show cards and arithmetic do not call it, because these are English: half a page in another
        language is worse than none.
        """
        accepted = (tag for tag, _ in request.accept_languages)
        g.language = self.languages.chosen(request.values.get("lang", ""), accepted)

    def speak(self, wanted: str) -> None:
        """In the language of that tag, where there is a catalogue for it; else as before."""
        if wanted in self.languages.offered:
            g.language = wanted

    @property
    def language(self) -> str:
        """The language of the page that is being answered."""
        return str(g.get("language", SOURCE))

    @property
    def speaks(self) -> tuple[tuple[str, str], ...]:
        """The languages that this page can be had in, each with its own name."""
        return self.languages.names() if "language" in g else ()

    def say(self, message: str) -> str:
        """Words of the program (not of a template) in the reader's language."""
        return self.languages.words(self.language).gettext(message)

    def page(self, template: str, **values: object) -> Response:
        """A page from its template."""
        return self.answer(self.written(template, **values))

    def written(self, template: str, **values: object) -> str:
        """The HTML of a page."""
        return render_template(template, site=self, language=self.language, **values)

    def answer(self, content: str) -> Response:
        """The HTML of a page, with the headers that all pages have."""
        response = Response(content, content_type="text/html; charset=utf-8")
        response.headers["Content-Security-Policy"] = POLICY
        response.headers["Content-Language"] = self.language
        return response


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What is wrong with a field; `detail` is for those who wrote the orders as FHIR, and in English."""

    field: str
    words: str
    detail: str = ""


def register(app: Flask, shell: Shell) -> Site:
    """Adds what every page needs; the pages themselves add their addresses."""
    folder = files(__package__)
    contents = {name: folder.joinpath("static", name).read_bytes() for name, _ in _STATIC}
    for name, kind in _STATIC:
        app.add_url_rule(f"/static/{name}", name, partial(_static, contents[name], kind), methods=["GET"])
    site = Site(
        shell=shell,
        languages=Languages(folder.joinpath("translations")),
        version=hashlib.sha256(contents["page.css"]).hexdigest()[:12],
    )
    _prepare_templates(app, site)
    return site


def as_json(content: object) -> str:
    """JSON for people to read."""
    return indented(content).decode()


def _prepare_templates(app: Flask, site: Site) -> None:
    environment = app.jinja_env
    environment.add_extension("jinja2.ext.i18n")
    environment.policies["ext.i18n.trimmed"] = True
    environment.trim_blocks = environment.lstrip_blocks = True

    def words() -> NullTranslations:
        return site.languages.words(site.language)

    environment.install_gettext_callables(  # type: ignore[attr-defined]  # added by the extension
        lambda message: words().gettext(message),
        lambda one, many, number: words().ngettext(one, many, number),
        newstyle=True,
    )
    environment.filters.update(card_markdown=markdown.render, as_json=as_json, number=shown)
    environment.globals.update(bar_chart=bar_chart, reason_words=reason_words, chart_widths=WIDTHS)


def _static(content: bytes, kind: str) -> Response:
    return Response(content, content_type=kind, headers={"Cache-Control": "public, max-age=86400"})
