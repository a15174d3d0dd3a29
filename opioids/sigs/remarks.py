"""The words of written directions that carry no amount of their own: routes, limits, verbs, joins and advice."""

from __future__ import annotations

from enum import StrEnum, auto

from opioids.products import Route
from opioids.sigs.advice import ADVICE
from opioids.sigs.tokens import Phrases, phrases, wordings, words_in


class Mark(StrEnum):
    """Words that shape a direction without carrying an amount."""

    AND = auto()
    SEPARATOR = auto()
    BRACKET = auto()
    THEN = auto()
    THEREAFTER = auto()
    STOP = auto()
    VERB = auto()
    PERMISSION = auto()
    ADVICE = auto()
    AS_DIRECTED = auto()
    OR = auto()
    REGULARLY = auto()


_TUBES = (
    "tube|feeding tube|g-tube|g tube|gt|peg|peg tube|peg-tube|gastrostomy tube|gastrostomy|gastric tube|enteral tube"
    "|ng tube|ng-tube|ngt|nasogastric tube|j-tube|j tube|jejunostomy tube"
)
_THROUGH = ("via", "per", "by", "through", "via the", "per the", "by the", "through the")
BY_TUBE = "|".join(f"{through} {tube}" for through in _THROUGH for tube in _TUBES.split("|"))
"""What goes through a feeding tube is absorbed as what is swallowed."""


def _by_route(*kinds: str) -> str:
    return "|".join(f"{through} {kind} route" for kind in kinds for through in ("by", "via"))


ROUTES: Phrases[Route] = phrases(
    {
        Route.ORAL: "po|by mouth|orally|oral|per os|via oral route|by oral route|oral route|through mouth|"
        f"enterally|{BY_TUBE}",
        Route.SUBLINGUAL: "sl|sublingually|sublingual|under the tongue|under tongue|beneath the tongue"
        f"|under your tongue|sublingual route|{_by_route('sublingual')}",
        Route.BUCCAL: "buccally|buccal|inside the cheek|inside cheek|between cheek and gum|between the cheek and gum"
        f"|{_by_route('buccal')}",
        Route.RECTAL: f"pr|rectally|rectal|per rectum|into the rectum|into rectum|{_by_route('rectal')}",
        Route.TOPICAL: f"topically|topical|top|to affected area|to the affected area|{_by_route('topical')}",
        Route.TRANSDERMAL: "transdermally|transdermal|td|transdermal route|to skin|to the skin|on skin|on the skin"
        "|onto skin|onto the skin|to clean dry skin|to clean, dry skin|to clean, dry, hairless skin|to hairless skin"
        "|to clean dry hairless skin|to dry skin|to flat skin|to clean, dry, intact skin|to intact skin"
        f"|topically to skin|topically to the skin|{_by_route('transdermal')}",
        Route.NASAL: "intranasally|intranasal|nasally|into one nostril|in one nostril|into 1 nostril|in 1 nostril"
        f"|{_by_route('intranasal', 'nasal')}",
        Route.INJECTION: "iv|intravenously|intravenous|im|intramuscularly|intramuscular|sq|sc|subq|subcut"
        "|subcutaneously|subcutaneous|iv push|ivp|into the muscle|into muscle"
        f"|under the skin|into the vein|{_by_route('intravenous', 'intramuscular', 'subcutaneous')}",
    }
)

AMOUNT_LIMITS: Phrases[bool] = phrases(
    {
        False: "max|maximum|max of|maximum of|up to|up to a maximum of|up to a max of|to a maximum of"
        "|to a max of|not to exceed|nte|do not exceed|don't exceed|must not exceed"
        "|no more than|not more than|do not take more than|don't take more than|limit|limit to|never exceed"
        "|do not use more than|never take more than|never more than|maximum dose|max dose|maximum dose of|max dose of"
        "|do not exceed more than|not to exceed more than|at most|dne|nmt|not exceeding",
        True: "mdd|max daily dose|max daily amount|max daily amt|maximum daily dose|maximum daily amount|daily max"
        "|daily maximum|max per day|max/day|max a day|max daily|maximum daily|maximum per day|max in 24 hours"
        "|max dose per day|daily limit|max daily dose of|maximum daily dose of|max dose/day|max dose in 24 hours",
    }
)
"""Words before a stated maximum; True when they already say "a day"."""
AT_MOST = wordings("at most|at the most|maximum|max")
"""Words after an amount a day, which make it a maximum."""
TOTALS: Phrases[bool] = phrases(
    {
        False: "total|for a total of|for total of|to total|totaling|totalling",
        True: "total daily dose|total dose per day|tdd|for a total daily dose of|daily total"
        "|total per day|for a daily total of|total/day",
    }
)
"""Words before what a direction comes to; True when they already say "a day"."""
OTHER_DRUGS = frozenset(
    words_in("acetaminophen apap tylenol paracetamol ibuprofen aspirin nsaid nsaids naproxen motrin advil aleve")
)
DOSE_WORDS = frozenset(words_in("dose doses time times x"))

_WHO = (
    "md|doctor|your doctor|the doctor|physician|your physician|prescriber|your prescriber|provider|your provider"
    "|pain clinic|pain management|pain specialist|hospice|clinic"
)

MARKS: Phrases[Mark] = phrases(
    {
        Mark.AND: "and|&|+|plus|and also",
        Mark.THEN: "then|followed by|after that|then increase to|then decrease to|then reduce to|then go to"
        "|then increase",
        Mark.THEREAFTER: "thereafter",
        Mark.STOP: "then stop|then discontinue|and stop|then off|and then stop|then d/c|and discontinue",
        Mark.VERB: "take|takes|tk|give|apply|place|use|swallow|administer|insert|inject|inhale|dissolve|spray|instill"
        "|change|and change|and replace|changed|to be changed|and changed|replaced|to be replaced|replace|change patch"
        "|replace patch|apply patch|place patch|change the patch|sig|to be taken|to take|please take|pt to take"
        "|patient to take|instructions|directions|chew|put|give patient|only|drink|do this|do all this|do all of this"
        "|to be applied|unwrap and apply|open and apply|to be given|to be placed|instr|special instructions",
        Mark.PERMISSION: "may take|can take|may use|you may take|may give|may be taken|can be taken|may apply"
        "|patient may take|pt may take",
        Mark.REGULARLY: "around the clock|around-the-clock|atc|scheduled|sch|sched|regularly|on a schedule|routinely",
        Mark.ADVICE: ADVICE,
        Mark.AS_DIRECTED: "|".join(
            f"{said}{by}"
            for said in ("as directed", "ut dict", "uad", "utd", "as instructed", "as prescribed")
            for by in ("", *(f" by {who}" for who in _WHO.split("|")))
        ),
        Mark.OR: "or",
    }
)
