"""The JSON Schema that settings are checked with, made of their models: it says what was expected in our words."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator
from pydantic import BaseModel


@cache
def validator_of(settings: type[BaseModel]) -> Draft202012Validator:
    """The schema of a configuration: the models', without what TOML does not have."""
    generated = settings.model_json_schema(by_alias=True)
    enums = {f"#/$defs/{name}": one for name, one in generated["$defs"].items() if "enum" in one}
    simple: dict[str, Any] = _simplified(generated, enums)
    simple["$defs"] = {name: one for name, one in simple["$defs"].items() if "enum" not in one}
    return Draft202012Validator(simple)


def _simplified(node: Any, enums: Mapping[str, Any]) -> Any:
    """Without titles made from names, without null (TOML has none), and with enumerations where they are used."""
    if isinstance(node, list):
        return [_simplified(one, enums) for one in node]
    if not isinstance(node, dict):
        return node
    node = {key: value for key, value in node.items() if not (key == "title" and isinstance(value, str))}
    if node.get("default", ...) is None:
        del node["default"]
    if "anyOf" in node:
        (inner,) = (one for one in node.pop("anyOf") if one != {"type": "null"})
        node = inner | node
    if node.get("$ref") in enums:
        node = enums[node.pop("$ref")] | node
        node.pop("title", None)
    return {key: _simplified(value, enums) for key, value in node.items()}
