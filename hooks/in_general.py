"""What a card of one topic is about under one guideline, whoever the patient is: what makes it appear, and what not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from hooks.guideline_words import CLASSES, dose_at, limits, not_meant_for
from hooks.wording import mme
from opioids.conditions import ConditionGroup
from opioids.criteria import Criterion
from opioids.drug_classes import SEDATING
from opioids.guideline import Guideline, Statement
from opioids.quantities import shown
from opioids.topics import Topic


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
    told = _TOPICS[topic]
    return InGeneral(
        topic=topic,
        says=told.says,
        appears=tuple(told.appears(guideline)),
        criteria=told.criteria(guideline),
        silent=tuple(told.silent(guideline)),
        statements=tuple(guideline.statements[name] for name in dict.fromkeys(told.statements(guideline))),
    )


# ---- what several topics have in common ----

_NO_OPIOID = "no opioid is taken or being written"
_IN_HOSPITAL = "care takes place in a hospital and the order is not for the time after it"
_ROTATION = "one opioid takes the place of another"


def _not_meant(guideline: Guideline) -> Iterator[str]:
    if guideline.exclusions:
        yield f"the guideline's advice is not meant for the patient: {not_meant_for(guideline.exclusions)}"


def _point_statements(guideline: Guideline) -> Iterator[str]:
    for point in guideline.dose_points:
        yield point.statement


def _none(guideline: Guideline) -> tuple[Criterion, ...]:
    del guideline
    return ()


# ---- topic by topic ----


def _total_appears(guideline: Guideline) -> Iterator[str]:
    for point in guideline.dose_points:
        if point.mme_per_day is not None:
            yield f"the daily total is {dose_at(point)}"
    if not guideline.names_a_dose:
        yield "something else rests on the total: a dose that changes, or a review"
    yield "something that is or may be an opioid could not be seen or counted"
    yield _ROTATION


def _total_silent(guideline: Guideline) -> Iterator[str]:
    yield _NO_OPIOID
    if guideline.names_a_dose:
        yield "everything was seen and counted, and the total reaches no dose point"
    yield "all opioids are stopped: nothing is left to add up"


def _naloxone_appears(guideline: Guideline) -> Iterator[str]:
    del guideline
    yield "an opioid is taken or being written, and a criterion that suffices alone is met"
    yield "in palliative care and terminal illness it is information, and no warning"


def _naloxone_silent(guideline: Guideline) -> Iterator[str]:
    yield (
        "rescue naloxone is being written, or was ordered or supplied within "
        f"{guideline.naloxone_lookback_days} days, as far as this could be seen"
    )
    yield "only criteria are met that support and never suffice alone"
    yield _IN_HOSPITAL
    yield _NO_OPIOID


def _review_appears(guideline: Guideline) -> Iterator[str]:
    yield "an opioid for pain is taken or being written, and a reason that suffices alone is met"
    yield f"therapy counts as long-term from {guideline.long_term_days} days on"


def _review_silent(guideline: Guideline) -> Iterator[str]:
    yield from _not_meant(guideline)
    yield "opioid use disorder is being treated"
    yield "the dose is being lowered already"
    yield "only an opioid for cough is taken"


def _review_statements(guideline: Guideline) -> Iterator[str]:
    for one in guideline.review_reasons:
        if one.explicit:
            yield one.id


def _slower_appears(guideline: Guideline) -> Iterator[str]:
    for what, much in limits(guideline):
        yield f"the dose falls by more than {much}, {what}"
    yield f"the dose of a therapy of {guideline.long_term_days} days or more, or of unknown length, is stopped at once"
    yield "it is lowered in pregnancy, or together with a benzodiazepine"
    yield "treatment of opioid use disorder is stopped, and none takes its place"


def _slower_silent(guideline: Guideline) -> Iterator[str]:
    pace = guideline.pace
    yield f"therapy is known to be shorter than {guideline.long_term_days} days"
    yield "the dose falls no faster than that"
    yield f"it falls by the smallest step that is marketed, and by no more than {mme(pace.low_dose_mme)}"
    yield _ROTATION
    yield "only a short course ends, and the dose before it stays"
    yield f"an overdose was recorded within {pace.toxicity_days} days: stopping at once can be right"
    yield from _not_meant(guideline)


def _slower_statements(guideline: Guideline) -> Iterator[str]:
    pace = guideline.pace
    named = (
        *(pace.abrupt_statement, pace.long_statement, pace.short_statement),
        *(pace.pregnancy_statement, pace.benzodiazepine_statement, pace.treatment_statement),
    )
    yield from (one for one in named if one)


def _escalation_appears(guideline: Guideline) -> Iterator[str]:
    for point in guideline.dose_points:
        if point.mme_per_day is not None:
            yield f"the order raises the dose to {dose_at(point)}"
    if guideline.names_a_dose:
        yield f"a dose that is past such a point rises by {shown(guideline.rise_percent)}% or more"
    days = guideline.pace.restored_after_days
    yield f"a dose that was lowered for {days} days or more is taken up again, so that tolerance may be lost"
    yield "fentanyl (a patch, or fast-acting) is begun by somebody who by its label and the chart is not used to it"


def _escalation_silent(guideline: Guideline) -> Iterator[str]:
    yield "what was taken before could not be seen, or nothing was taken (but for fentanyl)"
    yield _ROTATION
    yield from _not_meant(guideline)


def _escalation_statements(guideline: Guideline) -> Iterator[str]:
    for point in guideline.dose_points:
        yield point.raise_statement
    yield from guideline.basis.get(Topic.DOSE_ESCALATION, ())


def _sedatives_appears(guideline: Guideline) -> Iterator[str]:
    del guideline
    named = [CLASSES[one] for one in SEDATING]
    yield f"an opioid is taken together with {', '.join(named[:-1])} or {named[-1]}"
    yield "with a medicine that blocks opioids in the whole body, which brings on withdrawal"
    yield "it is a warning when the order brings the two together, for information when both have been there"


def _sedatives_silent(guideline: Guideline) -> Iterator[str]:
    for one in guideline.exclusions:
        if one.looks_for in (ConditionGroup.PALLIATIVE_HOSPICE, ConditionGroup.LIKELY_TERMINAL):
            yield f"both may be meant: {one.words}"
    yield _IN_HOSPITAL
    yield _NO_OPIOID


def _incomplete_appears(guideline: Guideline) -> Iterator[str]:
    del guideline
    yield "the medication list was not sent, could not be read, or could be seen only in part"
    yield "the orders being written were not sent"
    yield "what is or may be an opioid could not be counted: no dose, no frequency, an unknown product"
    yield "an order of another patient was sent along"


def _incomplete_silent(guideline: Guideline) -> Iterator[str]:
    del guideline
    yield "everything that matters was seen and counted"
    yield "nothing that is being looked at depends on it: no opioid, and nothing that sedates beside one"
    yield "in hospital only a route cannot be converted, and the card on the total says so"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Topic:
    says: str
    appears: Callable[[Guideline], Iterator[str]]
    silent: Callable[[Guideline], Iterator[str]]
    statements: Callable[[Guideline], Iterator[str]]
    criteria: Callable[[Guideline], tuple[Criterion, ...]] = _none


_TOPICS: Mapping[Topic, _Topic] = {
    Topic.MME_TOTAL: _Topic(
        says="How the daily opioid dose adds up",
        appears=_total_appears,
        silent=_total_silent,
        statements=_point_statements,
    ),
    Topic.NALOXONE_OFFER: _Topic(
        says="An offer of naloxone",
        appears=_naloxone_appears,
        silent=_naloxone_silent,
        statements=lambda guideline: iter(guideline.basis[Topic.NALOXONE_OFFER]),
        criteria=lambda guideline: guideline.naloxone,
    ),
    Topic.DEPRESCRIBING_REVIEW: _Topic(
        says="A talk about benefits and harms",
        appears=_review_appears,
        silent=_review_silent,
        statements=_review_statements,
        criteria=lambda guideline: guideline.review_reasons,
    ),
    Topic.SLOWER_TAPER: _Topic(
        says="A slower way to lower the dose",
        appears=_slower_appears,
        silent=_slower_silent,
        statements=_slower_statements,
    ),
    Topic.DOSE_ESCALATION: _Topic(
        says="Reassessing before the dose rises",
        appears=_escalation_appears,
        silent=_escalation_silent,
        statements=_escalation_statements,
    ),
    Topic.SEDATIVE_OVERLAP: _Topic(
        says="An opioid beside a medicine that sedates or blocks",
        appears=_sedatives_appears,
        silent=_sedatives_silent,
        statements=lambda guideline: iter(guideline.sedatives.values()),
    ),
    Topic.DATA_INCOMPLETE: _Topic(
        says="What could not be seen or counted",
        appears=_incomplete_appears,
        silent=_incomplete_silent,
        statements=lambda _: iter(()),
    ),
}
