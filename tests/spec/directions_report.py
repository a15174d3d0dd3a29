"""`make directions` prints how well written directions are read: `python -m tests.spec.directions_report`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from tests.spec.directions import Row, corpus


def report(rows: Iterable[Row]) -> list[str]:
    """The figures, one a line."""
    rows = list(rows)
    read, refused = (sum(row.refused is is_refused for row in rows) for is_refused in (False, True))
    clear = [row for row in rows if row.has_one_meaning]
    exact = sum(row.as_expected and not row.refused for row in clear)
    first = [row for row in rows if row.first_run]
    return [
        f"{len(rows)} directions, {read} read, {refused} refused",
        f"{len(clear)} have one meaning: {_share(exact, len(clear))} read exactly",
        f"{len(rows) - len(clear)} have none or several: all refused",
        f"wrong readings: {sum(row.wrong for row in rows)}",
        f"unseen, {len(first)} directions written with their meaning before the grammar saw them: {_first_run(first)}",
    ]


def _first_run(rows: list[Row]) -> str:
    clear = [row for row in rows if row.has_one_meaning]
    read = Counter(row.first_run for row in clear)
    others = Counter(row.first_run for row in rows if not row.has_one_meaning)
    now = sum(not row.refused for row in clear)
    return (
        f"of {len(clear)} with one meaning, {_share(read['exact'], len(clear))} were read exactly at first, "
        f"{read['refused']} refused, {read['wrong']} wrong; {_share(now, len(clear))} are read today; "
        f"of {sum(others.values())} without, {others['exact']} were refused at first"
    )


def _share(part: int, whole: int) -> str:
    return f"{part} of {whole} ({100 * part / whole:.1f}%)" if whole else "none"


def main() -> None:
    print("\n".join(report(corpus())))  # noqa: T201 - printing is what this command is for


if __name__ == "__main__":
    main()
