"""What a card of one topic is about under one guideline, whoever the patient is: what makes it appear, and what not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from hooks.guideline_words import CLASSES, dose_at, limits, not_meant_for
from hooks.wording import mme
from opioids.conditions import END_OF_LIFE
from opioids.criteria import Criterion
from opioids.drug_classes import SEDATING
from opioids.guideline import Guideline, Statement
from opioids.quantities import shown
from opioids.recommendations import Topic


@dataclass(frozen=True, slots=True, kw_only=True)
class InGeneral:
    """What is true of every card of a topic. `appears` and `silent` complete "when …".

    `criteria` are the guideline's own where the topic goes by a list of them; `statements` all that such a card can
    rest on.
    """

    topic: Topic
    says: str
    appears: tuple[str, ...]
    criteria: tuple[Criterion, ...]
    silent: tuple[str, ...]
    statements: tuple[Statement, ...]


def in_general(topic: Topic, guideline: Guideline) -> InGeneral:
    """The explanation of a topic under a guideline, with the thresholds that the guideline holds."""
    told = _TOPICS[topic](guideline)
    return InGeneral(
        topic=topic,
        says=told.says,
        appears=tuple(told.appears),
        criteria=told.criteria,
        silent=tuple(told.silent),
        statements=tuple(guideline.statements[name] for name in dict.fromkeys(told.statements)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    says: str
    appears: Iterable[str]
    silent: Iterable[str]
    statements: Iterable[str] = ()
    criteria: tuple[Criterion, ...] = ()


_NO_OPIOID = "no opioid is taken or being written"
_IN_HOSPITAL = "care takes place in a hospital and the order is not for the time after it"
_ROTATION = "one opioid takes the place of another"


def _not_meant(guideline: Guideline) -> list[str]:
    words = f"the guideline's advice is not meant for the patient: {not_meant_for(guideline.exclusions)}"
    return [words] if guideline.exclusions else []


def _doses(guideline: Guideline) -> list[str]:
    """The dose points that have a number, lowest first, in words."""
    return [dose_at(point) for point in guideline.dose_points if point.mme_per_day is not None]


def _total(guideline: Guideline) -> _Told:
    doses = _doses(guideline)
    rests_on_it = "something else rests on the total: a dose that changes, or a review"
    low = ["everything was seen and counted, and the total reaches no dose point"] if doses else []
    return _Told(
        says="How the daily opioid dose adds up",
        appears=[
            *([f"the daily total is {dose}" for dose in doses] or [rests_on_it]),
            "something that is or may be an opioid could not be seen or counted",
            _ROTATION,
        ],
        silent=[_NO_OPIOID, *low, "all opioids are stopped: nothing is left to add up"],
        statements=[point.statement for point in guideline.dose_points],
    )


def _naloxone(guideline: Guideline) -> _Told:
    recent = f"{guideline.naloxone_lookback_days} days, as far as this could be seen"
    return _Told(
        says="An offer of naloxone",
        appears=[
            "an opioid is taken or being written, and a criterion that suffices alone is met",
            "in palliative care and terminal illness it is information, and no warning",
        ],
        silent=[
            f"rescue naloxone is being written, or was ordered or supplied within {recent}",
            "only criteria are met that support and never suffice alone",
            _IN_HOSPITAL,
            _NO_OPIOID,
        ],
        statements=guideline.basis[Topic.NALOXONE_OFFER],
        criteria=guideline.naloxone,
    )


def _review(guideline: Guideline) -> _Told:
    return _Told(
        says="A talk about benefits and harms",
        appears=[
            "an opioid for pain is taken or being written, and a reason that suffices alone is met",
            f"therapy counts as long-term from {guideline.long_term_days} days on",
        ],
        silent=[
            *_not_meant(guideline),
            "opioid use disorder is being treated",
            "the dose is being lowered already",
            "only an opioid for cough is taken",
        ],
        statements=[one.id for one in guideline.review_reasons if one.explicit],
        criteria=guideline.review_reasons,
    )


def _slower(guideline: Guideline) -> _Told:
    pace, days = guideline.pace, guideline.long_term_days
    statements = (
        *(pace.abrupt_statement, pace.long_statement, pace.short_statement),
        *(pace.pregnancy_statement, pace.benzodiazepine_statement, pace.treatment_statement),
    )
    return _Told(
        says="A slower way to lower the dose",
        appears=[
            *(f"the dose falls by more than {much}, {what}" for what, much in limits(guideline)),
            f"the dose of a therapy of {days} days or more, or of unknown length, is stopped at once",
            "it is lowered in pregnancy, or together with a benzodiazepine",
            "treatment of opioid use disorder is stopped, and none takes its place",
        ],
        silent=[
            f"therapy is known to be shorter than {days} days",
            "the dose falls no faster than that",
            f"it falls by the smallest step that is marketed, and by no more than {mme(pace.low_dose_mme)}",
            _ROTATION,
            "only a short course ends, and the dose before it stays",
            f"an overdose was recorded within {pace.toxicity_days} days: stopping at once can be right",
            *_not_meant(guideline),
        ],
        statements=filter(None, statements),
    )


def _escalation(guideline: Guideline) -> _Told:
    days, doses = guideline.pace.restored_after_days, _doses(guideline)
    more = f"a dose that is past such a point rises by {shown(guideline.rise_percent)}% or more"
    return _Told(
        says="Reassessing before the dose rises",
        appears=[
            *(f"the order raises the dose to {dose}" for dose in doses),
            *([more] if doses else []),
            f"a dose that was lowered for {days} days or more is taken up again, so that tolerance may be lost",
            "fentanyl (a patch, or fast-acting) is begun by somebody who by its label and the chart is not used to it",
        ],
        silent=[
            "what was taken before could not be seen, or nothing was taken (but for fentanyl)",
            _ROTATION,
            *_not_meant(guideline),
        ],
        statements=[
            *(point.raise_statement for point in guideline.dose_points),
            *guideline.basis.get(Topic.DOSE_ESCALATION, ()),
        ],
    )


def _sedatives(guideline: Guideline) -> _Told:
    *named, last = [CLASSES[one] for one in SEDATING]
    return _Told(
        says="An opioid beside a medicine that sedates or blocks",
        appears=[
            f"an opioid is taken together with {', '.join(named)} or {last}",
            "with a medicine that blocks opioids in the whole body, which brings on withdrawal",
            "it is a warning when the order brings the two together, for information when both have been there",
        ],
        silent=[
            *(f"both may be meant: {one.words}" for one in guideline.exclusions if one.looks_for in END_OF_LIFE),
            _IN_HOSPITAL,
            _NO_OPIOID,
        ],
        statements=guideline.sedatives.values(),
    )


def _incomplete(guideline: Guideline) -> _Told:
    del guideline  # what could not be seen is the same under every guideline
    return _Told(
        says="What could not be seen or counted",
        appears=[
            "the medication list was not sent, could not be read, or could be seen only in part",
            "the orders being written were not sent",
            "what is or may be an opioid could not be counted: no dose, no frequency, an unknown product",
            "an order of another patient was sent along",
        ],
        silent=[
            "everything that matters was seen and counted",
            "nothing that is being looked at depends on it: no opioid, and nothing that sedates beside one",
            "what was not counted has no factor, which nobody can mend: the card on the total, or on the stop, says so",
        ],
    )


_TOPICS: Mapping[Topic, Callable[[Guideline], _Told]] = {
    Topic.MME_TOTAL: _total,
    Topic.NALOXONE_OFFER: _naloxone,
    Topic.DEPRESCRIBING_REVIEW: _review,
    Topic.SLOWER_TAPER: _slower,
    Topic.DOSE_ESCALATION: _escalation,
    Topic.SEDATIVE_OVERLAP: _sedatives,
    Topic.DATA_INCOMPLETE: _incomplete,
}
