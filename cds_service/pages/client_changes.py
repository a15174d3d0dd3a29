"""What became of cards on their way to one kind of client, for people to read."""

from __future__ import annotations

from enum import StrEnum

from hooks.protocol import Card


class Change(StrEnum):
    """What a client's profile did to an answer; each has its words in the page's template."""

    SELECTION = "selection"
    IN_WORDS = "in-words"
    CODE_SYSTEMS = "code-systems"
    DETAIL = "detail"
    EXTENSIONS = "extensions"


def between(decided: tuple[Card, ...], shown: tuple[Card, ...], *, plain: bool) -> tuple[Change, ...]:
    """What differs between the cards as they were decided and those that the client gets, each kind once.

    `plain` says that the client takes details without Markdown.
    """
    before = {card.uuid: card for card in decided}
    found = {change for card in shown for change in _of_card(before[card.uuid], card, plain)}
    return tuple(change for change in Change if change in found)


def _of_card(decided: Card, shown: Card, plain: bool) -> set[Change]:
    taken = [one for one in decided.suggestions if one.uuid in {kept.uuid for kept in shown.suggestions}]
    differs = {
        Change.SELECTION: bool(taken) and shown.selection is not decided.selection,
        Change.IN_WORDS: len(taken) < len(decided.suggestions),
        Change.CODE_SYSTEMS: taken != [*shown.suggestions],
        Change.DETAIL: plain,
        Change.EXTENSIONS: shown.extensions != decided.extensions,
    }
    return {change for change, is_so in differs.items() if is_so}
