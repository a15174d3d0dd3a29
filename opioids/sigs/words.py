"""The words for amounts and times in written directions, as tables.

Whatever is not here is not read. A phrase is added only when it can mean one thing: "od" (also: right eye), "biweekly",
"on" at night and "gr" are left out or need their surroundings.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum, auto

from opioids.quantities import Unit
from opioids.sigs.tokens import Phrases, T, phrases, wordings, words_in


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitWord:
    """A unit as written: `factor` makes it the domain's unit, `noun` is the canonical word of a countable one."""

    unit: Unit
    factor: Decimal = Decimal(1)
    noun: str = ""


class AsIn(StrEnum):
    """How the second of two amounts that stand together relates to the first."""

    TOTAL = auto()
    EACH = auto()
    UNSAID = auto()


def by_word(table: Mapping[T, str]) -> dict[str, T]:
    """What stands for each word of a table of meanings, each with its words in one string."""
    return {word: meaning for meaning, words in table.items() for word in words_in(words)}


NUMBERS = {
    word: Decimal(value)
    for value, word in enumerate(
        words_in(
            "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
            " eighteen nineteen"
        ),
        start=1,
    )
}
TENS = {
    word: Decimal(10 * value)
    for value, word in enumerate(words_in("twenty thirty forty fifty sixty seventy eighty ninety"), start=2)
}
ROMAN = {"i": 1, "ii": 2, "iii": 3}
"""Only before a unit that is counted; not "iv", which is a route."""

FRACTIONS: Phrases[Decimal] = phrases(
    {
        Decimal("0.5"): "half|a half|one half|one-half",
        Decimal("0.25"): "quarter|a quarter|one quarter|one-quarter",
        Decimal("0.75"): "three quarters|three-quarters",
    }
)

_MICROGRAM = Decimal("0.001")
UNITS = by_word(
    {
        UnitWord(unit=Unit.MG): "mg mgs milligram milligrams",
        UnitWord(unit=Unit.MG, factor=_MICROGRAM): "mcg mcgs ug microgram micrograms",
        UnitWord(unit=Unit.MG, factor=Decimal(1000)): "g gm gms gram grams",
        UnitWord(unit=Unit.ML): "ml mls milliliter milliliters millilitre millilitres cc",
        UnitWord(unit=Unit.ML, factor=Decimal(5)): "tsp tsps teaspoon teaspoons teaspoonful teaspoonfuls teaspoonsful",
        UnitWord(unit=Unit.ML, factor=Decimal(15)): "tbsp tbsps tablespoon tablespoons tablespoonful tablespoonfuls",
        UnitWord(unit=Unit.EACH, noun="tablet"): "tablet tablets tab tabs caplet caplets tablette tabletten tbl tabl"
        " retardtablette retardtabletten filmtablette filmtabletten t ts",
        UnitWord(unit=Unit.EACH, noun="capsule"): "capsule capsules cap caps softgel softgels kapsel kapseln kps"
        " retardkapsel retardkapseln hartkapsel hartkapseln c cs",
        UnitWord(unit=Unit.EACH, noun="patch"): "patch patches",
        UnitWord(unit=Unit.EACH, noun="spray"): "spray sprays",
        UnitWord(unit=Unit.EACH, noun="film"): "film films strip strips",
        UnitWord(unit=Unit.EACH, noun="lozenge"): "lozenge lozenges troche troches",
        UnitWord(unit=Unit.EACH, noun="suppository"): "suppository suppositories supp supps",
        UnitWord(unit=Unit.EACH, noun="drop"): "drop drops gtt gtts",
        UnitWord(unit=Unit.EACH): "pill pills stueck stk",
    }
)
COUNTED = {word: unit for word, unit in UNITS.items() if unit.unit is Unit.EACH}
"""What is counted: "tablets", "caps"."""
EACH_BY_MOUTH = UnitWord(unit=Unit.EACH)
BY_MOUTH = wordings("po|orally|by mouth|by oral route|via oral route")
"""Beside these "1 each" counts what is swallowed; elsewhere "each" begins how often."""
MICROGRAMS = frozenset(word for word, unit in UNITS.items() if unit.factor == _MICROGRAM)
PRODUCT_KINDS = frozenset(words_in("er xr sr cr ir la odt whole full new"))
"""Words between a number and what it counts that do not change it: "1 ER tablet"."""
MODIFIED_RELEASE = wordings("m/r")
RELEASES = wordings(
    "er|xr|sr|cr|ir|mr|xl|m/r|extended release|extended-release|controlled release|modified release|immediate release"
)
"""The kind of release after an amount: "20 mg MR", "1 tab ER"."""
EXTENDED = frozenset(words_in("er xr sr cr la mr xl"))
PATCH = "patch"
EXTRA = frozenset(words_in("additional extra another"))
SPOONFULS = frozenset(words_in("spoonful spoonfuls spoon spoons"))
HOUR_WORDS = frozenset(words_in("h hr hrs hour hours"))

COUNTED_TIMES = frozenset(words_in("time times hour hours hrs hr h day days week weeks"))

SECOND_AMOUNT: Phrases[AsIn] = phrases(
    {
        AsIn.TOTAL: "total|in total|total dose|dose|per dose|altogether",
        AsIn.EACH: "each|per tablet|per tab|per capsule|per cap|per patch|per film",
    }
)

# Beside a number without a unit: "and 2 pm" may be a time, "2 weekly" every other week, "2 daily" twice daily unless a
# verb says that 2 are taken.
CLAIMS_A_NUMBER = frozenset(words_in("am pm of hourly weekly monthly x time times"))
NEEDS_A_VERB = frozenset(words_in("daily day a per"))
LEADS_TO_A_DOSE = frozenset(
    words_in("take takes give apply place use administer insert swallow dissolve then by and plus & +")
)

# ---- how often ----

PER_DAY = by_word({1: "qd qday", 2: "bid bd", 3: "tid tds", 4: "qid qds"})
"""Times a day. "od" is apart: it is also the right eye."""

EYE_OR_DAILY = "od"
MULTIPLES = {"once": 1, "twice": 2, "thrice": 3}
EVERY = ("every", "each", "q")
WEAK_DAILY = wordings("daily|every day|each day|everyday|q day|q d")
INTERVAL_UNITS = by_word(
    {1: "min mins minute minutes", 60: "h hr hrs hour hours hourly", 1440: "d day days", 10080: "wk wks week weeks"}
)
"""Minutes in the unit of an interval."""

MONTH = 43200
"""Minutes: a month is counted as 30 days, which the reading then says."""
NAMED_INTERVALS: Phrases[int] = phrases(
    {
        60: "hourly|every hour|each hour|q hr|q hour|qh",
        120: "every other hour",
        2880: "every other day|every other morning|every other evening|every other night|every second day"
        "|on alternate days|alternate days|on alternating days|every alternate day|every 2nd day|qod|q other day",
        4320: "every third day|every 3rd day",
        5760: "every fourth day|every 4th day",
        10080: "weekly|every week|each week|q week|q wk|qweek|qwk",
        20160: "every other week|fortnightly|every fortnight",
        MONTH: "monthly|every month|q month|qmonth|once a month|once monthly|once every month|once per month",
    }
)
"""Minutes between doses."""

AT_LEAST_EVERY = wordings(
    "up to|no more often than|no more frequently than|not more often than|no sooner than|not more frequently than"
)
ONCE = wordings(
    "one time only|once only|one time dose|1 time dose|1 time only|x 1 dose|x one dose"
    "|for 1 dose|for one dose|one dose only|1 dose only|stat|single dose"
    "|as a one-time dose|one-time dose|as a one time dose|once for 1 dose|once for one dose"
)
APART = wordings(
    "at least|no less than|not less than|space|spaced|separated by|minimum|minimum of|wait|wait at least"
    "|spaced at least|with at least|leave at least"
)
BETWEEN_DOSES = wordings("apart|between doses|between each dose")
DIVIDED: Phrases[bool] = phrases(
    {False: "in divided doses|divided|div", True: "in|divided in|divided into|divided in to|split into"}
)
"""Words that divide a day's amount; True when the number of doses has to follow."""
DOSES = wordings("divided doses|equally divided doses|equal doses|doses|equal divided doses")

MOMENTS: Phrases[str] = phrases(
    {
        "morning": "morning|mornings|am|qam|mane|om",
        "noon": "noon|midday|qnoon",
        "afternoon": "afternoon|afternoons",
        "evening": "evening|evenings|pm|qpm",
        "bedtime": "bedtime|bed time|hs|qhs|night|nights|nightly|nocte|once nightly|once a night|once per night"
        "|zur nacht",
    }
)
MOMENT_PREFIXES = wordings(
    "in the|first thing in the|in|at|every|each|q|once every|once each|once in the|once at|once in|before"
)
MEAL_MOMENTS: Phrases[str] = phrases(
    {
        "morning": "breakfast|morning meal",
        "noon": "lunch|lunchtime|midday meal",
        "evening": "dinner|supper|dinnertime|suppertime|evening meal",
        "bedtime": "bed|bed time|going to bed",
    }
)
MEAL_PREFIXES = wordings("with|at|before|after|with the|before the|after the|with your")
MEALS: Phrases[bool] = phrases(
    {
        False: "with meals|with meal|w/ meals|w/ meal|wc|before meals|after meals|at mealtimes|at mealtime|ac|pc",
        True: "with each meal|with every meal|before each meal|before every meal|after each meal|after every meal"
        "|at each meal|at every meal",
    }
)
"""Meals as such; True for words that say how often: at every one."""
BEFORE_A_MEAL = wordings(
    "30 minutes|30 mins|30 min|thirty minutes|half an hour|half hour|1/2 hour|15 minutes|15 mins|15 min|1 hour|one hour"
    "|an hour"
)
"""How long before a meal, which moves no dose to another meal."""
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
ZONES = tuple(words_in("cst cdt est edt mst mdt pst pdt utc"))
"""Time zones, as they stand behind the hour of a date."""
WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DAYS_OF_WORK: Phrases[tuple[str, ...]] = phrases({WEEK[:5]: "weekdays|on weekdays", WEEK[5:]: "weekends|on weekends"})
OF_EACH_WEEK = wordings("each week|of each week|every week|of every week|weekly")
PERIOD_PREFIXES = wordings("a|per|each|every|in|in a|in any|in each|in one|within|within a|within any|/|during a|over")
DAY_TOTAL = wordings("a day|per day|/day|/d|/24h|/24 hr|/24 hrs|/24 hours|per 24 hours")
