"""`python -m tests.spec.render` writes the tables of the specification to `docs/specification.md`."""

from __future__ import annotations

from tests.markdown import contents, table_of
from tests.spec.directions import corpus, vocabulary
from tests.spec.directions_report import report
from tests.spec.render_factors import conversion_tables
from tests.spec.tables import HERE, charts_of, tables_of

DOCUMENT = HERE.parents[1] / "docs" / "specification.md"

_INTRODUCTION = """\
<!-- Written by `python -m tests.spec.render` from tests/spec/*.md and *.csv. Do not edit here. -->

# Specification

What becomes of an order, row by row: every row is replayed through FHIR in each release that can say it, and the
test suite fails when the service comes to anything else. Numbers are morphine milligram equivalents a day (MME/day)
and are worked out by hand: `units at a time x strength x times a day x factor`. **Scheduled** leaves as-needed doses
out, **maximum** takes every permitted dose. The day is 31 January 2026, the factors are those of CDC 2022, unless the
row says otherwise.

- **counted**: adds the amount shown. A *says so* beside it means that an assumption is named on the card.
- **uncounted**: is, or may be, an opioid and adds an unknown amount; the reason is named.
- **ignored**: is known to add nothing; the reason is named.

Codes: `rx` RxNorm, `oid` RxNorm under its OID, `sct` SNOMED CT, `atc` ATC, `ndc` NDC, `icd` ICD-10-CM, `local` a
hospital's own, `bare` a code without its system. Directions: `q4-6h` every 4 to 6 hours, `3/wk` three times a week,
`prn` as needed, `max` the stated maximum, `seq` and `from`/`to`/`for` steps and periods; a unit in braces is a UCUM
annotation, `-` stands for no unit.
"""

_STATED = {"yes": "counted, says so", "may": "counted", "": "counted"}


def document() -> str:
    """The whole document."""
    parts = [
        conversion_tables(),
        _orders("Orders", "orders"),
        _orders("Worked examples", "worked_examples"),
        _plain("Beside the total", "beside"),
        _plain("Assumptions", "assumptions"),
        _plain("Traps", "traps"),
        _changes(),
        _pace(),
        _tapers(),
        _directions(),
    ]
    chapters = "\n".join(parts)
    return f"{_INTRODUCTION}\n{contents(chapters)}\n\n{chapters}"


def _orders(title: str, name: str) -> str:
    releases = {chart.id: ", ".join(chart.written) for chart in charts_of(name)}
    lines = [f"## {title}", ""]
    for table in tables_of(name):
        if table.heading != title:
            lines += [f"### {table.heading}", ""]
        rows = []
        before = ""
        for row in table.rows:
            counted = row["outcome"] == "counted"
            first = row["id"] != before
            before = row["id"]
            rows.append(
                [
                    row["id"] if first else "",
                    row["case"],
                    row["medicine"],
                    _code(row["coded as"]),
                    _code(row["directions"]),
                    _code(row["order"]),
                    row["scheduled"],
                    row["maximum"],
                    _STATED[row["stated"]] if counted else row["outcome"],
                    releases[row["id"]] if first else "",
                ]
            )
        headings = [
            "#", "Case", "Medicine", "Coded as", "Directions", "Order", "Scheduled", "Maximum", "Outcome",
            "Replayed in",
        ]  # fmt: skip
        lines += [*table_of(headings, rows), ""]
    return "\n".join(lines)


_AS_CODE = ("coded as", "directions", "order", "writing", "chart")


def _plain(title: str, name: str) -> str:
    """A table as it is, under the words that introduce it."""
    words = (HERE / f"{name}.md").read_text(encoding="utf-8").split("\n|", 1)[0].partition("\n")[2].strip()
    [table] = tables_of(name)
    rows = [[_code(row[one]) if one in _AS_CODE else row[one] for one in table.columns] for row in table.rows]
    headings = ["#" if one == "id" else one.capitalize() for one in table.columns]
    return "\n".join([f"## {title}", "", words, "", *table_of(headings, rows), ""])


def _changes() -> str:
    [table] = tables_of("changes")
    rows = [
        [
            row["id"],
            row["case"],
            _code(row["before"]),
            _code(row["after"]),
            row["since"],
            row["cut"],
            row["card"] if row["card"] == "none" else f"{row['card']} ({row['rule']})",
            row["guideline"],
        ]
        for row in table.rows
    ]
    text = [
        "## Changes",
        "",
        "What signing an order does to a dose that has been taken since a day: how much less it is, in percent of the",
        "dose before, and whether the card `SlowerTaper` appears. `=` leaves an order as it is, a dash stops it.",
        "",
        *table_of(["#", "Case", "Before", "After", "Since", "Cut", "SlowerTaper", "Guideline"], rows),
        "",
    ]
    return "\n".join(text)


def _pace() -> str:
    words = (HERE / "pace.md").read_text(encoding="utf-8").split("\n##", 1)[0].partition("\n")[2].strip()
    lines = ["## The pace of change", "", words, ""]
    for table in tables_of("pace"):
        headings = ["#", "Case", "Taken", "Signed", "Card", "Rule", "Guideline"]
        lines += [f"### {table.heading}", "", *table_of(headings, [list(row.values()) for row in table.rows]), ""]
    return "\n".join(lines)


def _tapers() -> str:
    [asked, *plans] = tables_of("tapers")
    cases = {row["id"]: row for row in asked.rows}
    lines = [
        "## Taper plans",
        "",
        "What is taken now (step 0) and at each step of a plan, in strengths that a pharmacy has: amounts in",
        "mg (patches: mcg/h) at each dose time of a day, `prn` as needed, brackets for several tablets at a time.",
        "The pace is the guideline's own for the length of therapy (`days`; a year or more unless said), or `pace`",
        "percent where that is asked for; `first` is the formulation that is lowered first, `to` the MME/day at",
        "which a clinician asks the plan to end. Percentages are of the dose at the start, and of the step before.",
        "",
    ]
    for table in plans:
        case = cases[table.heading]
        asked_for = f" {_code(case['asked'])}" if case["asked"] else ""
        lines += [
            f"### {table.heading}: {case['case']}",
            "",
            f"{case['guideline']}, {_code(case['taken'])}{asked_for}",
            "",
            *table_of(list(table.columns), [[row[name] for name in table.columns] for row in table.rows]),
            "",
        ]
    return "\n".join(lines)


def _directions() -> str:
    rows = [[_code(row.direction), _code(row.reading), _code(row.meaning)] for row in corpus()]
    alike = [[_code(row.template), _code(", ".join(row.words)), _code(row.reading)] for row in vocabulary()]
    text = [
        "## Directions in words",
        "",
        "What is read from written directions, and what is refused. Parts taken together are separated by a bar, steps",
        "bear a number. What a pharmacist would take a refused direction to mean stands beside it where there is one",
        "answer. The figures (`make directions`):",
        "",
        *(f"- {line}" for line in report(corpus())),
        "",
        *table_of(["Direction", "Reading", "Would mean"], rows),
        "",
        "### Words that mean the same",
        "",
        "What may stand for `{}` in a direction without changing what is read.",
        "",
        *table_of(["Direction", "Words", "Reading"], alike),
        "",
    ]
    return "\n".join(text)


def _code(text: str) -> str:
    """A cell as code: shown as it is, with what Markdown would take for a column escaped."""
    plain = text.replace("|", "\\|").replace("\n", " ")
    fence = "``" if "`" in plain else "`"
    return f"{fence}{plain}{fence}" if text and text != "–" else text


def main() -> None:
    DOCUMENT.write_text(document(), encoding="utf-8")


if __name__ == "__main__":
    main()
