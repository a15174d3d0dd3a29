"""`/about`: what the service rests on, for those who have to trust it: guidelines, tables, names, sources, licences."""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from functools import cache
from importlib.metadata import version

from flask import Flask, Response, request

from cds_service.about import rendered
from cds_service.errors import JSON_TYPE
from cds_service.pages.conversations import flowing
from cds_service.pages.site import Site
from hooks.guideline_words import paces
from opioids.conversion import ConversionFactor, ConversionTable, PatchLookup
from opioids.quantities import shown
from opioids.tables import Review, text_of

DESCRIBED = ("formulary", "value_sets")
"""The folders of knowledge whose SOURCES.md is shown as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Factor:
    """One row of a conversion table as people read it."""

    ingredient: str
    route: str
    factor: str
    per: str
    review: Review
    notes: tuple[str, ...]


def register(app: Flask, site: Site) -> None:
    """Adds the page, which stands in production too: hospitals must be able to show it."""
    app.add_url_rule("/about", "about", Page(site).show, methods=["GET"])


class Page:
    """The page; what it shows is known when the application starts."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._content = cache(self._written)
        self._rendered = cache(lambda: rendered(site.shell.about, cds_hooks=site.shell.settings.discovery.version))

    def show(self) -> Response:
        """The page, or the same for machines that ask for JSON; both are written once."""
        if request.accept_mimetypes.best_match(("text/html", JSON_TYPE)) == JSON_TYPE:
            return Response(self._rendered(), content_type=JSON_TYPE)
        return self._site.answer(self._content(request.script_root, *self._site.kept().values()))

    def _written(self, *_: str) -> str:
        """The page, which differs only in how it links to the others."""
        shell = self._site.shell
        guidelines, tables = shell.knowledge.guidelines, shell.knowledge.tables
        about = shell.about
        own, table = about.guideline, about.table
        return self._site.written(
            "about.html",
            version=version("opioid-cds"),
            settings=shell.settings,
            services=tuple(shell.services.values()),
            own=own,
            guidelines=(own, *(one for one in guidelines.values() if one.id != own.id)),
            about=about,
            table=table,
            tables=(table, *(one for one in tables.values() if one is not table)),
            factors=factors,
            paces=paces,
            # Without its title, its paragraphs unbroken.
            described={one: flowing(text_of(f"{one}/SOURCES.md").partition("\n")[2].strip()) for one in DESCRIBED},
            sources=tuple(csv.DictReader(text_of("sources.csv").splitlines())),
        )


def factors(table: ConversionTable) -> tuple[Factor, ...]:
    """The rows of a table in the order of the ingredients' names; one that holds for several routes is one row."""
    routes: dict[Factor, list[str]] = {}
    for (ingredient, route), rules in sorted(table.rules.items(), key=lambda one: one[0]):
        for rule in rules:
            for row in rule.rows.values() if isinstance(rule, PatchLookup) else (rule,):
                notes = (*(f"only {form}" for form in sorted(row.forms)), *row.caveats)
                told = Factor(
                    ingredient=ingredient,
                    route="",
                    factor=_factor(row),
                    per=str(row.per),
                    review=row.review,
                    notes=notes,
                )
                routes.setdefault(told, []).append(str(route))
    return tuple(replace(one, route=", ".join(names)) for one, names in routes.items())


def _factor(row: ConversionFactor) -> str:
    """The number, or one for each band of the patient's daily dose, or what one patch is worth."""
    if row.patch:
        strength, worth = row.patch
        return f"{shown(strength)} mcg/h: {shown(worth)} MME/day"
    if not row.banded:
        return shown(row.bands[0].factor, 4)
    return "; ".join(
        f"{shown(band.factor, 4)} up to {shown(band.up_to)}"
        if band.up_to is not None
        else f"{shown(band.factor, 4)} above"
        for band in row.bands
    )
