"""`python -m tests.settings_document` writes what is generated from the settings' models:
the JSON Schema that configurations are checked with, and the table in `docs/configuration.md`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from cds_service.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
SCHEMA = ROOT / "cds_service" / "schemas" / "settings.json"
DOCUMENT = ROOT / "docs" / "configuration.md"
BEGIN = "<!-- The table is written by `python -m tests.settings_document`. Do not edit it here. -->\n"
END = "<!-- End of the table. -->\n"


def schema() -> dict[str, Any]:
    """The JSON Schema of a configuration: the models', without what TOML does not have."""
    generated = Settings.model_json_schema(by_alias=True)
    enums = {f"#/$defs/{name}": one for name, one in generated["$defs"].items() if "enum" in one}
    simple: dict[str, Any] = _simplified(generated, enums)
    simple["$defs"] = {name: one for name, one in simple["$defs"].items() if "enum" not in one}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Settings of the opioid CDS service",
    } | simple


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


def rows() -> Iterator[tuple[str, str, str, str]]:
    """Key, default, what is expected, meaning: of every key, in the order of the models."""
    whole = schema()
    yield from _rows(whole, whole["$defs"], "")


def _rows(node: Mapping[str, Any], models: Mapping[str, Any], before: str) -> Iterator[tuple[str, str, str, str]]:
    for name, one in node["properties"].items():
        if "$ref" in one:
            yield from _rows(_model(one, models), models, f"{before}{name}.")
            continue
        yield f"{before}{name}", _default(one), one["expected"], one["description"]
        if "$ref" in one.get("items", {}):
            inner = _model(one["items"], models)
            required = inner.get("required", ())
            for key, default, expected, meaning in _rows(inner, models, f"{before}{name}[]."):
                yield key, "(needed)" if key.rpartition(".")[2] in required else default, expected, meaning


def _model(node: Mapping[str, Any], models: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = models[node["$ref"].rpartition("/")[2]]
    return found


def _default(one: Mapping[str, Any]) -> str:
    otherwise: str = one.get("otherwise", "")
    if "default" not in one:
        return otherwise or "(none)"
    plain = f"`{json.dumps(one['default'])}`"
    return f"{plain}; {otherwise}" if otherwise else plain


def table() -> str:
    """The table of all settings, in Markdown."""
    lines = ["| Key in TOML | Default | Expected | What it means |", "|---|---|---|---|"]
    lines += [
        f"| `{key}` | {default} | {_cell(expected)} | {_cell(meaning)} |" for key, default, expected, meaning in rows()
    ]
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "\\<")


def document(text: str) -> str:
    """The document with the table as it is now."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}{table()}{END}{after}"


def main() -> None:
    """Writes both."""
    SCHEMA.write_text(json.dumps(schema(), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    DOCUMENT.write_text(document(DOCUMENT.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
