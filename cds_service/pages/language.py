"""The languages of the pages: one gettext catalogue (`translations/<language>.po`) each, English in the templates.

A catalogue is read when its language is first asked for; nothing compiled is kept. What a catalogue does not
translate stays English.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources.abc import Traversable
from io import BytesIO

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

SOURCE = "en"
"""The language in which the templates are written."""


class Languages:
    """The languages that there is a catalogue for, English first."""

    def __init__(self, folder: Traversable) -> None:
        self._files = {file.name.removesuffix(".po"): file for file in folder.iterdir() if file.name.endswith(".po")}
        self.offered: tuple[str, ...] = (SOURCE, *sorted(self._files.keys() - {SOURCE}))
        self.words = cache(self._words)

    def chosen(self, wanted: str, accepted: Iterable[str]) -> str:
        """The language that was asked for by name, else the first that the browser accepts, else English."""
        for tag in (wanted, *accepted):
            language = tag.lower().partition("-")[0]
            if language in self.offered:
                return language
        return SOURCE

    def names(self) -> tuple[tuple[str, str], ...]:
        """Each language's tag and what it calls itself."""
        return tuple((tag, str(Locale.parse(tag).get_display_name(tag)).capitalize()) for tag in self.offered)

    def _words(self, language: str) -> NullTranslations:
        file = self._files.get(language)
        if file is None:
            return NullTranslations()
        compiled = BytesIO()
        with file.open("rb") as source:
            write_mo(compiled, read_po(source, locale=language))
        compiled.seek(0)
        return GNUTranslations(compiled)
