"""The words of the card that offers naloxone: why, and what to show the household."""

from __future__ import annotations

from hooks.told import Text, Told, basis, listed, paragraphs, reason_words
from hooks.wording import summary


def naloxone_text(told: Told) -> Text:
    """The criteria that were met, as reasons, and how to hand it over."""
    met, guideline = told.recommendation.reasons, told.guideline
    reasons = list(dict.fromkeys(reason_words(one, guideline) for one in met if one.explicit))
    supporting = list(dict.fromkeys(reason_words(one, guideline) for one in met if not one.explicit))
    return Text(
        summary=summary("Offer naloxone: ", reasons),
        detail=paragraphs(
            listed("Why:", [f"- {words}" for words in reasons]),
            listed("Also:", [f"- {words}" for words in supporting]),
            "Show patient and household how to recognize an overdose and use the spray. Naloxone from a pharmacy or "
            "a take-home program may not show in this chart: ask first.",
            guideline.naloxone_supply,
            basis(told),
        ),
    )
