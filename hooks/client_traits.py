"""What differs between the clients that show cards, and a card as one of them can show it.

The deciding and the words are the same for all; only what a client cannot show or would do wrongly is left
out, and then said in words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from fhir_mappings.orders import with_code_systems
from hooks.protocol import Action, ActionType, Card, SelectionBehavior, Suggestion
from opioids.recommendations import Topic


class DetailFormat(StrEnum):
    """How a client shows a card's detail."""

    MARKDOWN = "markdown"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientTraits:
    """What is known of one kind of client.

    `applies` are the kinds of action that it takes over as they are meant; `keeps_details` is false when of an
    order that is created only the drug is taken over, and its directions are the client's own. `code_systems` tells
    what it calls a code system that it has another name for; `detail_extension` where it wants to be told of a plain
    detail.
    """

    name: str
    selection: SelectionBehavior
    applies: frozenset[ActionType]
    actions_per_suggestion: int
    keeps_details: bool
    detail: DetailFormat
    detail_extension: str
    code_systems: Mapping[str, str] = field(default_factory=dict)

    def shows(self, cards: tuple[Card, ...]) -> tuple[Card, ...]:
        """The cards as this client can show them."""
        if self.detail is DetailFormat.PLAIN or self.code_systems:
            return tuple(map(self._changed, cards))
        return tuple([card if self._shows_as_it_is(card) else self._changed(card) for card in cards])

    def _shows_as_it_is(self, card: Card) -> bool:
        if self.selection is not card.selection:
            return False
        return not card.suggestions or all(self._takes(one, card) for one in card.suggestions)

    def _changed(self, card: Card) -> Card:
        taken = tuple(one for one in card.suggestions if self._takes(one, card))
        told = [one.label for one in card.suggestions if one not in taken]
        detail = "\n\n".join([card.detail, *(f"Suggested: {label}." for label in told)])
        extensions = card.extensions
        if self.detail is DetailFormat.PLAIN:
            detail = as_plain(detail)
            if self.detail_extension:
                extensions = {**extensions, self.detail_extension: "text/plain"}
        return replace(
            card,
            detail=detail,
            suggestions=tuple(map(self._suggestion, taken)) if self.code_systems else taken,
            selection=self.selection,
            extensions=extensions,
        )

    def _takes(self, suggestion: Suggestion, card: Card) -> bool:
        """Whether it does what is meant: a slower step with the directions of another order is none."""
        kinds = {action.type for action in suggestion.actions}
        whole = self.keeps_details or card.source.topic is not Topic.SLOWER_TAPER
        return whole and kinds <= self.applies and len(suggestion.actions) <= self.actions_per_suggestion

    def _suggestion(self, suggestion: Suggestion) -> Suggestion:
        return replace(suggestion, actions=tuple(map(self._action, suggestion.actions)))

    def _action(self, action: Action) -> Action:
        return replace(action, resource=with_code_systems(action.resource, self.code_systems))


_BOLD = re.compile(r"(?<!\\)\*\*")
_ESCAPED = re.compile(r"\\([\\`*_~#|\]])")
_ENTITIES = (("&lt;", "("), ("&gt;", ")"), ("&amp;", "&"))


def as_plain(detail: str) -> str:
    """A detail without its Markdown. What stood for `<` and `>` becomes brackets: nobody can take it for HTML."""
    text = _ESCAPED.sub(r"\1", _BOLD.sub("", detail))
    for entity, letter in _ENTITIES:
        text = text.replace(entity, letter)
    return text
