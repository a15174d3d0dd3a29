"""`/taper`: plans for the opioids of a day, step by step, for clinicians; on paper for the patient; as FHIR to keep.

Everything travels in the form: nothing is stored, and nothing about a patient stands in an address.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

from babel.dates import format_date
from flask import Flask, Response, request

from cds_service.json_bytes import indented
from cds_service.mme_input import Unreadable
from cds_service.pages.charts import WIDTHS, Chart
from cds_service.pages.language import SOURCE
from cds_service.pages.order_lines import OrderLine, orders_of
from cds_service.pages.site import Fault, Site
from cds_service.pages.step_chart import Stairs, Tread, step_chart
from cds_service.pages.taper_form import Form, key_of, plans_for, profile_of, stops
from cds_service.pages.taper_sheet import sheet_of
from cds_service.taper_input import LONGEST_INTERVAL_DAYS, Planned, WrongOption
from fhir_mappings.elements import UnsuitableBody
from hooks.protocol import RequestError
from hooks.words.no_plan import instead_words, missing_words, obstacle_words
from hooks.words.taper import doses_words
from hooks.words.taper_notes import (
    HOLD,
    NALOXONE,
    basis_words,
    order_words,
    pace_words,
    plan_notes,
    step_words,
    watch_for,
)
from opioids.quantities import shown
from opioids.tapers.values import NoPlan, Obstacle, TaperPlan

EXAMPLE = """oxycodone ER 40 mg tablets, 1 tablet twice a day
oxycodone 5 mg tablets, 1 tablet every 8 hours as needed
"""
FHIR_TYPE = "application/fhir+json"
_WORDS = (basis_words, doses_words, order_words, pace_words, plan_notes, step_words, watch_for)
"""What tells a plan in words, in any language."""
_FAULTS = {Obstacle.TARGET_NOT_BELOW: "to", Obstacle.BEGUN_BELOW: "begun"}
"""Which field is wrong where a wish makes no sense for the orders."""
_FIELDS = {"as-of": "start", "start": "start", "begun-at": "begun"}


def register(app: Flask, site: Site) -> None:
    """Adds the page, the patient's sheet and the file."""
    page = Page(site)
    app.add_url_rule("/taper", "taper", page.show, methods=["GET"])
    app.add_url_rule("/taper", "tapered", page.plan, methods=["POST"])
    app.add_url_rule("/taper/sheet", "taper_sheet", page.sheet, methods=["POST"])
    app.add_url_rule("/taper/care-plan", "taper_care_plan", page.care_plan, methods=["POST"])


class Page:
    """The page with the knowledge that it needs."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._known = site.shell.knowledge
        self._guidelines = site.shell.guidelines

    def show(self) -> Response:
        """The empty form, or an example in it."""
        self._site.speak_readers_language()
        example = EXAMPLE if "example" in request.args else ""
        return self._page(self._filled(Form(orders=example)))

    def plan(self) -> Response:
        """The form with the plans for what is in it."""
        self._site.speak_readers_language()
        form = self._filled(Form.of(request.form))
        found = self._planned(form)
        return self._page(form, found) if isinstance(found, Planned) else self._page(form, fault=found)

    def sheet(self) -> Response:
        """One of the plans on paper for the patient, in a language that was asked for."""
        self._site.speak_readers_language()
        form = self._filled(Form.of(request.form))
        chosen = self._chosen(form)
        if isinstance(chosen, Response):
            return chosen
        self._site.speak(request.form.get("sheet", ""))
        guideline = self._guidelines[form.guideline]
        sheet = sheet_of(*chosen, self._site.say, self._site.language, guideline.jurisdiction)
        return self._site.page("taper_sheet.html", sheet=sheet, form=form, plan=key_of(chosen[1]))

    def care_plan(self) -> Response:
        """One of the plans as FHIR, to be kept as a file."""
        from cds_service import taper_fhir  # noqa: PLC0415 - the models of FHIR take long to load

        self._site.speak_readers_language()
        form = self._filled(Form.of(request.form))
        chosen = self._chosen(form)
        if isinstance(chosen, Response):
            return chosen
        planned, plan = chosen
        if self._orders_of(form)[0]:
            plan = _of_typed_orders(plan)
        written = indented(taper_fhir.answer(replace(planned, found=(plan,))))
        headers = {"Content-Disposition": 'attachment; filename="taper-plan.json"'}
        return Response(written, content_type=FHIR_TYPE, headers=headers)

    def _filled(self, form: Form) -> Form:
        """The form with what the site chose, where nothing was."""
        choice = self._site.shell.settings.guideline
        today = self._site.shell.today().isoformat()
        day = form.day or today
        return replace(form, guideline=form.guideline or choice.profile, day=day, start=form.start or day)

    def _planned(self, form: Form) -> Planned | Fault:
        try:
            _, body = self._orders_of(form)
            return plans_for(form, body, self._known, self._guidelines, self._site.shell.today())
        except WrongOption as error:
            return Fault(field=_FIELDS.get(error.option, error.option), words=error.reason(self._site.say))
        except (Unreadable, UnsuitableBody) as error:
            return self._unreadable(str(error))
        except RequestError as error:
            return self._unreadable(error.reason if error.path in ("", "orders") else str(error))
        except ValueError:
            return Fault(field="interval", words=self._site.say("expected a whole number of days"))

    def _orders_of(self, form: Form) -> tuple[tuple[OrderLine, ...], dict[str, Any]]:
        return orders_of(form.orders, self._known.recogniser.identifier.names)

    def _unreadable(self, why: str) -> Fault:
        """What is wrong with the orders. What readers of FHIR say is for those who write it, and in English."""
        said = self._site.say(why)
        if said != why or self._site.language == SOURCE:
            return Fault(field="orders", words=said)
        return Fault(field="orders", words=self._site.say("The orders cannot be read:"), detail=why)

    def _chosen(self, form: Form) -> tuple[Planned, TaperPlan] | Response:
        """The plan that a button named, or the page that says what is wrong."""
        planned = self._planned(form)
        if isinstance(planned, Fault):
            return self._page(form, fault=planned)
        wanted = request.form.get("plan", "")
        if not isinstance(planned.found, NoPlan):
            for plan in planned.found:
                if key_of(plan) == wanted:
                    return planned, plan
        return self._page(form, planned)

    def _page(self, form: Form, planned: Planned | None = None, fault: Fault | None = None) -> Response:
        plans: tuple[TaperPlan, ...] = ()
        refusal, say = None, self._site.say
        if planned and isinstance(planned.found, NoPlan):
            words, obstacle = obstacle_words(planned.found, say), planned.found.obstacle
            if obstacle in _FAULTS:
                fault = Fault(field=_FAULTS[obstacle], words=words)
            else:
                advice = instead_words(planned.found, planned.profile, say)
                refusal = {"words": words, "missing": missing_words(planned.found), "advice": advice}
        elif planned and not isinstance(planned.found, NoPlan):
            plans = planned.found
        profile = planned.profile if planned else profile_of(form, self._known, self._guidelines)
        first = plans[0] if plans else None
        return self._site.page(
            "taper.html",
            form=form,
            fault=fault,
            refusal=refusal,
            plans=plans,
            remarks=planned.remarks(say) if planned else [],
            charts=[self._charts(plan, plans) for plan in plans],
            profile=profile,
            profiles=tuple(self._known.tapers.profiles.values()),
            guidelines=tuple(self._guidelines.values()),
            tables=tuple(self._known.tables.values()),
            stops=stops(profile),
            pace=shown(first.percent if first else profile.percent),
            interval=first.interval_days if first else profile.interval_days,
            longest=LONGEST_INTERVAL_DAYS,
            tapers=self._known.tapers,
            hold=HOLD,
            naloxone=NALOXONE,
            say=say,
            key_of=key_of,
            languages=self._site.languages.names(),
            sheet=request.form.get("sheet", "") or self._site.language,
            **{one.__name__: partial(one, say=say) for one in _WORDS},
        )

    def _charts(self, plan: TaperPlan, plans: tuple[TaperPlan, ...]) -> tuple[tuple[str, Chart], ...]:
        """A plan's stairs for a screen and for a telephone, on the scales of all the plans."""
        stairs = Stairs(
            treads=tuple(Tread(start=step.start, mme=step.mme) for step in plan.steps),
            until=max(one.steps[-1].end for one in plans),
            most=max(step.mme for one in plans for step in one.steps),
        )
        unit = self._site.say("MME/day")

        def month(day: date) -> str:
            return str(format_date(day, "MMM y", locale=self._site.language))

        return tuple((fit, step_chart(stairs, month, width=width, unit=unit)) for fit, width in WIDTHS)


def _of_typed_orders(plan: TaperPlan) -> TaperPlan:
    """The plan without the names of lines, which are those of no order in a record."""
    steps = (replace(step, doses=tuple(replace(dose, references=()) for dose in step.doses)) for step in plan.steps)
    return replace(plan, steps=tuple(steps))
