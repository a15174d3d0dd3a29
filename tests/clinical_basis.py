"""`python -m tests.clinical_basis` writes docs/clinical-basis.md: statement, what is made of it, and its proof.

Everything in it comes from the knowledge: a clinician reads and signs what the service really uses.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

from opioids import knowledge
from opioids.conditions import ConditionGroup
from opioids.criteria import Criterion
from opioids.drug_classes import DrugClass
from opioids.guideline import Guideline
from opioids.knowledge import Knowledge
from opioids.quantities import shown
from opioids.tables import rows_of
from opioids.thresholds import thresholds_of
from tests.markdown import contents, table_of

ROOT = Path(__file__).resolve().parents[1]
DOCUMENT = ROOT / "docs" / "clinical-basis.md"
REGISTER = "guidelines/register.csv"

Row = Mapping[str, str]

_INTRODUCTION = """\
<!-- Written by `python -m tests.clinical_basis` from opioids/knowledge/guidelines. Do not edit here. -->

# Clinical basis

What each guideline says, in our own words, what the service makes of it, and the test that proves it. For the clinician
who signs a profile off before it is used with patients, and for whoever has to answer for it later.

**How to read it.** One chapter a guideline. *Strength* is the guideline's own word. *Review* says how far the statement
was checked: *verified* was read in the source or in independent copies, *secondary* in one document that cites it,
*provisional* is from memory or unsure and says so on every card, *own choice* is decided by this project because no
source states it. A row without anything in *What the service does* is not implemented, and the reason stands beside it.

**What no row can tell.** The service advises; it never orders, never blocks, and holds no view on whether an individual
should take opioids. No card under CDC 2022 names a dose to get to. Harms and effects are given in words with their
certainty; hazard ratios are never shown.
"""

_ORDER = ("us-cdc-2022", "ca-2017", "au-2022", "uk-nice-ng215", "de-lonts-2020")
_CIRCUMSTANCES = {
    "dose-point": "the daily dose reaches the dose point",
    "start-dose": "an opioid is started at a dose that reaches the dose point",
    "tapering": "a long-term dose is being lowered",
    "restored": "the dose is raised again after it was lowered a week ago or longer",
    "treatment": "opioid use disorder is being treated",
    "age-65": "65 years or older",
    "age-under-18": "younger than 18",
    "therapy": "length of therapy",
    "long-term": "long-term therapy",
    "long-term-unproven": "long-term therapy, and no score shows a benefit",
    "starting": "an opioid is being started",
    "not-improved": "scores of pain or function are no better",
    "goals-not-met": "a goal about pain or function is recorded as not met",
    "hospital": "an inpatient, emergency or perioperative encounter",
    "at-risk": "any of the supporting criteria",
}


def register() -> dict[str, Row]:
    """The rows of the register by id."""
    return {row["id"]: row for row in rows_of(REGISTER)}


def document(known: Knowledge) -> str:
    """The whole document."""
    rows = register()
    parts = [_guideline(known.guidelines[name], rows) for name in _ORDER]
    parts += [_beside(known, rows), _naloxone(rows), _own_choices(known), _not_implemented(rows), _sign_off(known)]
    chapters = "\n".join(parts)
    return f"{_INTRODUCTION}\n{contents(chapters)}\n\n{chapters}"


def _guideline(one: Guideline, rows: Mapping[str, Row]) -> str:
    attributes = [f"- {each.name}: {each.text} ({each.review})" for each in one.attributes]
    lines = [
        f"## {one.short}",
        "",
        f"{one.title}. Edition {one.edition}. <{one.url}> Profile `{one.id}`, conversion table `{one.default_table}`.",
        f"State of review: **{one.review}**.",
        "",
        *attributes,
        "",
        "### Statements",
        "",
        *_table(
            ["Id", "Statement", "Strength", "What the service does", "Not done, and why", "Proof", "Source", "Review"],
            (_statement_row(one, said.id, rows) for said in one.statements.values()),
        ),
        "",
        "### Dose points",
        "",
        *_table(
            ["Point", "MME/day", "Reached", "Statement", "Review"],
            (
                [
                    point.name,
                    "no number verified" if point.mme_per_day is None else shown(point.mme_per_day),
                    "above it" if point.above else "at it",
                    point.statement,
                    point.review,
                ]
                for point in one.dose_points
            ),
        ),
        "",
        "### Reasons for a review",
        "",
        *_criteria(one.review_reasons, one),
        "",
        "### Criteria for naloxone",
        "",
        *_criteria(one.naloxone, one),
        "",
        "### For whom advice on doses and tapering is held back",
        "",
        *_criteria(one.exclusions, one),
        "",
    ]
    return "\n".join(lines)


def _statement_row(one: Guideline, name: str, rows: Mapping[str, Row]) -> list[str]:
    said, row = one.statements[name], rows[name]
    by = "" if said.by == one.short else f" ({said.by})"
    return [
        name, said.text + by, said.strength, row["does"], row["reason"], _proof(row), said.source, said.review,
    ]  # fmt: skip


def _criteria(found: Iterable[Criterion], one: Guideline) -> list[str]:
    return _table(
        ["Id", "What is looked for", "Words on the card", "Weight", "Source", "Review"],
        ([each.id, _looked_for(each), _words(each, one), _weight(each), each.source, each.review] for each in found),
    )


def _looked_for(one: Criterion) -> str:
    sought = one.looks_for
    if isinstance(sought, ConditionGroup):
        words = f"condition `{sought}`{', present' if one.present else ''}"
    elif isinstance(sought, DrugClass):
        words = f"medicine `{sought}`"
    else:
        words = _CIRCUMSTANCES[sought] + (f" `{one.point}`" if one.point else "")
    if one.from_days is not None:
        words += f", {one.from_days} days or more"
    if one.to_days is not None:
        words += f", therapy of at most {one.to_days} days"
    return words


def _words(one: Criterion, guideline: Guideline) -> str:
    point = guideline.point(one.point) if one.point else None
    dose = shown(point.mme_per_day) if point and point.mme_per_day is not None else "…"
    return one.words.replace("{dose}", dose)


def _weight(one: Criterion) -> str:
    if not one.explicit:
        return "supports only"
    return "suffices in long-term therapy" if one.long_term else "suffices alone"


def _beside(known: Knowledge, rows: Mapping[str, Row]) -> str:
    said = {name for one in known.guidelines.values() for name in one.statements}
    others = [row for name, row in rows.items() if name not in said and not name.startswith("NX")]
    lines = [
        "## Beside the guidelines",
        "",
        *_table(
            ["Id", "What it says", "What the service does", "Not done, and why", "Proof"],
            ([row["id"], row["says"], row["does"], row["reason"], _proof(row)] for row in others),
        ),
        "",
        "### What helps, as cards say it",
        "",
        *_table(
            ["What", "Effect", "Certainty", "On cards", "Source", "Note"],
            (
                [row["words"], row["effect"], row["certainty"], row["shown"], row["source"], row["note"]]
                for row in rows_of("guidelines/support.csv")
            ),
        ),
        "",
        "### What more pain on opioids can be, as cards say it",
        "",
        *_table(
            ["What", "How it shows", "Source", "Review"],
            ([row["name"], row["words"], row["source"], row["review"]] for row in rows_of("guidelines/lookalikes.csv")),
        ),
        "",
    ]
    return "\n".join(lines)


def _naloxone(rows: Mapping[str, Row]) -> str:
    found = [row for name, row in rows.items() if name.startswith("NX")]
    lines = [
        "## Criteria for naloxone, one by one",
        "",
        "*Supports* means that a criterion is named beside another one and never makes the card appear by itself.",
        "",
        *_table(
            ["Id", "Criterion", "What the service does", "Not done, and why", "Proof"],
            ([row["id"], row["says"], row["does"], row["reason"], _proof(row)] for row in found),
        ),
        "",
    ]
    return "\n".join(lines)


def _own_choices(known: Knowledge) -> str:
    """The thresholds, profile by profile: those that a site may set."""
    names = list(thresholds_of(known.guidelines["ca-2017"]))
    profiles = [known.guidelines[name] for name in _ORDER]
    stated = {one.id: thresholds_of(one) for one in profiles}
    lines = [
        "## Thresholds",
        "",
        "What a site may set in `[guideline.thresholds]`; `/about` shows what it has set. Dose points are the",
        "guideline's own where a number stands. Days and percentages are choices of this project, except for the 30%",
        "that count as an improvement, which CDC cites as a benchmark.",
        "",
        *_table(
            ["Threshold", *(one.short for one in profiles)],
            ([f"`{name}`", *(_stated(stated[one.id], name) for one in profiles)] for name in names),
        ),
        "",
    ]
    return "\n".join(lines)


def _stated(thresholds: Mapping[object, object], name: object) -> str:
    if name not in thresholds:
        return "no such point"
    return "none" if thresholds[name] is None else f"{thresholds[name]}"


def _not_implemented(rows: Mapping[str, Row]) -> str:
    found = [row for row in rows.values() if not row["does"]]
    lines = [
        "## What is not done, and why",
        "",
        *_table(["Id", "Why not"], ([row["id"], row["reason"]] for row in found)),
        "",
    ]
    return "\n".join(lines)


def _sign_off(known: Knowledge) -> str:
    lines = [
        "## Sign-off",
        "",
        "Nobody has signed a profile off yet. Whoever does has read its chapter, the conversion table and the words of",
        "the cards (`fixtures/conversations`), and answers for their use at a named site.",
        "",
        *_table(
            ["Profile", "Edition", "Read by", "Profession", "Date", "Remarks"],
            ([f"`{name}`", known.guidelines[name].edition, "", "", "", ""] for name in _ORDER),
        ),
    ]
    return "\n".join(lines) + "\n"


def _proof(row: Row) -> str:
    return "<br>".join(f"`{one}`" for one in row["tests"].split("|") if one)


def _table(headings: list[str], rows: Iterable[list[str]]) -> list[str]:
    return table_of(headings, ([cell.replace("|", "\\|") for cell in row] for row in rows))


# ---- what the register names ----


def missing(row: Row) -> Iterator[str]:
    """What a row of the register names that is not there."""
    for path in filter(None, row["where"].split("|")):
        if not (ROOT / path).is_file():
            yield path
    for test in filter(None, row["tests"].split("|")):
        path, _, name = test.partition("::")
        if name not in functions(path):
            yield test


@cache
def functions(path: str) -> frozenset[str]:
    """The tests that a file defines."""
    file = ROOT / path
    if not file.is_file():
        return frozenset()
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def main() -> None:
    """Writes the document."""
    DOCUMENT.write_text(document(knowledge.load()), encoding="utf-8")


if __name__ == "__main__":
    main()
