"""What there is to say about all plans of an answer, wherever they are shown."""

from __future__ import annotations

from cds_service.taper_input import Planned
from hooks.words.language import Say, english
from hooks.words.taper_notes import later_pace_words, left_out_words, start_words
from opioids.tapers.values import NoPlan


def remarks(planned: Planned, say: Say = english) -> list[str]:
    """Which orders the plans do without, a start that is not today, and a pace that gets slower on the way."""
    if isinstance(planned.found, NoPlan):
        return []
    said = [
        left_out_words(planned.left_out, say),
        start_words(planned.found[0].steps, planned.on, say),
        later_pace_words(planned.found, planned.later, say) if planned.later else "",
    ]
    return [one for one in said if one]
