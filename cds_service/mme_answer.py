"""The answer of the calculator, `POST /mme` and `opioid-cds mme --json`, key by key as promised."""

from __future__ import annotations

from typing import Any

from cds_service.answer_json import number
from opioids.dose_sums import DOSE_PLACES
from opioids.dosing import DailyAmount
from opioids.mme import MmeTotal, Supplement
from opioids.mme_lines import MmeLine
from opioids.prescriptions import Uncounted


def answer(total: MmeTotal) -> dict[str, Any]:
    """The arithmetic as JSON: MME rounded half up to 2 decimals, doses to 4, factors exact."""
    beside = {one.uncounted: one for one in total.supplements}
    return {
        "table": total.table,
        "asOf": total.as_of.isoformat(),
        "complete": total.complete,
        "mmePerDay": {"scheduled": number(total.scheduled), "maximum": number(total.maximum)},
        "counted": [_counted(line) for line in total.counted],
        "uncounted": [_uncounted(order, beside.get(order)) for order in total.uncounted],
        "ignored": [
            {"reference": order.reference, "medication": order.medication, "reason": order.reason.value}
            for order in total.ignored
        ],
    }


def _counted(line: MmeLine) -> dict[str, Any]:
    return {
        "reference": line.reference,
        "medication": line.medication,
        "ingredient": {"rxcui": line.ingredient.rxcui, "name": line.ingredient.name},
        "route": line.route.value,
        "asNeeded": line.as_needed,
        "dosePerDay": {**_amount(line.converted, DOSE_PLACES), "unit": line.conversion.per.value},
        "factor": float(line.factor),
        "mmePerDay": _amount(line.mme_per_day),
        "arithmetic": line.arithmetic,
        "assumptions": list(line.assumptions),
    }


def _uncounted(order: Uncounted, beside: Supplement | None) -> dict[str, Any]:
    """An uncounted order; where another table knows it, that table's figure, which is in no total."""
    found: dict[str, Any] = {
        "reference": order.reference,
        "medication": order.medication,
        "reason": order.reason.value,
        "detail": order.detail,
    }
    if beside is not None:
        found["supplementary"] = {
            "table": beside.table,
            "mmePerDay": _amount(beside.mme_per_day),
            "arithmetic": beside.arithmetic,
            "assumptions": list(beside.assumptions),
        }
    return found


def _amount(amount: DailyAmount, places: int = 2) -> dict[str, float]:
    return {"scheduled": number(amount.scheduled, places), "maximum": number(amount.maximum, places)}
