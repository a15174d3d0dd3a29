"""A hundred synthetic patients, the same ones for the same day: charts with everything that a service looks at.

Every resource is valid R4, because a real server refuses what is not. Names are none, ids are numbers.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

Json = dict[str, Any]

SEED = 20261129
HOW_MANY = 100
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"

DRUGS = (
    ("1049584", "12 HR oxycodone hydrochloride 40 MG Extended Release Oral Tablet", "1 tablet every 12 hours"),
    ("1049621", "oxycodone hydrochloride 5 MG Oral Tablet", "1 tablet every 6 hours as needed"),
    ("891888", "morphine sulfate 30 MG Extended Release Oral Tablet", "1 tablet twice daily"),
    ("245134", "72 HR fentanyl 0.025 MG/HR Transdermal System", "1 patch every 72 hours"),
    ("864706", "methadone hydrochloride 10 MG Oral Tablet", "1 tablet three times a day"),
    ("857002", "acetaminophen 325 MG / hydrocodone bitartrate 5 MG Oral Tablet", "1-2 tablets every 6 hours as needed"),
    ("1010604", "buprenorphine 8 MG / naloxone 2 MG Sublingual Film", "1 film daily"),
    ("1725059", "naloxone hydrochloride 40 MG/ML Nasal Spray", "1 spray in one nostril for overdose"),
    ("197901", "lorazepam 1 MG Oral Tablet", "1 tablet at bedtime"),
    ("310431", "gabapentin 300 MG Oral Capsule", "1 capsule three times a day"),
    ("314076", "lisinopril 10 MG Oral Tablet", "1 tablet daily"),
    ("861007", "metformin hydrochloride 500 MG Oral Tablet", "1 tablet twice daily"),
)
"""Products and how they are taken, in words; those of the first half are opioids."""
OPIOIDS = 6
TIMES = (1, 2, 3, 4)
PROBLEMS = ("M54.50", "I10", "G47.33", "F11.20", "C79.51", "D57.1", "N18.4", "T40.2X1A", "F10.20")
SCORES = ("72514-3", "75893-8", "91147-9")


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """One patient: what the server holds, and the orders that are about to be signed."""

    id: str
    resources: tuple[Json, ...]
    drafts: tuple[Json, ...]

    def of(self, kind: str, *states: str) -> list[Json]:
        """The resources of a type, in any of these states where states are given."""
        found = [one for one in self.resources if one["resourceType"] == kind]
        return [one for one in found if one["status"] in states] if states else found


def charts(today: date) -> list[Chart]:
    """All of them."""
    return [_Writer(f"it-{number}", random.Random(f"{SEED}/{number}"), today).chart() for number in range(HOW_MANY)]


class _Writer:
    """Writes one chart; every choice comes from one source of chance."""

    def __init__(self, patient: str, chance: random.Random, today: date) -> None:
        self._patient = patient
        self._chance = chance
        self._today = today
        self._count = 0

    def chart(self) -> Chart:
        chance = self._chance
        person = {"resourceType": "Patient", "id": self._patient, "gender": chance.choice(["female", "male"])}
        resources: list[Json] = [{**person, "birthDate": f"{chance.randint(1935, 2015)}-05-17"}]
        for write in (self._orders, self._history, self._statements, self._problems, self._scores, self._rest):
            resources += write()
        drafts = [self._order("draft", 0, self._drug(opioid=0.8)) for _ in range(chance.choice([1, 1, 2]))]
        needed = [one for draft in drafts for one in self._referred(draft, share=0.2)]
        return Chart(id=self._patient, resources=(*resources, *needed), drafts=tuple(drafts))

    def _orders(self) -> Iterator[Json]:
        for _ in range(self._chance.choice([0, 1, 2, 3, 4, 5, 8, 11])):
            order = self._order("active", self._chance.randint(0, 700), self._drug(opioid=0.45))
            yield from self._referred(order, share=0.3)
            yield order

    def _history(self) -> Iterator[Json]:
        drug = self._drug(opioid=0.8)
        for month in range(1, self._chance.choice([0, 0, 2, 5, 9]) + 1):
            order = self._order(self._chance.choice(["completed", "stopped"]), 30 * month, drug)
            yield from self._referred(order, share=0.2)
            yield order

    def _statements(self) -> Iterator[Json]:
        for _ in range(self._chance.choice([0, 0, 0, 1, 4])):
            statement = self._order("active", self._chance.randint(0, 90), self._drug(opioid=0.5))
            dosage = statement.pop("dosageInstruction", None)
            for name in ("intent", "authoredOn", "dispenseRequest"):
                statement.pop(name, None)
            statement |= {"resourceType": "MedicationStatement", **({"dosage": dosage} if dosage else {})}
            yield statement

    def _problems(self) -> Iterator[Json]:
        system = "http://terminology.hl7.org/CodeSystem/condition-clinical"
        for code in self._chance.sample(PROBLEMS, self._chance.choice([0, 1, 1, 2, 5])):
            state = self._chance.choice(["active", "active", "resolved"])
            yield self._own(
                "Condition",
                clinicalStatus={"coding": [{"system": system, "code": state}]},
                code={"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": code}]},
                recordedDate=self._ago(self._chance.randint(1, 900)),
            )

    def _scores(self) -> Iterator[Json]:
        code = self._chance.choice(SCORES)
        for visit in range(self._chance.choice([0, 0, 2, 5, 8])):
            yield self._own(
                "Observation",
                status="final",
                code={"coding": [{"system": "http://loinc.org", "code": code}]},
                effectiveDateTime=self._ago(40 * visit + 3),
                valueInteger=self._chance.randint(3, 9),
            )
        if self._chance.random() < 0.2:
            yield self._own(
                "Observation",
                status="final",
                code={"coding": [{"system": "http://loinc.org", "code": "98979-8"}]},
                effectiveDateTime=self._ago(20),
                valueQuantity={"value": self._chance.randint(15, 95), "unit": "mL/min/{1.73_m2}"},
            )

    def _rest(self) -> Iterator[Json]:
        """An encounter, and now and then a goal and what a pharmacy handed over."""
        act = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
        place = self._chance.choice(["AMB", "AMB", "AMB", "IMP"])
        yield {
            **self._own("Encounter", status="in-progress", **{"class": {"system": act, "code": place}}),
            "id": f"{self._patient}-visit",
        }
        if self._chance.random() < 0.4:
            reached = self._chance.choice(["in-progress", "not-achieved", "no-progress"])
            system = "http://terminology.hl7.org/CodeSystem/goal-achievement"
            yield self._own(
                "Goal",
                lifecycleStatus="active",
                achievementStatus={"coding": [{"system": system, "code": reached}]},
                description={"text": "Walk to the shops in spite of the pain"},
            )
        for _ in range(self._chance.choice([0, 0, 1, 4])):
            supply = self._own(
                "MedicationDispense",
                status="completed",
                medicationCodeableConcept=_concept(self._drug(opioid=0.6)),
                whenHandedOver=self._ago(self._chance.randint(1, 400)),
                daysSupply={"value": 30, "unit": "days", "system": "http://unitsofmeasure.org", "code": "d"},
            )
            yield from self._referred(supply, share=0.3)
            yield supply

    # ---- parts ----

    def _own(self, kind: str, **elements: Any) -> Json:
        self._count += 1
        whose = {"reference": f"Patient/{self._patient}"}
        return {"resourceType": kind, "id": f"{self._patient}-{self._count}", "subject": whose, **elements}

    def _drug(self, *, opioid: float) -> tuple[str, str, str]:
        among = DRUGS[:OPIOIDS] if self._chance.random() < opioid else DRUGS[OPIOIDS:]
        return self._chance.choice(among)

    def _order(self, status: str, age: int, drug: tuple[str, str, str]) -> Json:
        order = self._own(
            "MedicationRequest",
            status=status,
            intent="order",
            medicationCodeableConcept=_concept(drug),
            authoredOn=self._ago(age),
        )
        written = self._chance.random()
        if written < 0.9:
            order["dosageInstruction"] = [self._directions(drug, structured=written < 0.6)]
        if self._chance.random() < 0.5:
            days = {"value": 30, "unit": "days", "system": "http://unitsofmeasure.org", "code": "d"}
            order["dispenseRequest"] = {"expectedSupplyDuration": days}
        return order

    def _directions(self, drug: tuple[str, str, str], *, structured: bool) -> Json:
        if not structured:
            return {"text": drug[2]}
        patch = "patch" in drug[2]
        timing = {"frequency": 1, "period": 72, "periodUnit": "h"} if patch else self._times()
        return {
            "timing": {"repeat": timing},
            "asNeededBoolean": self._chance.random() < 0.3,
            "doseAndRate": [{"doseQuantity": {"value": 1, "unit": drug[2].split()[1]}}],
        }

    def _times(self) -> Json:
        return {"frequency": self._chance.choice(TIMES), "period": 1, "periodUnit": "d"}

    def _referred(self, order: Json, *, share: float) -> Iterator[Json]:
        """Now and then the drug stands in a resource of its own, to which the order refers."""
        if self._chance.random() < share:
            self._count += 1
            drug = order.pop("medicationCodeableConcept")
            medication = {"resourceType": "Medication", "id": f"{self._patient}-{self._count}", "code": drug}
            order["medicationReference"] = {"reference": f"Medication/{medication['id']}"}
            yield medication

    def _ago(self, days: int) -> str:
        return (self._today - timedelta(days=days)).isoformat()


def _concept(drug: tuple[str, str, str]) -> Json:
    code, name, _ = drug
    return {"coding": [{"system": RXNORM, "code": code, "display": name}], "text": name}
