"""The words of written directions: what the grammar in `sig_amounts`, `sig_times` and `sig_phrases` knows, as tables.

Whatever is not here is not read. A phrase is added only when it can mean one thing: "od" (also: right eye), "biweekly",
"on" at night and "gr" are left out or need their surroundings.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from opioids.products import Route
from opioids.quantities import Unit
from opioids.sig_advice import ADVICE
from opioids.sig_tokens import Phrases, phrases


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitWord:
    """A unit as written: `factor` makes it the domain's unit, `noun` is the canonical word of a countable one."""

    unit: Unit
    factor: Decimal = Decimal(1)
    noun: str = ""


class Mark(StrEnum):
    """Words that shape a direction without carrying an amount."""

    AND = "and"
    SEPARATOR = "separator"
    THEN = "then"
    THEREAFTER = "thereafter"
    STOP = "stop"
    VERB = "verb"
    PERMISSION = "permission"
    ADVICE = "advice"
    REGULARLY = "regularly"


class AsIn(StrEnum):
    """How the second of two amounts that stand together relates to the first."""

    TOTAL = "total"
    EACH = "each"
    UNSAID = "unsaid"


def _words(text: str) -> list[str]:
    return text.split()


def _units(table: dict[UnitWord, str]) -> dict[str, UnitWord]:
    return {word: unit for unit, words in table.items() for word in words.split()}


NUMBERS = {
    word: Decimal(value)
    for value, word in enumerate(
        _words(
            "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
            " eighteen nineteen twenty"
        ),
        start=1,
    )
}
TENS = {
    word: Decimal(value)
    for word, value in {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70}.items()
}
FRACTIONS: Phrases[Decimal] = phrases(
    {
        Decimal("0.5"): "half|a half|one half|one-half",
        Decimal("0.25"): "quarter|a quarter|one quarter|one-quarter",
        Decimal("0.75"): "three quarters|three-quarters",
    }
)

UNITS = _units(
    {
        UnitWord(unit=Unit.MG): "mg mgs milligram milligrams",
        UnitWord(unit=Unit.MG, factor=Decimal("0.001")): "mcg mcgs ug microgram micrograms",
        UnitWord(unit=Unit.MG, factor=Decimal(1000)): "g gm gms gram grams",
        UnitWord(unit=Unit.ML): "ml mls milliliter milliliters millilitre millilitres cc",
        UnitWord(unit=Unit.ML, factor=Decimal(5)): "tsp tsps teaspoon teaspoons teaspoonful teaspoonfuls",
        UnitWord(unit=Unit.ML, factor=Decimal(15)): "tbsp tbsps tablespoon tablespoons tablespoonful tablespoonfuls",
        UnitWord(unit=Unit.EACH, noun="tablet"): "tablet tablets tab tabs caplet caplets",
        UnitWord(unit=Unit.EACH, noun="capsule"): "capsule capsules cap caps softgel softgels",
        UnitWord(unit=Unit.EACH, noun="patch"): "patch patches",
        UnitWord(unit=Unit.EACH, noun="spray"): "spray sprays",
        UnitWord(unit=Unit.EACH, noun="film"): "film films strip strips",
        UnitWord(unit=Unit.EACH, noun="lozenge"): "lozenge lozenges troche troches",
        UnitWord(unit=Unit.EACH, noun="suppository"): "suppository suppositories supp supps",
        UnitWord(unit=Unit.EACH, noun="drop"): "drop drops gtt gtts",
        UnitWord(unit=Unit.EACH): "pill pills",
    }
)
MICROGRAMS = frozenset(_words("mcg mcgs ug microgram micrograms"))
HOUR_WORDS = frozenset(_words("h hr hrs hour hours"))

SECOND_AMOUNT: Phrases[AsIn] = phrases(
    {
        AsIn.TOTAL: "total|in total|total dose|dose|per dose|altogether",
        AsIn.EACH: "each|per tablet|per tab|per capsule|per cap|per patch|per film",
    }
)

# ---- how often ----

PER_DAY = {
    word: value
    for value, words in {1: "qd qday", 2: "bid bd", 3: "tid tds", 4: "qid qds"}.items()
    for word in words.split()
}
"""Times a day. "od" is apart: it is also the right eye."""

MULTIPLES = {"once": 1, "twice": 2, "thrice": 3}
EVERY = ("every", "each", "q")
WEAK_DAILY: Phrases[str] = phrases({"daily": "daily|every day|each day|everyday|q day|q d"})
INTERVAL_UNITS = {
    word: minutes
    for minutes, words in {
        1: "min mins minute minutes",
        60: "h hr hrs hour hours hourly",
        1440: "d day days",
        10080: "wk wks week weeks",
    }.items()
    for word in words.split()
}
"""Minutes in the unit of an interval."""

NAMED_INTERVALS: Phrases[int] = phrases(
    {
        60: "hourly|every hour|each hour|q hr|q hour|qh",
        120: "every other hour",
        2880: "every other day|every other morning|every other evening|every other night|every second day"
        "|every 2nd day|qod|q other day",
        4320: "every third day|every 3rd day",
        5760: "every fourth day|every 4th day",
        10080: "weekly|every week|each week|q week|q wk|qweek|qwk",
        20160: "every other week|fortnightly|every fortnight",
        43200: "monthly|every month|once a month|once monthly|once every month|once per month",
    }
)
"""Minutes between doses. A month is counted as 30 days, which the reading then says."""
MONTH = 43200

MOMENTS: Phrases[str] = phrases(
    {
        "morning": "morning|mornings|am|qam|mane",
        "noon": "noon|midday",
        "afternoon": "afternoon|afternoons",
        "evening": "evening|evenings|pm|qpm",
        "bedtime": "bedtime|bed time|hs|qhs",
        "night": "night|nights|nightly|nocte|once nightly|once a night|once per night",
    }
)
MOMENT_PREFIXES: Phrases[str] = phrases({"": "in the|in|at|every|each|q|once every|once each|before"})
MEAL_MOMENTS: Phrases[str] = phrases(
    {
        "morning": "breakfast|morning meal",
        "noon": "lunch|lunchtime|midday meal",
        "evening": "dinner|supper|dinnertime|suppertime|evening meal",
        "bedtime": "bed",
    }
)
MEAL_PREFIXES: Phrases[str] = phrases({"": "with|at|before|after|with the|before the|after the|with your"})
MEALS: Phrases[str] = phrases(
    {
        "": "with meals|before meals|after meals|with each meal|with every meal|before each meal|after each meal"
        "|at mealtimes|at mealtime|ac|pc"
    }
)
WEEKDAYS: Phrases[str] = phrases(
    {
        "monday": "mon|monday|mondays",
        "tuesday": "tue|tues|tuesday|tuesdays",
        "wednesday": "wed|weds|wednesday|wednesdays",
        "thursday": "thu|thur|thurs|thursday|thursdays",
        "friday": "fri|friday|fridays",
        "saturday": "sat|saturday|saturdays",
        "sunday": "sun|sunday|sundays",
    }
)
PERIOD_PREFIXES: Phrases[str] = phrases(
    {"": "a|per|each|every|in|in a|in any|in each|in one|within|within a|within any|/|during a|over"}
)
DAY_TOTAL: Phrases[str] = phrases({"": "a day|per day|/day|/d"})

# ---- everything else that has a meaning ----

ROUTES: Phrases[Route] = phrases(
    {
        Route.ORAL: "po|by mouth|orally|oral|per os|via oral route|by oral route|oral route|through mouth",
        Route.SUBLINGUAL: "sl|sublingually|sublingual|under the tongue|under tongue|beneath the tongue"
        "|under your tongue|sublingual route",
        Route.BUCCAL: "buccally|buccal|inside the cheek|inside cheek|between cheek and gum|between the cheek and gum",
        Route.RECTAL: "pr|rectally|rectal|per rectum|into the rectum|into rectum",
        Route.TOPICAL: "topically|topical|to affected area|to the affected area",
        Route.TRANSDERMAL: "transdermally|transdermal|to skin|to the skin|on skin|on the skin|onto skin|onto the skin"
        "|to clean dry skin|to intact skin|transdermal route|topically to skin|topically to the skin",
        Route.NASAL: "intranasally|intranasal|nasally|into one nostril|in one nostril|into 1 nostril|in 1 nostril",
        Route.INJECTION: "iv|intravenously|intravenous|im|intramuscularly|intramuscular|sq|sc|subq|subcut"
        "|subcutaneously|subcutaneous|iv push|ivp",
    }
)

AS_NEEDED: Phrases[str] = phrases(
    {
        "": "prn|as needed|as-needed|if needed|when needed|when required|as required|if required|as necessary"
        "|when necessary|if necessary|only if needed|only when needed|only as needed|as needed only"
        "|prn as needed|as needed prn|only when required"
    }
)
FOR: Phrases[str] = phrases(
    {"": "for|for the|to treat|to relieve|to control|for relief of|for the relief of|for treatment of"}
)
REASON_ADJECTIVES = frozenset(
    _words(
        "mild moderate severe acute chronic breakthrough cancer neuropathic nerve postoperative postop "
        "surgical back neck knee hip shoulder joint leg foot arm hand chest abdominal pelvic muscle "
        "dental tooth bone intense persistent low lower upper left right worse opioid"
    )
)
REASONS: Phrases[str] = phrases(
    {
        "": "pain|pains|pain relief|pain control|pain management|pain med|headache|headaches|migraine|migraines|cough"
        "|coughing|diarrhea|spasm|spasms|fever|discomfort|shortness of breath|dyspnea|sob|anxiety|insomnia|sleep"
        "|withdrawal|opioid withdrawal|withdrawal symptoms|opioid use disorder|opioid dependence|oud|arthritis|sciatica"
        "|sickle cell pain|sickle cell crisis|fracture|surgery pain|post-op pain|post op pain|post-operative pain"
        "|chest congestion|congestion|symptoms|restless legs|neuropathy|osteoarthritis|back spasms|air hunger"
    }
)
REASON_LINKS = ("or", "and", "to", "-", "/", "&", ",")
SCORE_WORDS = frozenset(_words("scale score level rating rated"))
SEVERITIES = frozenset(_words("mild moderate severe"))

AMOUNT_LIMITS: Phrases[bool] = phrases(
    {
        False: "max|maximum|max of|maximum of|up to|not to exceed|nte|do not exceed|don't exceed|must not exceed"
        "|no more than|not more than|do not take more than|don't take more than|limit|limit to|never exceed"
        "|do not use more than|never take more than|never more than|maximum dose|max dose|maximum dose of|max dose of",
        True: "mdd|max daily dose|max daily amount|maximum daily dose|maximum daily amount|daily max|daily maximum"
        "|max per day|max/day|max a day|max daily|maximum daily|maximum per day|max in 24 hours|max dose per day"
        "|daily limit|max daily dose of|maximum daily dose of|max dose/day|max dose in 24 hours",
    }
)
"""Words before a stated maximum; True when they already say "a day"."""
OTHER_DRUGS = frozenset(_words("acetaminophen apap tylenol paracetamol ibuprofen aspirin"))
DOSE_WORDS = frozenset(_words("dose doses time times x"))

MARKS: Phrases[Mark] = phrases(
    {
        Mark.AND: "and|&|+|plus|and also",
        Mark.THEN: "then|and then|followed by|after that",
        Mark.THEREAFTER: "thereafter",
        Mark.STOP: "then stop|then discontinue|and stop|then off|and then stop|then d/c|and discontinue",
        Mark.VERB: "take|takes|give|apply|place|use|swallow|administer|insert|inject|inhale|dissolve|spray|wear|instill"
        "|change|replace|change patch|replace patch|apply patch|place patch|change the patch|sig|to be taken|to take"
        "|please take|pt to take|patient to take|instructions|directions|chew|put|give patient",
        Mark.PERMISSION: "may take|can take|may use|you may take|may give|may be taken|can be taken|may apply",
        Mark.REGULARLY: "around the clock|around-the-clock|atc|scheduled|regularly|on a schedule|routinely",
        Mark.ADVICE: "|".join(ADVICE.strip().splitlines()),
    }
)

EYE_OR_DAILY = "od"
DISPENSING: Phrases[str] = phrases({"": "disp|dispense|qty|quantity|dispense quantity|disp quantity"})
REFILLS = ("refill", "refills")
NO_REFILLS: Phrases[str] = phrases({"": "no refills|no refill|zero refills|nr"})
