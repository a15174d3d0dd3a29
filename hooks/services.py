"""The services that this server offers, bound to one guideline, one conversion table and a site's choices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import ModuleType

from hooks import medication_prescribe, order_select, order_sign, patient_view
from hooks.cards import ASK_AGAIN_DAYS
from hooks.evaluation import PREFETCH, USAGE_REQUIREMENTS, AskedOf, evaluator
from hooks.needs import ChartNeeds
from hooks.service import Service
from hooks.standards import Standards
from hooks.trace import tracer
from opioids.knowledge import Knowledge
from opioids.rules import MOST_AT_ONCE, RULES
from opioids.rules.dose_escalation import dose_escalation
from opioids.thresholds import Threshold, with_thresholds


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What a site may choose beside the guideline: thresholds, whether a rise gets a card, how many at once.

    `about` is the address of the page that tells what the cards rest on, empty when it is not known.
    `ask_again_days` is for how long a reason to override silences a topic; None where it does not.
    """

    thresholds: Mapping[Threshold, Decimal] = field(default_factory=dict)
    escalation: bool = True
    most_at_once: int = MOST_AT_ONCE
    about: str = ""
    ask_again_days: int | None = ASK_AGAIN_DAYS


def build(
    knowledge: Knowledge,
    *,
    guideline: str,
    table: str,
    choices: Choices = Choices(),
) -> tuple[Service, ...]:
    """All services, judging by `guideline` with the factors of `table`.

    Raises:
        KeyError: the knowledge holds no guideline or no table of that id.
        UnsuitableThreshold: a threshold that does not fit the guideline.
    """
    own, _ = with_thresholds(knowledge.guidelines[guideline], choices.thresholds)
    standards = Standards(
        knowledge=knowledge,
        guideline=own,
        table=knowledge.tables[table],
        rules=RULES if choices.escalation else tuple(rule for rule in RULES if rule is not dose_escalation),
        most_at_once=choices.most_at_once,
        about=choices.about,
        ask_again_days=choices.ask_again_days,
    )
    modules = (medication_prescribe, order_select, order_sign, patient_view)
    return tuple(_service(module, standards) for module in modules)


def _service(module: ModuleType, standards: Standards) -> Service:
    """The service of a hook as discovery shows it: what it asks about is its own, the rest the same for all of them."""
    asked_of: AskedOf = module.asked_of
    return Service(
        id=f"opioid-{module.HOOK}",
        hook=module.HOOK,
        title=module.TITLE,
        description=module.DESCRIPTION,
        usage_requirements=USAGE_REQUIREMENTS,
        prefetch=PREFETCH,
        evaluate=evaluator(asked_of, standards),
        needs=ChartNeeds(asked_of=asked_of, standards=standards),
        trace=tracer(asked_of, standards),
    )
