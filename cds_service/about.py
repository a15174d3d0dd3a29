"""`GET /about` for machines: what the advice rests on here, what the site changed, and the source attributes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from importlib.metadata import version
from typing import Any

import orjson

from fhir_mappings.orders import json_number
from hooks.about import About, FormularyInUse
from opioids.conversion import ConversionTable
from opioids.criteria import Criterion
from opioids.guideline import DosePoint, Guideline


def rendered(about: About, *, cds_hooks: str) -> bytes:
    """The JSON text, written once when the application starts. orjson writes a dataclass by the names of its fields."""
    guideline, choices = about.guideline, about.choices
    tree = {
        "service": {"name": "opioid-cds", "version": version("opioid-cds"), "cdsHooks": cds_hooks, "signedOff": False},
        "guideline": _guideline(guideline),
        "table": _table(about.table, guideline),
        "formulary": _formulary(about.formulary),
        "thresholds": _thresholds(about),
        "overridden": [
            {"name": one.threshold, "stated": _number(one.stated), "inForce": _number(one.value)}
            for one in about.overrides
        ],
        "cards": {"most": choices.most_at_once, "escalation": "info" if choices.escalation else "off"},
        "sourceAttributes": guideline.attributes,
        "dataUsed": about.data_used,
        "knownLimits": about.known_limits,
    }
    return orjson.dumps(tree)


def _table(one: ConversionTable, guideline: Guideline) -> Mapping[str, Any]:
    return {
        "id": one.id,
        "title": one.title,
        "jurisdiction": one.jurisdiction,
        "citation": one.citation,
        "url": one.url,
        "edition": one.edition,
        "review": one.review,
        "guidelinesOwn": one.id == guideline.default_table,
    }


def _thresholds(about: About) -> list[Mapping[str, Any]]:
    """Each number that a site may set: what the guideline states, and what holds here."""
    set_here = {one.threshold: one.value for one in about.overrides}
    return [
        {
            "name": name,
            "stated": _number(stated),
            "inForce": _number(set_here.get(name, stated)),
            "setBySite": name in set_here,
        }
        for name, stated in about.stated.items()
    ]


def _formulary(one: FormularyInUse) -> Mapping[str, Any]:
    """Which drugs are known, and from which files a site imported more of them."""
    release = one.release
    return {
        "opioidProducts": one.products,
        "imported": release
        and {
            "from": "RxNorm",
            "version": release.version,
            "date": release.day.isoformat() if release.day else None,
            "files": release.files,
        },
    }


def _guideline(one: Guideline) -> Mapping[str, Any]:
    return {
        "id": one.id,
        "title": one.title,
        "short": one.short,
        "jurisdiction": one.jurisdiction,
        "edition": one.edition,
        "url": one.url,
        "review": one.review,
        "statements": list(one.statements.values()),
        "dosePoints": [_dose_point(point) for point in one.dose_points],
        "reviewReasons": _criteria(one.review_reasons),
        "naloxone": _criteria(one.naloxone),
        "exclusions": _criteria(one.exclusions),
    }


def _dose_point(point: DosePoint) -> Mapping[str, Any]:
    return {
        "name": point.name,
        "mmePerDay": _number(point.mme_per_day),
        "above": point.above,
        "statement": point.statement,
        "review": point.review,
        "setBySite": point.set_by_site,
    }


def _criteria(found: Iterable[Criterion]) -> list[Mapping[str, Any]]:
    return [
        {
            "id": one.id,
            "looksFor": str(one.looks_for),
            "explicit": one.explicit,
            "source": one.source,
            "review": one.review,
        }
        for one in found
    ]


def _number(value: Decimal | None) -> int | float | None:
    """JSON has no decimals; null is "the guideline names no number"."""
    return None if value is None else json_number(value)
