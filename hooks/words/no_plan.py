"""Why there is no taper plan, and what can be done about it."""

from __future__ import annotations

from hooks.words.language import Say, english, message
from opioids.quantities import shown
from opioids.tapers.profiles import TaperProfile
from opioids.tapers.values import NoPlan, Obstacle

_OBSTACLES = {
    Obstacle.NOTHING_TAKEN: message("no opioid is being taken"),
    Obstacle.UNCOUNTED: message("part of the dose is not known, and a plan must not rest on a floor"),
    Obstacle.NO_FACTOR: message("the conversion table has no factor for it"),
    Obstacle.TREATMENT: message(
        "treatment of opioid use disorder is never tapered because of morphine equivalents; it should go on"
    ),
    Obstacle.ONLY_BUPRENORPHINE: message("buprenorphine is not tapered by morphine equivalents"),
    Obstacle.PRODUCT_UNKNOWN: message("which product and strength is taken is not known, so no tablets can be told"),
    Obstacle.FORM_NOT_TOLD: message("tablets, capsules or a liquid: which of them is taken is not told"),
    Obstacle.FORM: message("the strengths of this form do not stand for one another"),
    Obstacle.NOT_DAILY: message("it is not taken a whole number of times a day, of 24 at most"),
    Obstacle.DIRECTIONS: message("what is taken at a time cannot be told"),
    Obstacle.TARGET_NOT_BELOW: message("the end that was asked for is not below the present dose"),
    Obstacle.BEGUN_BELOW: message("the dose at which the taper is said to have begun is below the present dose"),
}

_COMPLETE = message(
    "A plan rests on knowing exactly what is taken. Complete the order with product, strength and how it is taken, and "
    "plan again. Until then the dose stays as it is: nobody has to stop at once."
)
_SAY_THE_FORM = message(
    "Say it in the order (“oxycodone 5 mg tablets, 1 tablet three times a day”), and plan again. Until then the dose "
    "stays as it is: nobody has to stop at once."
)
_BY_ITS_OWN_DOSE = message(
    "The same pace can be kept without a factor, by its own dose: about %(percent)s%% less of it every %(days)s days, "
    "or slower. Plan the steps with a pharmacist. Until then the dose stays as it is: nobody has to stop at once."
)
_BY_HAND = message(
    "Its steps cannot be worked out here. Plan the steps with a pharmacist. Until then the dose stays as it is: nobody "
    "has to stop at once."
)
_OTHERWISE = message(
    "It can be lowered by its own doses; where it treats opioid use disorder, it should go on. Plan the steps with "
    "someone experienced in it. Until then the dose stays as it is: nobody has to stop at once."
)
_PROTECTED = message(
    "This protects the patient: stopping treatment of opioid use disorder raises the risk of overdose and death. If it "
    "is taken for pain, say so in the directions, and plan with someone experienced in it."
)
_ADVICE = {
    Obstacle.UNCOUNTED: _COMPLETE,
    Obstacle.PRODUCT_UNKNOWN: _COMPLETE,
    Obstacle.NOT_DAILY: _COMPLETE,
    Obstacle.DIRECTIONS: _COMPLETE,
    Obstacle.NO_FACTOR: _BY_ITS_OWN_DOSE,
    Obstacle.FORM_NOT_TOLD: _SAY_THE_FORM,
    Obstacle.FORM: _BY_HAND,
    Obstacle.TREATMENT: _PROTECTED,
    Obstacle.ONLY_BUPRENORPHINE: _OTHERWISE,
}
"""What can be done about what stands in a plan's way."""


def obstacle_words(found: NoPlan, say: Say = english) -> str:
    """Why there is no plan, and what stands in the way, unless `missing_words` tell it."""
    names = "" if found.missing else ", ".join(found.medications)
    return f"{say(_OBSTACLES[found.obstacle])}{f': {names}' if names else ''}"


def missing_words(found: NoPlan) -> list[str]:
    """`MS Contin 15 mg: no dose`: what is not known of each medicine, in English as readers of orders say it."""
    return [f"{name}: {one}" if name else one for name, one in zip(found.medications, found.missing, strict=False)]


def instead_words(found: NoPlan, profile: TaperProfile, say: Say = english) -> str:
    """What can be done instead, at the pace that was asked for; empty where what was asked for is the fault."""
    if found.obstacle not in _ADVICE:
        return ""
    pace = {"percent": shown(profile.percent), "days": profile.interval_days}
    return say(_ADVICE[found.obstacle]) % pace
