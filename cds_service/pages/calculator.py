"""`/calculator`: orders in plain words or FHIR in, the arithmetic, a chart and other tables' answers out.

Everything travels in the form: nothing is stored, and nothing about a patient stands in an address.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

from flask import Flask, Response, request

from cds_service import mme_answer
from cds_service.pages.charts import Entry
from cds_service.pages.order_lines import OrderLine, orders_of
from cds_service.pages.site import Fault, Site, as_json
from cds_service.queries import conversion_table, day
from fhir_mappings import calculator
from fhir_mappings.elements import UnsuitableBody
from hooks.protocol import RequestError
from opioids.conversion import ConversionTable
from opioids.mme import MmeTotal, Supplement
from opioids.prescriptions import Uncounted
from opioids.quantities import shown

EXAMPLE = """oxycodone ER 40 mg tablets, 1 tablet twice a day
oxycodone 5 mg tablets, 1-2 tablets every 6 hours as needed, max 6 a day
fentanyl 25 mcg/h patches, 1 patch every 72 hours
meperidine 50 mg tablets, 1 tablet every 6 hours
lisinopril 10 mg tablets, 1 tablet a day
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What the form holds, as it was written."""

    orders: str
    table: str
    guideline: str
    day: str
    compared: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Calculated:
    """The orders under the chosen table, and under every other one that is compared; the chosen one comes first."""

    total: MmeTotal
    lines: tuple[OrderLine, ...]
    totals: tuple[tuple[ConversionTable, MmeTotal], ...]

    @property
    def references(self) -> tuple[tuple[str, str], ...]:
        """Reference and medication of what any table counts or fails to count, in the order given."""
        found: dict[str, str] = {}
        for _, total in self.totals:
            for line in total.counted:
                found.setdefault(line.reference, line.medication)
            for one in total.uncounted:
                found.setdefault(one.reference, one.medication)
        return tuple(found.items())

    @property
    def nothing_computed(self) -> bool:
        """Whether all that could matter is unknown, so that any number, and zero first, would be wrong."""
        return not self.total.counted and not self.total.complete

    @property
    def beside(self) -> dict[Uncounted, Supplement]:
        """What another table says of orders that the chosen one does not convert; in no total."""
        return {one.uncounted: one for one in self.total.supplements}

    @property
    def directions(self) -> dict[str, str]:
        """What was read as the directions of each line."""
        return {f"MedicationRequest/line-{line.number}": line.directions for line in self.lines}

    @property
    def json(self) -> str:
        """The answer of `POST /mme` for the same orders."""
        return as_json(mme_answer.answer(self.total))


def register(app: Flask, site: Site) -> None:
    """Adds the page."""
    page = Page(site)
    app.add_url_rule("/calculator", "calculator", page.show, methods=["GET"])
    app.add_url_rule("/calculator", "calculated", page.calculate, methods=["POST"])


class Page:
    """The page with the knowledge that it needs."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._knowledge = site.shell.knowledge
        self._guidelines = site.shell.guidelines

    def show(self) -> Response:
        """The empty form, or an example in it."""
        choice = self._site.shell.settings.guideline
        own = self._knowledge.guidelines[choice.profile].default_table
        return self._page(
            Form(
                orders=EXAMPLE if "example" in request.args else "",
                table=choice.table or own,
                guideline=choice.profile,
                day=self._site.shell.today().isoformat(),
                compared=frozenset(),
            )
        )

    def calculate(self) -> Response:
        """The form with what comes of it."""
        sent = request.form
        choice = self._site.shell.settings.guideline
        form = Form(
            orders=sent.get("orders", ""),
            table=sent.get("table", ""),
            guideline=sent.get("guideline", choice.profile),
            day=sent.get("day", "") or self._site.shell.today().isoformat(),
            compared=frozenset(sent.getlist("compare")),
        )
        try:
            return self._page(form, self._calculated(form))
        except UnsuitableBody as error:
            return self._page(form, fault=Fault(field="orders", words=f"{error.path}: {error.reason}"))
        except RequestError as error:
            field = error.path if error.path in ("table", "day", "guideline") else "orders"
            said = error.reason if error.path in ("", field) else str(error)
            return self._page(form, fault=Fault(field=field, words=said))

    def _calculated(self, form: Form) -> Calculated:
        table = conversion_table(self._knowledge, form.table)
        on = day(form.day, "day")
        lines, body = orders_of(form.orders, self._knowledge.recogniser.identifier.names)
        others = [one for name, one in self._knowledge.tables.items() if name in form.compared and one is not table]
        total = partial(calculator.calculate, body, knowledge=self._knowledge, as_of=on)
        totals = tuple((one, total(table=one)) for one in (table, *others))
        return Calculated(total=totals[0][1], lines=lines, totals=totals)

    def _page(self, form: Form, calculated: Calculated | None = None, fault: Fault | None = None) -> Response:
        guideline = self._guidelines.get(form.guideline)
        points = [one.mme_per_day for one in guideline.dose_points if one.mme_per_day is not None] if guideline else []
        return self._site.page(
            "calculator.html",
            form=form,
            fault=fault,
            calculated=calculated,
            tables=tuple(self._knowledge.tables.values()),
            guidelines=tuple(self._guidelines.values()),
            guideline=guideline,
            entries=self._entries(calculated.total) if calculated else (),
            points=points,
        )

    def _entries(self, total: MmeTotal) -> tuple[Entry, ...]:
        """The bars: what is counted, what is not computed, and the sum."""
        say = self._site.say
        counted = [
            Entry(
                label=line.medication,
                value=shown(line.mme_per_day.maximum),
                scheduled=line.mme_per_day.scheduled,
                maximum=line.mme_per_day.maximum,
            )
            for line in total.counted
        ]
        unknown = [
            Entry(label=one.medication, value=say("not computed"), scheduled=None, maximum=None)
            for one in total.uncounted
        ]
        most = shown(total.maximum)
        together = Entry(
            label=say("All together"),
            value=most if total.complete else say("at least %(mme)s") % {"mme": most},
            scheduled=total.scheduled,
            maximum=total.maximum,
            sum=True,
            at_least=not total.complete,
        )
        if not counted and unknown:
            together = replace(unknown[0], label=together.label, sum=True)
        return (*counted, *unknown, together)
