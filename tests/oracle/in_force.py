"""Which instructions are in force (chapter 7 of the specification)."""

from __future__ import annotations

from datetime import date, timedelta

from tests.oracle.verdicts import Json


def day(text: str) -> date:
    return date.fromisoformat(text)


def bounds_of(instruction: Json) -> tuple[date | None, date | None]:
    period = instruction.get("timing", {}).get("repeat", {}).get("boundsPeriod", {})
    start, end = period.get("start"), period.get("end")
    return (day(start) if start else None), (day(end) if end else None)


def steps(instructions: list[Json]) -> dict[int | None, list[Json]]:
    found: dict[int | None, list[Json]] = {}
    for one in instructions:
        found.setdefault(one.get("sequence"), []).append(one)
    return found


def in_force(order: Json, today: date, being_written: bool) -> list[list[Json]]:
    """The instructions that count today, as alternatives of which the largest counts; none when it is another day's."""
    instructions = order.get("dosageInstruction", [])
    grouped = steps(instructions)
    if len(grouped) > 1:
        dated = _dated_steps(order, grouped, today, being_written)
        if dated is not None:
            return [dated] if dated else []
        return list(grouped.values())
    covering = [one for one in instructions if _covers(*bounds_of(one), today)]
    if not covering and being_written and instructions:
        starts = [bounds_of(one)[0] for one in instructions]
        coming = [start for start in starts if start and start > today]
        covering = [one for one, start in zip(instructions, starts, strict=True) if coming and start == min(coming)]
    return [covering] if covering else []


def _covers(start: date | None, end: date | None, today: date) -> bool:
    return (start is None or start <= today) and (end is None or today <= end)


def _dated_steps(
    order: Json, grouped: dict[int | None, list[Json]], today: date, being_written: bool
) -> list[Json] | None:
    """The step in force by the lengths of the steps before it; None when the lengths do not tell."""
    first = day(order["authoredOn"]) if "authoredOn" in order else today if being_written else None
    if first is None:
        return None
    start = first
    # All but the last step need a length.
    last = max(grouped, key=lambda sequence: sequence or 0)
    for sequence in sorted(grouped, key=lambda sequence: sequence or 0):
        lengths = [
            one["timing"].get("repeat", {}).get("boundsDuration") for one in grouped[sequence] if "timing" in one
        ]
        days = max((length["value"] for length in lengths if length), default=None)
        if days is None:
            if sequence != last:
                return None
            return grouped[sequence] if today >= start else []
        end = start + timedelta(days=days - 1)
        if start <= today <= end:
            return grouped[sequence]
        start = end + timedelta(days=1)
    return []
