"""What a service is: its entry in discovery, and what the shell and it hand to each other."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from hooks.picture import Picture
from hooks.protocol import Card, HookRequest, Link
from hooks.told import Told
from opioids.recommendations import Recommendation, Topic
from opioids.values import maker, quickly_made

if TYPE_CHECKING:
    from hooks.needs import ChartNeeds
    from hooks.trace import Trace


@quickly_made
class Call:
    """What the shell hands to a service beside the request: the clock, the source of uuids, and what rests.

    `rests` is told the picture and all that there would be to say, and answers the topics that a
    prescriber has asked not to hear about for now; None where nobody can have asked. `actions_at_once` is
    how many actions of one suggestion the client is known to carry out together. `explain` gives the link to
    the page that explains a card; None where there is no such page.
    """

    today: date
    new_uuid: Callable[[], str]
    rests: Callable[[Picture, tuple[Recommendation, ...]], Collection[Topic]] | None = None
    actions_at_once: int = 1
    explain: Callable[[Told], Link] | None = None


make_call = maker(Call)


@dataclass(frozen=True, slots=True, kw_only=True)
class References:
    """References to Medications that were not sent and without which a drug stays unknown.

    `needed` are those of what is taken or being written; `beside` those of what tells more.
    """

    needed: Sequence[str] = ()
    beside: Sequence[str] = ()

    def __bool__(self) -> bool:
        return bool(self.needed or self.beside)


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One entry of discovery and the function that answers it.

    `needs` None: it makes do with what was sent. `trace` tells how an answer comes about.
    """

    id: str
    hook: str
    title: str
    description: str
    usage_requirements: str
    prefetch: Mapping[str, str]
    evaluate: Callable[[HookRequest, Call], tuple[Card, ...]]
    needs: ChartNeeds | None = None
    hook_version: str = "1.0"
    trace: Callable[[HookRequest, Call], Trace] | None = None
