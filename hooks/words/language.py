"""Words that can be said in other languages too: English messages, and a function that gives them in the reader's."""

from __future__ import annotations

from collections.abc import Callable

Say = Callable[[str], str]
"""Gives a message in the reader's language. What it fills in stands in it as `%(name)s`, so that it can stand
elsewhere in another language."""


def english(text: str) -> str:
    """A message as it was written."""
    return text


def message(text: str) -> str:
    """Marks a message, so that it is found for the catalogues; it is said where it is needed."""
    return text
