"""Reading `opioids/knowledge/guidelines/<id>/`: every part says where it comes from, every name leads somewhere."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from importlib import resources
from typing import Any

from opioids.conditions import ConditionGroup
from opioids.criteria import Circumstance, Criterion, PointName
from opioids.drug_classes import DrugClass
from opioids.guideline import (
    Attribute,
    BenefitLimits,
    DosePoint,
    Guideline,
    Lookalike,
    NaloxoneOrder,
    Pace,
    Statement,
    Support,
)
from opioids.recommendations import Topic
from opioids.tables import KnowledgeError, Review, check_provenance, document_of, record, rows_of

_ABOUT_DOSES = (Circumstance.DOSE_POINT, Circumstance.START_DOSE)
_SECTIONS = ("long_term", "new_therapy", "benefit", "naloxone_lookback", "escalation", "pace")
_SUPPORT, _LOOKALIKES, _ATTRIBUTES = (f"guidelines/{name}.csv" for name in ("support", "lookalikes", "attributes"))
"""What helps, what pain can be besides, what is known of each: whatever the guideline."""
_LISTS = ("statements", "dose_points", "basis", "sedatives", "review_reasons", "naloxone", "exclusions")


def load_guideline(guideline_id: str) -> Guideline:
    """Load `opioids/knowledge/guidelines/<guideline_id>`.

    Raises:
        KnowledgeError: any statement, number or criterion without source, edition and review state, or
            one that names a statement or a dose point which is not there.
    """
    where = f"guidelines/{guideline_id}/guideline.json"
    document = _checked(where)
    said = [record(Statement, {"by": document["short"], **row}, where) for row in document["statements"]]
    points = [record(DosePoint, {**row, "name": row["id"]}, where) for row in document["dose_points"]]
    loaded = Guideline(
        id=guideline_id,
        title=document["title"],
        short=document["short"],
        jurisdiction=document["jurisdiction"],
        url=document["url"],
        edition=document["edition"],
        default_table=document["default_table"],
        review=Review(document["review"]),
        statements={one.id: one for one in said},
        basis={Topic(row["topic"]): tuple(row["statements"]) for row in document["basis"]},
        sedatives={DrugClass(row["drug_class"]): row["statement"] for row in document["sedatives"]},
        dose_points=tuple(sorted(points, key=_by_dose)),
        long_term_days=int(document["long_term"]["days"]),
        new_therapy_days=int(document["new_therapy"]["days"]),
        benefit=record(BenefitLimits, document["benefit"], where),
        rise_percent=document["escalation"]["rise_percent"],
        pace=record(Pace, document["pace"], where),
        review_reasons=tuple(map(_criterion, document["review_reasons"])),
        naloxone=tuple(map(_criterion, document["naloxone"])),
        naloxone_order=_naloxone_order(guideline_id),
        naloxone_supply=document["naloxone_supply"],
        naloxone_lookback_days=int(document["naloxone_lookback"]["days"]),
        exclusions=tuple(map(_criterion, document["exclusions"])),
        support=tuple(record(Support, row, _SUPPORT) for row in rows_of(_SUPPORT) if row["shown"] == "yes"),
        lookalikes=tuple(record(Lookalike, row, _LOOKALIKES) for row in rows_of(_LOOKALIKES)),
        attributes=tuple(
            record(Attribute, row, _ATTRIBUTES) for row in rows_of(_ATTRIBUTES) if row["guideline"] == guideline_id
        ),
    )
    _check_names(loaded, where)
    return loaded


def _checked(where: str) -> Mapping[str, Any]:
    """A guideline's document, all parts of which say where they come from."""
    document = document_of(where)
    for name in _SECTIONS:
        check_provenance(document[name], f"{where}, {name}")
    for name in _LISTS:
        for row in document[name]:
            check_provenance(row, f"{where}, {name}")
    return document


def _check_names(loaded: Guideline, where: str) -> None:
    pace = loaded.pace
    named = {name for names in loaded.basis.values() for name in names}
    named |= {pace.abrupt_statement, pace.long_statement, pace.short_statement}
    named |= {name for point in loaded.dose_points for name in (point.statement, point.raise_statement)}
    named |= set(loaded.sedatives.values())
    named |= {one for one in (pace.pregnancy_statement, pace.benzodiazepine_statement, pace.treatment_statement) if one}
    named |= {one.id for one in loaded.review_reasons}
    if missing := named - loaded.statements.keys():
        raise KnowledgeError(f"{where}: no statement {', '.join(sorted(missing))}")
    for one in (*loaded.review_reasons, *loaded.naloxone, *loaded.exclusions):
        if one.point is not None and loaded.point(one.point) is None:
            raise KnowledgeError(f"{where}: {one.id}: no such dose point")


def _by_dose(point: DosePoint) -> tuple[bool, Decimal]:
    return point.mme_per_day is None, point.mme_per_day or Decimal(0)


def _criterion(row: Mapping[str, Any]) -> Criterion:
    kind, _, name = row["criterion"].partition(":")
    looks_for: Circumstance | ConditionGroup | DrugClass
    if kind in ("condition", "present"):
        looks_for = ConditionGroup(name)
    elif kind == "drug":
        looks_for = DrugClass(name)
    else:
        looks_for = Circumstance(kind)
    return Criterion(
        id=row.get("id", ""),
        looks_for=looks_for,
        words=row["words"],
        explicit=row.get("explicit", True),
        source=row["source"],
        review=Review(row["review"]),
        point=PointName(name) if looks_for in _ABOUT_DOSES else None,
        present=kind == "present",
        mild=row.get("mild", False),
        long_term=row.get("long_term", False),
        from_days=_days(row, "from_days"),
        to_days=_days(row, "to_days"),
    )


def _days(row: Mapping[str, Any], name: str) -> int | None:
    return int(row[name]) if name in row else None


def _naloxone_order(guideline_id: str) -> NaloxoneOrder | None:
    path = f"guidelines/{guideline_id}/naloxone_order.json"
    if not resources.files("opioids.knowledge").joinpath(path).is_file():
        return None
    return record(NaloxoneOrder, document_of(path), path)
