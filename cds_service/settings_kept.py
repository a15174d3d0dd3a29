"""Settings of what is kept: under which secret, of what, for how long, and what it silences."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr

from cds_service.settings_values import Section, setting

SHORTEST_KEY = 32
SNOOZE_DAYS = 90


ReasonCode = Annotated[str, Field(json_schema_extra={"expected": "the code of a reason that cards offer"})]


class Site(Section):
    """The secret of this installation, with which identifiers are made unreadable before anything is kept."""

    key: SecretStr | None = setting(
        None,
        "A secret that nobody can guess, the same in every instance. What was kept under another key is not "
        "recognised any more.",
        f"at least {SHORTEST_KEY} characters that nobody can guess",
        otherwise="drawn once for each database in development; none in production",
        min_length=SHORTEST_KEY,
    )
    key_file: Path | None = setting(
        None, "A file that holds the key, instead.", f"the path of a file with at least {SHORTEST_KEY} characters"
    )

    @property
    def has_key(self) -> bool:
        """Whether a key is configured."""
        return self.key is not None or self.key_file is not None


class Feedback(Section):
    """What is kept of feedback."""

    comments: bool = setting(
        False, "Whether comments are kept. They are free text and can hold patient data: leave it off unless agreed."
    )
    reasons: Mapping[str, ReasonCode] = Field(
        default_factory=dict,
        description="The EHR's own codes or titles of override reasons, each with the reason of ours that it means.",
        json_schema_extra={"expected": 'a table such as {"Benefits > risks" = "benefits-outweigh-harms"}'},
    )


class Notes(Section):
    """Noting which cards were shown, by pseudonyms: what snoozes and the report rest on."""

    enabled: bool = setting(True, "Whether shown cards are noted. Without it nothing can be snoozed or reported.")


class Snooze(Section):
    """Holding a card back after a prescriber said why it does not help now."""

    enabled: bool = setting(
        True,
        "Whether an override reason, or taking a suggestion, silences that topic for a while.",
        otherwise="false without notes, and in production without a site key",
    )
    days: int = setting(
        SNOOZE_DAYS,
        "How long an override reason silences its topic. The words of the reason on the card say it.",
        "days, 1 to 366",
        ge=1,
        le=366,
    )
    accepted_hours: int = setting(
        24,
        "How long a topic is silent once its suggestion was taken: until the order shows in what the EHR sends.",
        "hours, 1 to 720",
        ge=1,
        le=720,
    )
    rise_percent: float = setting(
        20,
        "The rise of the daily MME, since the card was shown, that lets the topic speak again.",
        "a number above 0, at most 100",
        gt=0,
        le=100,
    )


class Retention(Section):
    """For how long `opioid-cds purge` leaves what was kept."""

    feedback_days: int = setting(730, "Feedback, without its comment.", "days, 1 to 3660", ge=1, le=3660)
    comment_days: int = setting(90, "Comments in feedback, where they are kept.", "days, 1 to 3660", ge=1, le=3660)
    card_days: int = setting(400, "Which cards were shown or held back.", "days, 1 to 3660", ge=1, le=3660)
    activity_days: int = setting(
        400, "How many calls and orders there were, by day and prescriber.", "days, 1 to 3660", ge=1, le=3660
    )


class Explain(Section):
    """The page that a card's link opens: why the card was shown, and what would change it."""

    enabled: bool = setting(
        True,
        "Whether cards link to their explanation, where public_url is set.",
        otherwise="false in production without a site key",
    )
    hours: int = setting(
        24,
        "How long a link is good, and at most for how long what is stored for it can be read.",
        "hours, 1 to 720",
        ge=1,
        le=720,
    )
    store: bool = setting(
        False,
        "Whether the numbers and reasons of each shown card are kept for its link, encrypted, without anything that "
        "names the patient. Without it the page explains what holds for every card of its kind.",
    )
