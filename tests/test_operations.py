"""What docs/operations.md says can be seen of the service from outside: every metric with its labels, every log key."""

from __future__ import annotations

import re
from pathlib import Path

from cds_service.log_lines import LOGGED_KEYS
from cds_service.observability import Metrics

TEXT = (Path(__file__).resolve().parents[1] / "docs" / "operations.md").read_text(encoding="utf-8")


def test_every_metric_is_told_with_its_labels():
    told = {
        name.removesuffix("_total"): re.findall(r"`(\w+)`", labels)
        for name, labels in re.findall(r"^\| `(opioid_cds_\w+)` \|(.*?)\|", TEXT, re.MULTILINE)
    }
    there = {name: list(metric._labelnames) for name, metric in Metrics()._registry._names_to_collectors.items()}
    assert told == {
        name: labels for name, labels in there.items() if not re.search(r"_(total|created|sum|count|bucket)$", name)
    }


def test_every_key_of_a_log_line_is_told():
    keys = {
        key
        for cell in re.findall(r"^\| (`\w+`(?:, `\w+`)*) \|", TEXT, re.MULTILINE)
        for key in re.findall(r"\w+", cell)
    }
    assert {key for key in keys if not key.startswith("opioid_cds")} == LOGGED_KEYS | {
        "time",
        "level",
        "event",
        "logger",
    }
