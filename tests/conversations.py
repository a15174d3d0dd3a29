"""The recorded conversations: what a client sends, and all that it gets back.

`fixtures/conversations/<service>/<case>/` holds `request.json`, `response.json` and `README.md`,
`status.txt` where the answer is not HTTP 200, and `profile.txt` where another guideline than CDC 2022
speaks. Every conversation takes place on the same day, and the uuids of an answer, which are new each
time, stand as `<uuid>`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient

import opioids.knowledge
from cds_service import settings
from cds_service.app import build_services, create_app
from opioids.knowledge import Knowledge

FOLDER = Path(__file__).resolve().parents[1] / "fixtures" / "conversations"
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
UUID = "<uuid>"
FILES = frozenset({"request.json", "response.json", "README.md"})
STATUS_FILE = "status.txt"
PROFILE_FILE = "profile.txt"
DEFAULT_PROFILE = "us-cdc-2022"


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """One folder: a call of a service and the answer that is expected."""

    folder: Path

    @property
    def service_id(self) -> str:
        return self.folder.parent.name

    @property
    def name(self) -> str:
        return f"{self.service_id}/{self.folder.name}"

    @property
    def request(self) -> bytes:
        return (self.folder / "request.json").read_bytes()

    @property
    def response(self) -> Any:
        return json.loads((self.folder / "response.json").read_bytes())

    @property
    def profile(self) -> str:
        """The guideline of the site that was called."""
        file = self.folder / PROFILE_FILE
        return file.read_text(encoding="utf-8").strip() if file.exists() else DEFAULT_PROFILE

    @property
    def status(self) -> int:
        file = self.folder / STATUS_FILE
        return int(file.read_text(encoding="utf-8")) if file.exists() else 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back, with the uuids as they were sent."""

    status: int
    content_type: str
    body: Any


def found_in(folder: Path = FOLDER) -> list[Conversation]:
    """Every case folder, whether or not it holds what it should."""
    return [Conversation(folder=case) for case in sorted(folder.glob("*/*")) if case.is_dir()]


class Callers:
    """The sites that are called, one for each guideline, put up when they are first needed."""

    def __init__(self, knowledge: Knowledge | None = None) -> None:
        knowledge = knowledge or opioids.knowledge.load()
        self.under = cache(lambda profile: client(knowledge, profile))


def client(knowledge: Knowledge | None = None, profile: str = DEFAULT_PROFILE) -> FlaskClient:
    """The whole service on the day of the conversations. Its database is never opened: cards need none."""
    numbers = count(1)
    environment = {
        "OPIOID_CDS_DATABASE__URL": "sqlite:///never-opened.sqlite3",
        "OPIOID_CDS_DATABASE__MIGRATE_AT_START": "false",
        "OPIOID_CDS_GUIDELINE__PROFILE": profile,
    }
    known = knowledge or opioids.knowledge.load()
    app = create_app(
        settings.load(None, {**environment, "OPIOID_CDS_NOTES__ENABLED": "false"}),
        knowledge=known,
        services=build_services(settings.load(None, environment), known),  # with the words of a site that notes cards
        clock=lambda: NOW,
        new_uuid=lambda: f"00000000-0000-4000-8000-{next(numbers):012d}",
    )
    return app.test_client()


def replay(callers: Callers, conversation: Conversation) -> Answer:
    """Sends the request as it stands in its file to the site whose guideline it names."""
    address = f"/cds-services/{conversation.service_id}"
    answer = callers.under(conversation.profile).post(
        address, data=conversation.request, content_type="application/json"
    )
    return Answer(status=answer.status_code, content_type=answer.content_type, body=json.loads(answer.data))


def without_uuids(tree: Any) -> Any:
    """The answer as it is recorded: every uuid replaced."""
    return _mapped(tree, lambda key, value: UUID if key == "uuid" else value)


def _mapped(tree: Any, change: Callable[[str, Any], Any]) -> Any:
    if isinstance(tree, dict):
        return {key: change(key, _mapped(value, change)) for key, value in tree.items()}
    return [_mapped(value, change) for value in tree] if isinstance(tree, list) else tree
