"""The synthetic conversations that the page offers: `<folder>/<service>/<case>/request.json` and README.md."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from pathlib import Path

DAY = date(2026, 11, 22)
"""The day on which every conversation takes place: their orders are dated around it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """One request that can be tried. `key` is `<service>/<case>`; `about` says in Markdown what it shows.

    `guideline` is the one that it was recorded under, empty for the site's own.
    """

    key: str
    service_id: str
    title: str
    about: str
    file: Path
    guideline: str = ""

    @property
    def request(self) -> str:
        """The request as it stands in its file."""
        return self.file.read_text(encoding="utf-8")


def found_in(folder: Path, service_ids: Collection[str]) -> tuple[Conversation, ...]:
    """The conversations of these services, in order; none when there is no such folder."""
    return tuple(
        _conversation(service_id, file)
        for service_id in service_ids
        for file in sorted(folder.joinpath(service_id).glob("*/request.json"))
    )


def _conversation(service_id: str, file: Path) -> Conversation:
    case = file.parent.name
    readme, profile = file.with_name("README.md"), file.with_name("profile.txt")
    title, _, about = (readme.read_text(encoding="utf-8") if readme.exists() else "").partition("\n")
    return Conversation(
        key=f"{service_id}/{case}",
        service_id=service_id,
        title=title.removeprefix("#").strip() or case.replace("-", " ").replace("_", " "),
        about=flowing(about.strip()),
        file=file,
        guideline=profile.read_text(encoding="utf-8").strip() if profile.exists() else "",
    )


def flowing(text: str) -> str:
    """Prose whose lines were broken by hand, each paragraph as one line; lists stay as they are."""
    return re.sub(r"(?<=\S)\n(?=[^\s\-*+\d|#])", " ", text)
