"""The kinds of clients that are known, and which of them a call comes from."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

from cds_service.auth import TrustedClient
from cds_service.request_json import Received
from cds_service.settings_sections import ClientProfile
from cds_service.tokens import LONGEST_TOKEN, Refused, object_in
from hooks.client_traits import ClientTraits, DetailFormat
from hooks.protocol import ActionType, SelectionBehavior
from opioids.tables import Review

SANDBOX_ISSUER = "https://sandbox.cds-hooks.org"


@cache
def known() -> dict[ClientProfile, ClientTraits]:
    """The traits of each kind of client. Raises `ValueError` or `KeyError` for a row that is incomplete."""
    rows = json.loads(files(__package__).joinpath("client_profiles.json").read_text(encoding="utf-8"))
    return {profile: _traits(profile, rows) for profile in ClientProfile}


def _traits(profile: ClientProfile, rows: list[dict[str, Any]]) -> ClientTraits:
    own = {row["trait"]: row for row in rows if row["profile"] == profile.value}
    for row in own.values():
        if not row["source"] or row["review"] not in set(Review):
            raise ValueError(f"{profile.value}, {row['trait']}: a row names its source and its review state")
    value = {trait: row["value"] for trait, row in own.items()}
    return ClientTraits(
        name=profile.value,
        selection=SelectionBehavior(value["selection"]),
        applies=frozenset(map(ActionType, value["applies"])),
        actions_per_suggestion=value["actions_per_suggestion"],
        keeps_details=value["keeps_details"],
        detail=DetailFormat(value["detail"]),
        detail_extension=value["detail_extension"],
        code_systems=value["code_systems"],
    )


def profile_of(
    client: TrustedClient | None, received: Received, authorization: str | None, default: ClientProfile
) -> ClientProfile:
    """The kind of client that calls: the one that proved who it is, or as it seems.

    What seems decides nothing but how cards are written. A client that is not known is treated as `default`.
    """
    if client is not None:
        return client.profile
    if default is not ClientProfile.GENERIC:
        return default
    if received.from_epic:
        return ClientProfile.EPIC
    return ClientProfile.SANDBOX if _says_sandbox(authorization) else default


def _says_sandbox(authorization: str | None) -> bool:
    """Whether a token, which nobody has checked, names the public sandbox as its issuer."""
    if not authorization or len(authorization) > LONGEST_TOKEN or authorization.count(".") != 2:
        return False
    try:
        return object_in(authorization.split(".")[1]).get("iss") == SANDBOX_ISSUER
    except Refused:
        return False
