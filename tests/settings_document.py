"""`python -m tests.settings_document` writes the table in `docs/configuration.md` from the settings' models."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from cds_service.settings import Settings
from cds_service.settings_schema import validator_of

ROOT = Path(__file__).resolve().parents[1]
DOCUMENT = ROOT / "docs" / "configuration.md"
BEGIN = "<!-- The table is written by `python -m tests.settings_document`. Do not edit it here. -->\n"
END = "<!-- End of the table. -->\n"


def rows() -> Iterator[tuple[str, str, str, str]]:
    """Key, default, what is expected, meaning: of every key, in the order of the models."""
    whole = validator_of(Settings).schema
    assert isinstance(whole, Mapping)
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
    """Writes it."""
    DOCUMENT.write_text(document(DOCUMENT.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
