"""What a setting is: a key of a table, and the kinds of addresses that keys hold.

What a key means and what is expected stand beside it, for messages and for what is generated from them.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field


class Section(BaseModel):
    """One table of settings: frozen, and nothing in it that has no name here."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        regex_engine="python-re",  # the patterns end with \Z, so that a line break at the end is no match
        json_schema_extra={"expected": "a table"},
    )


def setting(default: Any, meaning: str, expected: str = "true or false", *, otherwise: str = "", **limits: Any) -> Any:
    """One key. `expected` completes "expected …" in messages; `otherwise` says how the default depends on others."""
    extra: dict[str, Any] = {"expected": expected, **({"otherwise": otherwise} if otherwise else {})}
    return Field(default, description=meaning, json_schema_extra=extra, **limits)


def _like(expected: str, **limits: Any) -> Any:
    return Field(json_schema_extra={"expected": expected}, **limits)


def _without_last_slash(url: str) -> str:
    return url.rstrip("/")


Origin = Annotated[
    str,
    _like(
        '"*" or an origin without a path, such as "https://ehr.example.org"', pattern=r"^(\*|https?://[^\s/@?#*]+)\Z"
    ),
    AfterValidator(str.lower),  # as browsers send it
]
BaseUrl = Annotated[
    str,
    _like('an absolute base URL, such as "https://ehr.example.org/fhir"', pattern=r"^https?://[^\s/@?#]+[^\s@?#]*\Z"),
    AfterValidator(_without_last_slash),
]
Network = Annotated[str, _like('a network, such as "10.20.0.0/16"', pattern=r"^[0-9A-Fa-f.:]+/[0-9]{1,3}\Z")]
Url = Annotated[str, Field(pattern=r"^https?://[^\s/]+[^\s]*\Z")]
PublicUrl = Annotated[str, Field(pattern=r"^https?://[^\s/@?#]+[^\s@?#]*\Z")]
"""Links and audiences are made by adding a path to it: nothing may stand in front of its host, or behind its path."""
