"""The JSON Schemas of what comes in from outside, loaded and checked once, and how their errors are said."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from importlib.resources import files
from itertools import islice
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

FaultPath = tuple[str | int, ...]

MOST_FAULTS = 20
"""That a caller is told of at once."""


def _validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads(files(__name__).joinpath(f"{name}.json").read_text(encoding="utf-8")))


HOOK_REQUEST = _validator("hook-request")
FEEDBACK = _validator("feedback")


def faults(validator: Draft202012Validator, instance: Any) -> Iterator[tuple[FaultPath, str]]:
    """Where an instance breaks the schema, and what was expected there; never the value itself."""
    definitions = validator.schema["$defs"] if isinstance(validator.schema, Mapping) else {}
    for error in validator.iter_errors(instance):
        path = tuple(error.absolute_path)
        schema: Mapping[str, Any] = error.schema if isinstance(error.schema, Mapping) else {}
        if error.validator == "required":
            yield from _missing(error, schema, path, definitions)
        elif error.validator == "additionalProperties":
            yield from _unknown(error, schema, path)
        else:
            yield path, _expected(schema)


def first_faults(validator: Draft202012Validator, instance: Any) -> list[tuple[str, str]]:
    """Those that a caller is told, with written paths; a body of nothing but faults holds thousands of them."""
    return [(written(path), reason) for path, reason in islice(faults(validator, instance), MOST_FAULTS)]


def written(path: FaultPath) -> str:
    """A path as people write it: `feedback[1].outcome`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def _missing(
    error: ValidationError, schema: Mapping[str, Any], path: FaultPath, definitions: Mapping[str, Any]
) -> Iterator[tuple[FaultPath, str]]:
    # jsonschema reports each missing property as an error of its own; its name is only in the message.
    properties = schema.get("properties", {})
    for name in schema["required"]:
        if f"{name!r} is a required property" == error.message:
            wanted = properties.get(name, {})
            referred = wanted.get("$ref", "").removeprefix("#/$defs/")
            yield (*path, name), f"missing; {_expected(definitions[referred] if referred else wanted)}"


def _unknown(error: ValidationError, schema: Mapping[str, Any], path: FaultPath) -> Iterator[tuple[FaultPath, str]]:
    known = schema.get("properties", {})
    unknown: Mapping[str, Any] = error.instance if isinstance(error.instance, Mapping) else {}
    for name in unknown:
        if name not in known:
            yield (*path, name), f"unknown; known here: {', '.join(sorted(known))}"


def _expected(schema: Mapping[str, Any]) -> str:
    return f"expected {schema.get('expected') or schema.get('description', 'something else')}"
