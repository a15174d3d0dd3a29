"""How wide words are and where lines of them break: what a server must guess that a browser measures.

Widths are in units of the font size, after the widest of the fonts that a system is likely to have
(DejaVu Sans), so that words take less room in a browser than was kept for them, never more.
"""

from __future__ import annotations

import unicodedata

_NARROW = frozenset("ijl.,:;'|!()[] /\\It")
_WIDE = frozenset("mwMWQO@%&—")
_NARROW_EM, _WIDE_EM, _CAPITAL_EM, _USUAL_EM, _FOREIGN_EM = 0.42, 1.0, 0.76, 0.66, 1.1


def width_of(text: str, size: float) -> float:
    """The room that a line of words takes at a font size, rather too much than too little."""
    return size * sum(map(_em, text))


def _em(letter: str) -> float:
    if letter in _NARROW:
        return _NARROW_EM
    if letter in _WIDE:
        return _WIDE_EM
    if not letter.isascii():
        return 0.0 if unicodedata.combining(letter) else _FOREIGN_EM
    return _CAPITAL_EM if letter.isupper() else _USUAL_EM


def broken(text: str, room: float, size: float) -> tuple[str, ...]:
    """The words in lines that fit the room: broken between words, and within one that is wider than a line.

    Nothing is left out. Control characters, which could turn or hide the words beside them, are spaces.
    """
    lines = [""]
    for word in _without_controls(text).split():
        joined = f"{lines[-1]} {word}".strip()
        if width_of(joined, size) <= room:
            lines[-1] = joined
        else:
            lines.extend(_pieces(word, room, size))
    return tuple(line for line in lines if line) or ("",)


def _pieces(word: str, room: float, size: float) -> list[str]:
    pieces = [""]
    for letter in word:
        if pieces[-1] and width_of(pieces[-1] + letter, size) > room:
            pieces.append("")
        pieces[-1] += letter
    return pieces


def _without_controls(text: str) -> str:
    return "".join(" " if unicodedata.category(letter) in ("Cc", "Cf", "Cs") else letter for letter in text)
