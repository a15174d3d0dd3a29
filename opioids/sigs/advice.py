"""Advice in fixed phrases, which changes nothing about how much is taken or how often; by what it is about."""

_FOOD = (
    "may take with food|may be taken with food|with food|w/ food|with a meal|with a snack|with food or milk|with milk"
    "|with milk or food|with or without food|take with food or milk|on an empty stomach|on empty stomach|with water"
    "|with a glass of water|with a full glass of water|with full glass of water|with plenty of water|with 8 oz of water"
    "|with 8 ounces of water|with 4 oz of water|with 6-8 oz of water|with plenty of fluids|drink plenty of fluids"
    "|drink plenty of water|with or after food|with or just after food|after food|may take without food"
    "|with a small snack|with applesauce|with crackers|with juice|use stool softener|mit wasser|mit einem glas wasser"
    "|mit etwas wasser|nach dem essen|vor dem essen|zum essen|take with stool softener|use with stool softener"
    "|take stool softener with this medication|mix with water|mix well|take with food|take with or without food"
    "|take with or just after food|take with plenty of water|take on an empty stomach"
)
"""What it is taken with; with its "take" too, which behind a date of filling would begin another direction."""

_PATCHES = (
    "alternating arms|alternate arms|remove old patch|remove previous patch|remove old patch first"
    "|remove old patch before applying new one|remove old patch before applying new patch"
    "|remove old patch prior to applying new patch|rotate sites|alternate sites|alternating sites|rotate site"
    "|rotate application sites|rotate application site|and remove old patch|remove used patch"
    "|remove & discard old patch|remove & discard patch within 72 hours|remove and discard patch within 72 hours"
    "|remove & discard patch after 72 hours|remove and discard patch after 72 hours|remove and discard old patch"
    "|remove and discard used patch|remove old patch before placing new one|remove old patch before applying a new one"
    "|remove old patch before new one|remove the old patch before applying a new one"
    "|remove previous patch before applying new one|remove old patch before applying|remove old one"
    "|dispose of old patch properly|fold and flush used patch|fold and discard|fold and discard old patch"
    "|using a different site|use a different site each time|use a different site"
    "|rotate application site with each patch|rotate sites with each application|at different site|with each change"
    "|for external use only"
)
"""What is done with a patch."""

_SWALLOWED = (
    "swallow whole|swallowing whole|swallow tablet whole|swallow tablets whole|swallow capsule whole"
    "|swallow capsules whole|and swallow whole|must be swallowed whole|shake well|shake well before using"
    "|shake well before use|let dissolve|and let dissolve|allow to dissolve|and allow to dissolve|until dissolved"
    "|and allow to dissolve completely|until completely dissolved|and dissolve|let it dissolve"
    "|keep under tongue until dissolved|dissolve completely|let dissolve completely|allow to dissolve completely"
    "|swallow whole, do not crush or chew|swallowed whole|unzerkaut|unzerkaut schlucken"
    "|im ganzen schlucken|nicht zerkauen"
)
"""How it is swallowed or dissolved."""

_HELD = (
    "hold for sedation|hold if sedated|hold for oversedation|hold for over-sedation|hold for drowsiness"
    "|hold if drowsy|hold if overly sedated|hold if too sedated|hold if too drowsy|hold if somnolent"
    "|hold for excessive sedation|hold for respiratory depression|hold for rr < 8|hold for rr < 10|hold for rr < 12"
    "|hold for rr less than 10|hold for rr less than 12|hold if rr < 10|hold if rr < 12"
    "|hold for sedation or rr < 12|hold if rr < 12 or sedated|hold if rr < 10 or sedated|hold if sedated or rr < 12"
    "|hold for sedation or rr < 10|hold for sedation or respiratory depression|hold for sedation or confusion"
)
"""When it is held back."""

_CAUTIONS = (
    "high alert|may cause drowsiness|may cause dizziness|may cause drowsiness or dizziness"
    "|may cause drowsiness and dizziness|may cause constipation|may cause sedation|may be habit forming|may be sedating"
    "|may make you drowsy|may cause drowsiness/dizziness|causes drowsiness|can cause drowsiness|can cause constipation"
    "|no alcohol|caution: opioid|caution: sedation|caution sedation|risk of overdose and addiction|use with caution"
    "|with caution|sedation precautions|watch for sedation|monitor for sedation|this may make you feel sleepy"
    "|this medicine may make you sleepy|this medicine may make you feel sleepy"
    "|if this happens, do not drive or use tools or machines|warning|caution"
    "|if affected do not drive or operate machinery|do not stop taking this medicine except on your doctor's advice"
    "|do not stop taking this medicine unless your doctor tells you to stop|do not exceed prescribed dose"
    "|do not exceed recommended dose|do not exceed the prescribed dose|use sparingly|use lowest effective dose"
    "|use the lowest effective dose"
)
"""What to be careful of."""

_KEPT = (
    "from all sources|controlled substance|keep out of reach of children|store in a locked cabinet|store securely"
    "|keep in a safe place|please|thank you|non-acute pain|acute pain exception|at the same time each day"
    "|at same time each day|at the same time every day|at same time every day|for severe pain only|note dose change"
    "|note dose increase|note dose decrease|note new dose|dose change|dose changed|dose increase|dose increased"
    "|dose decrease|dose decreased|new dose|new directions|needs appointment for refills"
    "|needs appointment for further refills|needs appt for further refills|needs appointment before next refill"
    "|chronic pain|chronic pain patient|exempt|acute pain|hospice patient|palliative care patient"
    "|keep out of the reach of children|store in a safe place|lock up medication|dispose of unused medication properly"
    "|replaces previous prescription|this replaces previous prescription|schedule ii|c-ii|cii|review in 1 week"
    "|review in 2 weeks|review in 4 weeks|ok to fill today|partial fill allowed|exempt from 7 day limit|dispense weekly"
    "|weekly dispensing|blister pack|blister pack weekly|in blister pack|in dosette box|dosette box|webster pack|dose:"
    "|route:|frequency:|freq:"
)
"""Where it is kept, for the record, for the pharmacy."""

ADVICE = f"{_FOOD}|{_PATCHES}|{_SWALLOWED}|{_HELD}|{_CAUTIONS}|{_KEPT}"
