"""Drug names as charts write them: read rightly, or honestly not at all, and never as another strength.

How a reading is written here. "oxycodone 5 mg, tablet, oral" is a product with its strength, what it is counted in and
its route; "?" stands for what the name does not tell. "+325" are the amounts of what else is in it, "ER" is extended
release, "OUD" a product for opioid use disorder, "cough" one against coughs. "combined" is said where it is all that
is known of what else is in it.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from types import FrameType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opioids.names.forms import FormReader
from opioids.names.reading import LONGEST_NAME_READ, MOST_AMOUNTS_READ, NameReader, names_a_drug_plainly
from opioids.names.strengths import close
from opioids.names.words import amount_at, tokens_of
from opioids.prescriptions import IgnoredReason
from opioids.products import Form, Product, Route, StrengthUnit, UsualPurpose
from opioids.tables import rows_of
from tests.opioids.shipped import FORMULARY, IDENTIFIER

READER = NameReader(FORMULARY)

WITHOUT_FULL_NAMES = NameReader(FORMULARY)
"""A reader that does not know the full RxNorm names by heart, and so has to read them like any other."""
WITHOUT_FULL_NAMES._by_name = {}


def told(name: str, reader: NameReader = READER) -> str:
    reading = reader.read(name)
    product = reading.product or reading.outline
    return written(product) if product else " and ".join(one.name for one in reading.opioids)


def written(product: Product) -> str:
    component = product.components[0]
    strength = component.strength
    size = f"{strength.value.normalize():f} {strength.unit}" if strength else "?"
    counted = product.noun or (product.form.value if product.form is Form.LIQUID else "?")
    parts = [f"{component.ingredient.name} {size}", counted, product.route.value if product.route else "?"]
    if product.combination and strength and strength.unit is StrengthUnit.MG and len(product.other_strengths) < 4:
        parts.append("+" + "+".join(f"{other.normalize():f}" for other in product.other_strengths))
    elif product.combination:
        parts.append("combined")
    if product.extended_release:
        parts.append("ER")
    if product.cough_and_cold:
        parts.append("cough")
    if product.usual_purpose is UsualPurpose.OPIOID_USE_DISORDER:
        parts.append("OUD")
    return ", ".join(parts)


# ---- names and what they tell ----

# Epic, FDB and the like: generic name with the brand in brackets, tall letters, dispensing names in capitals.
CHARTS = [
    ("morphine (MS CONTIN) 15 MG 12 hr tablet", "morphine 15 mg, tablet, oral, ER"),
    ("HYDROmorphone (DILAUDID) 2 mg tablet", "hydromorphone 2 mg, tablet, oral"),
    ("oxyCODONE 5 mg/5 mL solution", "oxycodone 1 mg/mL, liquid, oral"),
    ("Oxycodone 10mg modified-release tablets", "oxycodone 10 mg, tablet, oral, ER"),
    ("chlorpheniramine-hydrocodone ER 10-8 mg/5 mL", "hydrocodone 2 mg/mL, liquid, oral, combined, ER, cough"),
    ("10 mg morphine tablets", "morphine 10 mg, tablet, oral"),
    ("Oxycodone10mg tablets", "oxycodone 10 mg, tablet, oral"),
    ("HYDROmorphone 1 mg/mL liquid", "hydromorphone 1 mg/mL, liquid, oral"),
    ("HYDROmorphone 10 mg/mL solution", "hydromorphone 10 mg/mL, liquid, injection"),
    ("morphine 20 mg/mL concentrate", "morphine 20 mg/mL, liquid, oral"),
    ("morphine oral syringe 10 mg/5 mL", "morphine 2 mg/mL, liquid, oral"),
    ("OxyContin 40 mg", "oxycodone 40 mg, tablet, oral, ER"),
    # Tablets of 60 mg are swallowed and release slowly; what is taken otherwise is none of them.
    ("oxycodone 60 mg sublingual tablet", "oxycodone 60 mg, tablet, sublingual"),
    ("morphine 100 mg rectal tablet", "morphine 100 mg, tablet, rectal"),
    # Tablets of fentanyl are for the mouth's lining, in two ways, and none of them releases slowly.
    ("fentanyl 5/325 tablet", "fentanyl ?, tablet, ?"),
    ("fentanyl 5-200 ER tablet", "fentanyl ?, tablet, oral, ER"),
    # A brand of the opioid alone has no partner whose amount could be told.
    ("OxyContin 5/325 tablet", "oxycodone ?, tablet, oral, ER"),
    ("OxyContin", "oxycodone ?, tablet, oral, ER"),
    ("Dilaudid 2 mg", "hydromorphone 2 mg, tablet, oral"),
    ("Dilaudid", "hydromorphone ?, ?, ?"),
    ("Actiq 400 mcg", "fentanyl 0.4 mg, lozenge, transmucosal"),
    ("Subsys 400 mcg", "fentanyl 0.4 mg, spray, transmucosal"),
    ("fentanyl 100 mcg/spray nasal", "fentanyl 0.1 mg/actuation, spray, nasal"),
    ("fentaNYL (ACTIQ) 200 mcg lozenge", "fentanyl 0.2 mg, lozenge, transmucosal"),
    ("fentaNYL citrate (FENTORA) 100 mcg buccal tablet", "fentanyl 0.1 mg, tablet, buccal"),
    ("tapentadol (NUCYNTA) 50 mg tablet", "tapentadol 50 mg, tablet, oral"),
    ("oxyCODONE (OXYCONTIN) 10 mg 12 hr tablet", "oxycodone 10 mg, tablet, oral, ER"),
    ("HYDROcodone bitartrate ER (HYSINGLA ER) 20 mg tablet", "hydrocodone 20 mg, tablet, oral, ER"),
    ("morphine (KADIAN) 20 mg 24 hr capsule", "morphine 20 mg, capsule, oral, ER"),
    ("OXYCODONE HCL 5 MG TABLET", "oxycodone 5 mg, tablet, oral"),
    ("MORPHINE SULF ER 15 MG TABLET", "morphine 15 mg, tablet, oral, ER"),
    ("TRAMADOL HCL 50 MG TABLET", "tramadol 50 mg, tablet, oral"),
    ("butorphanol 10 mg/mL nasal spray", "butorphanol 10 mg/mL, spray, nasal"),
    ("oxycodone hcl 5 mg cap", "oxycodone 5 mg, capsule, oral"),
    ("fentanyl 50 mcg", "fentanyl 0.05 mg, ?, ?"),
    ("hydromorphone 3 mg suppository", "hydromorphone 3 mg, suppository, rectal"),
    ("oxycodone and morphine 5 mg", "oxycodone and morphine"),
    ("opium tincture 10 mg/mL", "opium 10 mg/mL, liquid, oral"),
]

ELSEWHERE = [
    ("co-codamol 30mg/500mg tablets", "codeine 30 mg, tablet, oral, +500"),
    ("Co-codamol 8/500", "codeine 8 mg, ?, ?, +500"),
    ("Co-codamol 8mg/500mg effervescent tablets", "codeine 8 mg, tablet, oral, +500"),
    ("Targin 10/5 mg MR tablet", "oxycodone 10 mg, tablet, oral, +5, ER"),
    ("MST Continus 30mg tablets", "morphine 30 mg, tablet, oral, ER"),
    ("Codeine 30mg / Paracetamol 500mg tablets", "codeine 30 mg, tablet, oral, +500"),
    ("Paracetamol 500mg and codeine phosphate 30mg tablets", "codeine 30 mg, tablet, oral, +500"),
    ("Oramorph 10mg/5ml oral solution", "morphine 2 mg/mL, liquid, oral"),
    ("Tramacet 37.5mg/325mg tablets", "tramadol 37.5 mg, tablet, oral, +325"),
    ("Oxycodonhydrochlorid 10 mg Retardtabletten", "oxycodone 10 mg, tablet, oral, ER"),
    ("Oxycodonhydrochlorid 10 mg Retardtablette", "oxycodone 10 mg, tablet, oral, ER"),
    ("Oxycodon 10 mg Hartkapsel, retardiert", "oxycodone 10 mg, capsule, oral, ER"),
    ("Morphinsulfat 10 mg Filmtablette", "morphine 10 mg, tablet, oral"),
    ("Morphin 10 mg Zäpfchen", "morphine 10 mg, suppository, rectal"),
    ("Morphin 10 mg Suppositorien", "morphine 10 mg, suppository, rectal"),
    ("tilidine/naloxone 50/4 mg", "tilidine 50 mg, ?, ?, +4"),
    ("codeine 15mg/5ml linctus", "codeine 3 mg/mL, liquid, oral"),
    ("DF118 30 mg tablets", "dihydrocodeine 30 mg, tablet, oral"),
    ("Hydromorph Contin 3 mg capsule", "hydromorphone 3 mg, capsule, oral, ER"),
    ("co-codamol 8 mg tablets", "codeine 8 mg, tablet, oral, +500"),
]

COMBINATIONS = [
    ("oxycodone-acetaminophen 3 mg tablet", "oxycodone ?, tablet, oral, combined"),
    ("oxycodone-acetaminophen 17-4", "oxycodone ?, ?, ?, combined"),
    ("oxycodone-acetaminophen 17-4 mg", "oxycodone ?, ?, ?, combined"),
    ("hydrocodone-acetaminophen 5-325-5-325-5-325 mg", "hydrocodone ?, ?, ?, combined"),
    ("oxyCODONE-acetaminophen (PERCOCET) 5-325 MG per tablet", "oxycodone 5 mg, tablet, oral, +325"),
    ("HYDROcodone-acetaminophen (NORCO) 10-325 mg per tablet", "hydrocodone 10 mg, tablet, oral, +325"),
    ("acetaminophen-codeine (TYLENOL #3) 300-30 mg per tablet", "codeine 30 mg, tablet, oral, +300"),
    ("acetaminophen-codeine 300-30 mg per tablet", "codeine 30 mg, tablet, oral, +300"),
    ("hydrocodone-ibuprofen 10-200 mg per tablet", "hydrocodone 10 mg, tablet, oral, +200"),
    ("oxycodone-acetaminophen", "oxycodone ?, ?, ?, combined"),
    ("oxycodone-acetaminophen 1-2 tablets", "oxycodone ?, tablet, oral, combined"),
    ("oxycodone 5/325", "oxycodone 5 mg, ?, ?, +325"),
    ("hydrocodone 5-325", "hydrocodone 5 mg, ?, ?, +325"),
    ("Norco 5/325", "hydrocodone 5 mg, tablet, oral, +325"),
    ("Norco 10", "hydrocodone ?, tablet, oral, combined"),
    ("Percocet", "oxycodone ?, tablet, oral, combined"),
    ("HYDROcodone-acetaminophen 7.5-325 mg/15 mL solution", "hydrocodone 0.5 mg/mL, liquid, oral, combined"),
    ("hydrocodone-acetaminophen 10-325 mg/15 mL(15 mL) solution", "hydrocodone 0.667 mg/mL, liquid, oral, combined"),
    ("acetaminophen-codeine 120-12 mg/5 mL solution", "codeine 2.4 mg/mL, liquid, oral, combined"),
    ("HYDROcodone 7.5 mg-acetaminophen 325 mg/15 mL oral solution", "hydrocodone 0.5 mg/mL, liquid, oral, combined"),
    ("codeine 10 mg-guaifenesin 100 mg/5 mL oral liquid", "codeine 2 mg/mL, liquid, oral, combined, cough"),
    ("hydrocodone 7 mg-acetaminophen 325 mg/5 mL oral solution", "hydrocodone 7 mg, liquid, oral, +65"),
    ("hydrocodone 7.5 mg 5 mg-acetaminophen 325 mg/15 mL oral solution", "hydrocodone ?, liquid, oral, combined"),
    ("Tylenol-Codeine #4 300-60 mg tablet", "codeine 60 mg, tablet, oral, +300"),
    ("Tylenol No. 2 300 mg-15 mg tablet", "codeine 15 mg, tablet, oral, +300"),
    ("guaifenesin-codeine 100-10 mg/5 mL", "codeine 2 mg/mL, liquid, oral, combined, cough"),
    ("butalbital-acetaminophen-caffeine-codeine 50-325-40-30 mg capsule", "codeine 30 mg, capsule, oral, +50+325+40"),
    ("carisoprodol-aspirin-codeine 200-325-16 mg tablet", "codeine 16 mg, tablet, oral, +200+325"),
    ("HYDROCODON-ACETAMINOPHEN 5-300", "hydrocodone 5 mg, ?, ?, +300"),
    ("ACETAMINOPHEN-COD #3 TABLET", "codeine 30 mg, tablet, oral, +300+500"),
    ("acetaminophen-oxyCODONE 325 mg-5 mg oral tablet", "oxycodone 5 mg, tablet, oral, +325"),
    ("oxycodone 5 mg acetaminophen 325 mg tablet", "oxycodone 5 mg, tablet, oral, +325"),
    ("5 mg oxycodone / 325 mg acetaminophen tablet", "oxycodone 5 mg, tablet, oral, +325"),
    ("Percocet 5 mg", "oxycodone 5 mg, tablet, oral, +325"),
    ("Percocet 325 mg", "oxycodone ?, tablet, oral, combined"),
    ("oxycodone-acetaminophen 10 mg", "oxycodone 10 mg, ?, ?, combined"),
    ("belladonna-opium 16.2-60 mg suppository", "opium 60 mg, suppository, rectal, +16.2"),
    ("Percocet 10/325 mg 1-2 tabs", "oxycodone 10 mg, tablet, oral, +325"),
    ("oxycodone/naloxone 20/10", "oxycodone 20 mg, ?, ?, +10, ER"),
    ("Embeda 20-0.8 mg", "morphine 20 mg, capsule, oral, +0.8, ER"),
    ("codeine-guaifenesin 10-100 mg/5 mL", "codeine 2 mg/mL, liquid, oral, combined, cough"),
    ("oxycodone-acetaminophen 325 mg", "oxycodone ?, ?, ?, combined"),
]

# A rate is mcg an hour, under the label of the system; anything else is no rate. A brand that is only a patch is one.
PATCHES = [
    ("fentaNYL (DURAGESIC) 25 mcg/hr", "fentanyl 25 mcg/h, patch, transdermal, ER"),
    ("Fentanyl 25micrograms/hour transdermal patches", "fentanyl 25 mcg/h, patch, transdermal, ER"),
    ("fentanyl 12.5 mcg/hr patch", "fentanyl 12 mcg/h, patch, transdermal, ER"),
    ("fentanyl patch", "fentanyl ?, patch, transdermal"),
    ("Duragesic-25", "fentanyl ?, patch, transdermal, ER"),
    ("Duragesic 25 mcg/h", "fentanyl 25 mcg/h, patch, transdermal, ER"),
    ("fentanyl 100 mcg/72 hr patch", "fentanyl ?, patch, transdermal"),
    ("fentanyl 2.5 mcg/hr patch", "fentanyl ?, patch, transdermal"),
    ("fentanyl 25 \u00b5g/h patch", "fentanyl 25 mcg/h, patch, transdermal, ER"),
    ("fentanyl 25 \u03bcg/h patch", "fentanyl 25 mcg/h, patch, transdermal, ER"),
    ("fentanyl 25 mcgs/hr patch", "fentanyl 25 mcg/h, patch, transdermal, ER"),
    ("FENTANYL 25 MCG/HR PATCH", "fentanyl 25 mcg/h, patch, transdermal, ER"),
    ("fentanyl 75 micrograms/hour", "fentanyl 75 mcg/h, patch, transdermal, ER"),
    ("fentanyl 25 mcg per hour patch", "fentanyl 25 mcg/h, patch, transdermal, ER"),
]

# Thousands, bare fractions, units with a full stop; what can be read in two ways is not read.
NUMBERS = [
    ("oxycodone\N{EN DASH}acetaminophen 5\N{EN DASH}325 mg tablet", "oxycodone 5 mg, tablet, oral, +325"),
    ("Percocet\N{REGISTERED SIGN} 5\N{DIVISION SLASH}325 mg", "oxycodone 5 mg, tablet, oral, +325"),
    ("hydromorphone 1\N{SUPERSCRIPT TWO} mg tablet", "hydromorphone ?, tablet, oral"),
    ("morphine 15\N{NO-BREAK SPACE}mg tablet", "morphine 15 mg, tablet, oral"),
    ("morphine 15 mg in", "morphine 15 mg, ?, ?"),
    ("morphine 10 mg/", "morphine 10 mg, ?, ?"),
    ("morphine 10 mg/0 mL", "morphine ?, ?, ?"),
    ("morphine 10 mg/20", "morphine 10 mg, ?, ?"),
    ("oxycodone 0 mg tablet", "oxycodone ?, tablet, oral"),
    ("Targin 5/2.5 mg", "oxycodone 5 mg, ?, ?, +2.5"),
    ("Targin 5/2.5", "oxycodone ?, ?, ?, ER"),
    ("fentanyl 1,600 mcg lozenge", "fentanyl 1.6 mg, lozenge, transmucosal"),
    ("morphine 10 mg. tablet", "morphine 10 mg, tablet, oral"),
    ("morphine 1,5 mg", "morphine ?, ?, ?"),
    ("morphine \u00bd mg tablet", "morphine ?, tablet, oral"),
    ("morphine 5\u00bd mg tablet", "morphine ?, tablet, oral"),
    ("morphine .5 mg", "morphine 0.5 mg, ?, ?"),
    ("morphine tab.5 mg", "morphine ?, tablet, oral"),
    ("fentanyl 2 500 mcg", "fentanyl ?, ?, ?"),
    ("oxycodone 5-10 mg", "oxycodone ?, ?, ?"),
    ("promethazine-codeine 6.25-10 mg/5 mL syrup", "codeine 2 mg/mL, liquid, oral, combined, cough"),
    ("morphine 30 mg/12 hr tablet", "morphine 30 mg, tablet, oral, ER"),
    ("morphine 30 mg/8 hr tablet", "morphine 30 mg, tablet, oral, ER"),
    ("buprenorphine 0,20 mg tablet", "buprenorphine 0.2 mg, tablet, sublingual"),
    ("buprenorphine 0,00 mg tablet", "buprenorphine ?, tablet, sublingual"),
    ("TRAMADOL 100 MG/24 HOURS ORAL TABLET, EXTENDED RELEASE", "tramadol 100 mg, tablet, oral, ER"),
    ("morphine 30 mg/3 hr tablet", "morphine ?, tablet, oral"),
    ("hydrocodone-acetaminophen 5 mg/325 tabs", "hydrocodone 5 mg, tablet, oral, +325"),
    ("oxycodone 5 mg - 30 tablets", "oxycodone 5 mg, tablet, oral"),
    ("oxycodone 5 mg #30", "oxycodone 5 mg, ?, ?"),
    ("hydrocodone/APAP 5/325mg tab #30", "hydrocodone 5 mg, tablet, oral, +325"),
    ("morphine 10 mg/kg", "morphine ?, ?, ?"),
    ("morphine 10 mg per 5 mL solution", "morphine 2 mg/mL, liquid, oral"),
    ("morphine 10 mg in 5 mL oral solution", "morphine 2 mg/mL, liquid, oral"),
    ("Talwin Nx 50-0.5 mg", "pentazocine 50 mg, ?, ?, +0.5"),
    ("paracetamol 0,5 g / codeine 30 mg tablet", "codeine 30 mg, tablet, oral, +500"),
    ("buprenorphin 0,4 mg sublingualtablette", "buprenorphine 0.4 mg, tablet, sublingual"),
    ("effentora 100 mikrogramm buccaltabletten", "fentanyl 0.1 mg, tablet, buccal"),
    ("morphine 0,0 mg", "morphine ?, ?, ?"),
    ("morphine ½5 mg", "morphine ?, ?, ?"),
    ("paracetamol 1,5 g / codeine 30 mg tablet", "codeine 30 mg, tablet, oral, +300+500"),
    ("oxycodone 10 mg or 20 mg", "oxycodone ?, ?, ?"),
]

# The IV of "C-IV" is a schedule, and an oral syringe is for the mouth.
INJECTIONS = [
    ("traMADol (ULTRAM) 50 mg tablet C-IV", "tramadol 50 mg, tablet, oral"),
    ("morphine sulfate 4 mg inj", "morphine 4 mg, liquid, injection"),
    ("morphine 10 mg INJ", "morphine 10 mg, liquid, injection"),
    ("Morphine 10mg ampoules", "morphine 10 mg, liquid, injection"),
    ("morphine 10 mg vials", "morphine 10 mg, liquid, injection"),
    ("morphine 10 mg IM", "morphine 10 mg, liquid, injection"),
    ("hydromorphone 1 mg SUBQ", "hydromorphone 1 mg, liquid, injection"),
    ("Diamorphine 5mg powder for solution for injection ampoules", "heroin 5 mg, liquid, injection"),
    ("morphine 5 mg/hr", "morphine ?, liquid, injection"),
    ("morphine 1 mg/hr infusion", "morphine ?, liquid, injection"),
    ("tramadol 50 mg C-IV", "tramadol 50 mg, ?, ?"),
    ("tramadol 50 mg IV", "tramadol 50 mg, liquid, injection"),
    ("fentanyl citrate 100 mcg/2 mL injection", "fentanyl 0.05 mg/mL, liquid, injection"),
    ("oxyCODONE (ROXICODONE) 5 mg immediate release tablet", "oxycodone 5 mg, tablet, oral"),
    ("morphine in 0.9 % NaCl 1 mg/mL PCA", "morphine 1 mg/mL, liquid, injection"),
    ("MSO4 10 mg IV", "morphine 10 mg, liquid, injection"),
]

# What treats opioid use disorder is told by brand, form and strength; buprenorphine and methadone for pain are not it.
FOR_DISORDER = [
    ("methadone (DOLOPHINE) 10 mg tablet", "methadone 10 mg, tablet, oral"),
    ("buprenorphine (BUTRANS) 10 mcg/hour patch weekly", "buprenorphine 10 mcg/h, patch, transdermal, ER"),
    ("methadone 10 mg SC", "methadone 10 mg, liquid, injection"),
    ("Suboxone", "buprenorphine ?, ?, ?, OUD"),
    ("Suboxone 8 mg-2 mg sublingual film", "buprenorphine 8 mg, film, sublingual, +2, OUD"),
    ("buprenorphine-naloxone (SUBOXONE) 8-2 mg SL film", "buprenorphine 8 mg, film, sublingual, +2, OUD"),
    (
        "buprenorphine-naloxone (ZUBSOLV) 5.7-1.4 mg sublingual tablet",
        "buprenorphine 5.7 mg, tablet, sublingual, +1.4, OUD",
    ),
    ("buprenorphine HCl (SUBUTEX) 8 mg SL tablet", "buprenorphine 8 mg, tablet, sublingual, OUD"),
    ("buprenorphine 8 mg SL tablet", "buprenorphine 8 mg, tablet, sublingual, OUD"),
    ("buprenorphine 0.2 mg SL tablet", "buprenorphine 0.2 mg, tablet, sublingual"),
    ("buprenorphine 16 mg SL tablet", "buprenorphine 16 mg, tablet, sublingual, OUD"),
    ("buprenorphine ER (SUBLOCADE) 300 mg/1.5 mL injection", "buprenorphine 200 mg/mL, liquid, injection, ER, OUD"),
    ("buprenorphine ER injection", "buprenorphine ?, liquid, injection, ER, OUD"),
    ("buprenorphine implant", "buprenorphine ?, implant, implant, ER, OUD"),
    ("Sublocade", "buprenorphine ?, liquid, injection, ER, OUD"),
    ("Sublocade 300 mg", "buprenorphine 300 mg, liquid, injection, OUD"),
    ("Brixadi 64 mg", "buprenorphine 64 mg, liquid, injection, OUD"),
    ("Brixadi 64 mg/0.18 mL weekly", "buprenorphine 356 mg/mL, liquid, injection, ER, OUD"),
    ("Probuphine", "buprenorphine ?, implant, implant, ER, OUD"),
    ("Bunavail 4.2-0.7 mg", "buprenorphine 4.2 mg, film, buccal, +0.7, OUD"),
    ("Cassipa 16-4 mg film", "buprenorphine 16 mg, film, sublingual, +4, OUD"),
    ("methadone 40 mg dispersible tablet", "methadone 40 mg, tablet, oral, OUD"),
    ("methadone (METHADOSE) 40 mg dispersible tablet", "methadone 40 mg, tablet, oral, OUD"),
    ("methadone 40 mg tablet", "methadone 40 mg, tablet, oral"),
    ("methadone 40 mg", "methadone 40 mg, ?, ?"),
    ("Diskets", "methadone ?, tablet, oral, OUD"),
    ("Diskets 40 mg", "methadone 40 mg, tablet, oral, OUD"),
    ("Butrans", "buprenorphine ?, patch, transdermal, ER"),
    ("Butrans 10", "buprenorphine ?, patch, transdermal, ER"),
    ("Belbuca 300 mcg film", "buprenorphine 0.3 mg, film, buccal"),
    ("Belbuca 300 mcg buccal film", "buprenorphine 0.3 mg, film, buccal"),
    ("Buprenex 0.3 mg/mL injection", "buprenorphine 0.3 mg/mL, liquid, injection"),
    ("Temgesic 200 micrograms sublingual tablets", "buprenorphine 0.2 mg, tablet, sublingual"),
    ("Norspan 10 micrograms/hour patch", "buprenorphine 10 mcg/h, patch, transdermal, ER"),
    ("Norspan", "buprenorphine ?, patch, transdermal"),
    ("Transtec 35 micrograms/hour", "buprenorphine 35 mcg/h, patch, transdermal, ER"),
    ("Methadone 1mg/ml oral solution", "methadone 1 mg/mL, liquid, oral"),
    ("BUPRENORPHINE-NALOXN 8-2 MG SL", "buprenorphine 8 mg, tablet, sublingual, +2, OUD"),
    ("BUPRENORP-NALOX 8-2 MG SL FILM", "buprenorphine 8 mg, film, sublingual, +2, OUD"),
    ("buprenorphine 5 mcg/hr", "buprenorphine 5 mcg/h, patch, transdermal, ER"),
    ("Butrans 10 mcg/hr", "buprenorphine 10 mcg/h, patch, transdermal, ER"),
]


# What a number or the amount beside it tells, and what it does not.
TOLD_BESIDE = [
    ("Tylenol #3", "codeine 30 mg, ?, ?, +300+500"),
    ("Tylenol No. 4", "codeine 60 mg, ?, ?, +300+500+650"),
    ("Tylenol 3", "codeine 30 mg, ?, ?, +300+500"),
    ("Tylenol w/ Codeine #3", "codeine 30 mg, ?, ?, +300+500"),
    ("acetaminophen-codeine #2 tablet", "codeine 15 mg, tablet, oral, +300+500"),
    ("Tylenol No. 3 300-30-15", "codeine 30 mg, ?, ?, +300+500"),
    ("Tylenol #3 300-60", "codeine ?, ?, ?, combined"),
    ("Tylenol No. 3 tablet (codeine 30 mg / acetaminophen 300 mg)", "codeine 30 mg, tablet, oral, +300"),
    ("Lenoltec No. 4 tablet (codeine 60 mg / acetaminophen 300 mg)", "codeine 60 mg, tablet, oral, +300"),
    ("Tylenol No. 3 tablet (codeine 60 mg / acetaminophen 300 mg)", "codeine ?, tablet, oral, combined"),
    ("Tylenol #3 300-30", "codeine 30 mg, ?, ?, +300"),
    ("Tylenol-Codeine No.3 300-30 mg tablet", "codeine 30 mg, tablet, oral, +300"),
    ("Tylenol #1", "codeine ?, ?, ?, combined"),
    ("Tylenol 3 tabs", "codeine ?, tablet, oral, combined"),
    ("Tylenol with codeine #3 #20", "codeine ?, tablet, oral, combined"),
    ("acetaminophen-codeine tablet #3", "codeine ?, tablet, oral, combined"),
    ("acetaminophen-codeine 3 mg", "codeine ?, ?, ?, combined"),
    ("Tylenol with codeine #3 elixir", "codeine ?, liquid, oral, combined"),
    ("codeine #3", "codeine ?, ?, ?"),
    ("oxycodone-acetaminophen #3", "oxycodone ?, ?, ?, combined"),
    ("HYDROCODONE 5/ACETAMINOPHEN 325MG TAB", "hydrocodone 5 mg, tablet, oral, +325"),
    ("HYDROCODONE 6/ACETAMINOPHEN 325MG TAB", "hydrocodone ?, tablet, oral, combined"),
    ("HYDROCODONE 5/ACETAMINOPHEN 160MG TAB", "hydrocodone ?, tablet, oral, combined"),
    ("hydrocodone 10/acetaminophen 325 mg/15 mL", "hydrocodone ?, ?, ?, combined"),
    ("Hycodan 5-1.5 tablet", "hydrocodone 5 mg, tablet, oral, +1.5, cough"),
    ("Hycodan 10-3 tablet", "hydrocodone ?, tablet, oral, combined, cough"),
    ("Hycodan syrup", "hydrocodone ?, liquid, oral, combined, cough"),
    ("Oxycodon 2,5 mg Filmtabletten", "oxycodone 2.5 mg, tablet, oral"),
    ("Fentanyl 37,5 µg/h Matrixpflaster", "fentanyl 37.5 mcg/h, patch, transdermal, ER"),
    ("Oxycodon 0,5 mg Tabletten", "oxycodone 0.5 mg, tablet, oral"),
    ("Oxycodon 1,25 mg Tabletten", "oxycodone 1.25 mg, tablet, oral"),
    ("Oxycodon 5,10 mg Tabletten", "oxycodone ?, tablet, oral"),
    ("Morphin 2,500 mg Tabletten", "morphine ?, tablet, oral"),
    ("oxycodone 2,5 mg tablet", "oxycodone ?, tablet, oral"),
    ("fentanyl 4.2 mg (25 mcg/h) patch", "fentanyl 25 mcg/h, patch, transdermal, ER"),
    ("Fentanyl AbZ 50 Mikrogramm/h Matrixpflaster 8,4 mg", "fentanyl 50 mcg/h, patch, transdermal, ER"),
    ("fentanyl 25 mcg/h 50 mcg/h patch", "fentanyl ?, patch, transdermal"),
    ("hydro/apap 5-325", "hydrocodone 5 mg, ?, ?, +325"),
    ("OXY-APAP 10-325 TAB", "oxycodone 10 mg, tablet, oral, +325"),
    ("fentanyl 25 mcg/h 0.05 mg/mL", "fentanyl ?, ?, ?"),
    ("morphine 30 mg 2 mg/h", "morphine ?, ?, ?"),
    ("morph 15 mg", "morphine 15 mg, ?, ?"),
    ("Paracetamol comp. STADA 500 mg/30 mg Tabletten", "codeine 30 mg, tablet, oral, +500"),
    ("Kolibri 37,5 mg/325 mg compresse", "tramadol 37.5 mg, tablet, oral, +325"),
    ("Palladon 2,6 mg", "hydromorphone 2.6 mg, ?, ?"),
    ("Palladon 2,4,8 mg", "hydromorphone ?, ?, ?"),
    ("Hydromorphon Aristo 1,3 mg", "hydromorphone 1.3 mg, ?, ?"),
    ("Oxycodon/Naloxon 10,5 mg", "oxycodone ?, ?, ?, ER"),
    ("hydromorphone 2,4 mg", "hydromorphone ?, ?, ?"),
    ("hydrocodone/acetaminophen 7.5/325 per 15 mL", "hydrocodone 0.5 mg/mL, liquid, oral, combined"),
    ("hydrocodone-acetaminophen 10-325/15 mL", "hydrocodone 0.667 mg/mL, liquid, oral, combined"),
    ("acetaminophen/codeine 120/12 per 5 ml", "codeine 2.4 mg/mL, liquid, oral, combined"),
    ("hydrocodone/acetaminophen 7.5/325 per 10 mL", "hydrocodone 0.75 mg/mL, liquid, ?, combined"),
    ("hydrocodone/acetaminophen 7.5/325 per tablet", "hydrocodone 7.5 mg, tablet, oral, +325"),
    ("hydrocodone/acetaminophen 7.5/325 per hour", "hydrocodone 7.5 mg, ?, ?, +325"),
    ("oxycodone 5/5 mL", "oxycodone ?, ?, ?"),
]


@pytest.mark.parametrize(
    ("name", "reading"),
    [*CHARTS, *ELSEWHERE, *COMBINATIONS, *PATCHES, *NUMBERS, *INJECTIONS, *FOR_DISORDER, *TOLD_BESIDE],
)
def test_name_tells(name, reading):
    assert told(name) == reading


def test_name_of_two_opioids_tells_no_product():
    reading = READER.read("oxycodone and morphine 5 mg")
    assert (reading.product, reading.outline) == (None, None)


@pytest.mark.parametrize("name", ["fentanyl patch", "Percocet", "oxycodone 5-10 mg"])
def test_name_without_a_strength_is_an_outline_and_no_product(name):
    reading = READER.read(name)
    assert reading.product is None
    assert reading.outline.components[0].strength is None


def test_name_with_a_strength_needs_no_outline():
    assert READER.read("oxycodone 5 mg").outline is None


@pytest.mark.parametrize(
    ("name", "opioid"),
    [
        ("Doloxene 100 mg capsule", "propoxyphene"),
        ("Di-Gesic", "propoxyphene"),
        ("Capadex", "propoxyphene"),
        ("Paradex tablet", "propoxyphene"),
        ("Dolased", "codeine"),
        ("Monocrixo LP 100 mg", "tramadol"),
        ("Zumalgic 50 mg", "tramadol"),
        ("Orozamudol 50 mg", "tramadol"),
        ("Skudexum 75 mg/25 mg", "tramadol"),
        ("Capcof syrup", "codeine"),
    ],
)
def test_brands_of_other_countries_are_no_unknown_words(name, opioid):
    reading = READER.read(name)
    product = reading.product or reading.outline
    assert product is not None
    assert [part.ingredient.name for part in product.components] == [opioid]


BESIDE = [(row["name"], row["beside"]) for row in rows_of("formulary/names.csv") if row["beside"]]


@pytest.mark.parametrize(("name", "beside"), BESIDE)
def test_brand_that_holds_something_else_is_a_combination_unless_it_is_an_antagonist(name, beside):
    """Milligrams of a combination can mean either of its ingredients."""
    reading = READER.read(f"{name} 1 tablet")
    product = reading.product or reading.outline
    assert product is not None
    assert product.combination is (beside != "naloxone")


def test_product_bears_the_name_as_it_was_written():
    assert READER.read(" oxyCODONE  5 mg tablet ").product.name == "oxyCODONE  5 mg tablet"


# ---- the formulary's own names ----

TWO_SALTS = {"637540", "724614"}
"""Their names hold two amounts of oxycodone, which only the code adds up."""
MR_IS_PART_OF_THE_BRAND = {"860159"}


def test_every_full_name_is_its_product():
    assert [one.name for one in FORMULARY.products.values() if READER.read(one.name).product is not one] == []


@pytest.mark.parametrize("change", [str.upper, str.lower, lambda name: f"  {name.replace(' ', '  ')} "])
def test_letter_case_and_spaces_do_not_matter_to_a_full_name(change):
    read = READER.read
    assert [one.name for one in FORMULARY.products.values() if read(change(one.name)).product is not one] == []


def test_full_names_tell_as_much_when_they_are_read_word_by_word():
    different = {
        rxcui
        for rxcui, one in FORMULARY.products.items()
        if (found := WITHOUT_FULL_NAMES.read(one.name).product) is None or said(found) != said(one)
    }
    assert different == TWO_SALTS | MR_IS_PART_OF_THE_BRAND


def said(product: Product):
    others = sorted(product.other_strengths)
    shape = (product.form, product.noun, product.route, product.extended_release)
    return (product.components, *shape, product.combination, others, product.cough_and_cold, product.usual_purpose)


def short_names() -> Iterator[tuple[str, Product]]:
    """How charts shorten the names of solid products: "oxycodone-acetaminophen (PERCOCET) 5-325 mg per tablet"."""
    for product in FORMULARY.products.values():
        full = product.name.partition("[")[0].split("HR ")[-1].removeprefix("Abuse-Deterrent ")
        parts = re.findall(r"([A-Za-z]+)[A-Za-z ]* ([\d.]+) MG(?!/)", full)
        if product.form is not Form.SOLID or product.rxcui in TWO_SALTS or len(parts) != full.count(" / ") + 1:
            continue
        drugs, sizes = zip(*parts, strict=True)
        yield f"{'-'.join(drugs)} {'-'.join(sizes)} mg per {product.noun}", product
        yield f"{'/'.join(drugs)} {'/'.join(sizes)}mg {product.noun}s", product
        yield f"{'-'.join(drugs)} {'mg-'.join(sizes)}mg", product
        yield f"{'-'.join(reversed(drugs))} {' mg-'.join(reversed(sizes))} mg oral {product.noun}", product
        yield " / ".join(f"{size} mg {drug}" for drug, size in parts), product


def test_shortened_names_never_tell_another_strength():
    count = 0
    for name, product in short_names():
        found = WITHOUT_FULL_NAMES.read(name)
        component = found.product.components[0] if found.product else None
        assert component == product.components[0], name
        count += 1
    assert count > 2500


# ---- what is no opioid ----

NO_OPIOIDS = (Path(__file__).parent / "no_opioids.txt").read_text(encoding="utf-8").splitlines()


def test_names_of_other_drugs_are_not_taken_for_opioids():
    assert len(NO_OPIOIDS) > 350
    assert [name for name in NO_OPIOIDS if READER.read(name).opioids or READER.read(name).antagonists] == []
    identify = IDENTIFIER.identify
    assert {identify((), (name,)) for name in NO_OPIOIDS} == {IgnoredReason.NOT_AN_OPIOID}


@pytest.mark.parametrize(
    "name", ["Narcan 4 mg nasal spray", "naloxone", "naltrexone (VIVITROL) 380 mg", "nalmefene", "naloxonhydrochlorid"]
)
def test_antagonist_alone_is_told_as_one(name):
    reading = READER.read(name)
    assert (len(reading.antagonists), reading.opioids, reading.product) == (1, (), None)


@pytest.mark.parametrize(
    ("name", "opioid"),
    [
        ("dihydrocodeine 30 mg", "dihydrocodeine"),
        ("benzhydrocodone-acetaminophen", "benzhydrocodone"),
        ("hydrocodone 5 mg", "hydrocodone"),
        ("levomethadon 5 mg/ml", "levomethadone"),
        ("morphinsulfat 10 mg", "morphine"),
        ("Morfina 10 mg", "morphine"),
        ("Cod\u00e9ine 30 mg", "codeine"),
        ("oxy\u00adcodone 5 mg", "oxycodone"),
        ("Dipidolor 15 mg", "piritramide"),
    ],
)
def test_prodrugs_salts_and_other_languages_are_told_apart(name, opioid):
    assert [one.name for one in READER.read(name).opioids] == [opioid]


# ---- laws ----

TEXTS = st.text(st.sampled_from("0123456789.,-/+ µ½×mgclhrp()#") | st.characters(), max_size=60)


@given(TEXTS)
def test_any_text_can_be_read(text):
    for name in (text, f"oxycodone {text}", f"{text} fentanyl patch"):
        reading = READER.read(name)
        assert not (reading.product and reading.outline)


@given(st.text(st.characters(exclude_categories=["L", "N"]), max_size=20), st.sampled_from(["tablet", "#30", ""]))
def test_signs_around_a_strength_never_turn_it_into_another(signs, after):
    product = READER.read(f"oxycodone {signs} 5 mg {signs} {after}").product
    assert product is None or product.components[0].strength.value == 5


SPELLINGS = {
    "morphine 2 mg/{} oral solution": ("ml|mL|mls|cc|milliliter|milliliters|millilitre|millilitres|1 mL", "2 mg/mL"),
    "morphine 10 {}/5 mL oral solution": ("mg|mgs|mgm|milligram|milligrams|milligramme|milligrammes", "2 mg/mL"),
    "morphine 10 {} tablet": ("mg|MG|mgs|mgm|milligram|milligrams|milligramme|milligrammes", "10 mg"),
    "hydromorphone 2000 {} tablet": (
        "mcg|mcgs|ug|ugs|microgram|micrograms|microgramme|microgrammes|mikrogramm",
        "2 mg",
    ),
    "tapentadol 0.05 {} tablet": ("g|gm|gms|gram|grams|gramme|grammes", "50 mg"),
    "fentanyl 25 mcg/{} patch": ("h|hr|hrs|hour|hours|std", "25 mcg/h"),
    "fentanyl 100 mcg/{} nasal spray": ("actuat|actuation|actuations|act|spray|puff", "0.1 mg/actuation"),
}


@pytest.mark.parametrize(
    ("name", "strength"),
    [
        (template.format(word), strength)
        for template, (words, strength) in SPELLINGS.items()
        for word in words.split("|")
    ],
)
def test_units_are_read_in_all_their_spellings(name, strength):
    reading = READER.read(name)
    assert reading.product is not None
    assert reading.assumptions == ()
    found = reading.product.components[0].strength
    assert f"{found.value.normalize():f} {found.unit}" == strength


@pytest.mark.parametrize(
    "per",
    ["kg", "g", "l", "liter", "litre", "m", "cm", "min", "minute", "d", "day", "days", "wk", "week", "weeks", "month"],
)
def test_amount_per_something_else_is_no_strength(per):
    product = READER.read(f"morphine 10 mg/{per} tablet").product
    assert product is None or product.components[0].strength is None


@given(st.sampled_from([name for name, _ in CHARTS]))
def test_letter_case_never_matters(name):
    assert told(name.upper()) == told(name.lower()) == told(name)


@pytest.mark.parametrize(
    "piece",
    ["oxycodone ", "5-5 ", "5-", "5-325 mg ", "codeine 5-325 mg ", "1,", "\u00e9", "co ", "mg/", "in ", "  ", "5 "],
)
def test_steps_to_read_grow_hardly_faster_than_the_text(piece):
    short, long = ("oxycodone" + piece * (size // len(piece)) for size in (225, 900))
    assert steps(long) < 5 * steps(short)


def test_name_without_an_opioid_takes_few_steps():
    assert steps("atorvastatin calcium 40 MG Oral Tablet [Lipitor]") * 4 < steps(
        "oxycodone hydrochloride 40 MG Oral Tablet"
    )


def steps(name: str) -> int:
    """Lines that are run to read a name that is not remembered."""
    count = 0

    def line(_frame: FrameType, event: str, _arg: object) -> object:
        nonlocal count
        count += event == "line"
        return line

    before = sys.gettrace()
    sys.settrace(line)
    try:
        READER.read.__wrapped__(name)
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("name", ["oxycodone 5 mg " + "x" * LONGEST_NAME_READ, "oxycodone 5 mg" + " 7" * 30])
def test_of_a_text_that_is_no_name_only_the_opioid_is_read(name):
    reading = READER.read(name)
    assert [one.name for one in reading.opioids] == ["oxycodone"]
    assert reading.product is None


@pytest.mark.parametrize(("more", "is_read"), [(0, True), (1, False)])
def test_longest_name_is_read_and_a_longer_one_is_not(more, is_read):
    name = "oxycodone 5 mg tablet ".ljust(LONGEST_NAME_READ + more, ".")
    assert len(name) == LONGEST_NAME_READ + more
    assert (READER.read(name).product is not None) is is_read


@pytest.mark.parametrize(("more", "is_read"), [(0, True), (1, False)])
def test_name_of_the_most_amounts_is_read_and_one_of_more_is_not(more, is_read):
    name = "oxycodone and oxycodone 5 mg tablet" + " 5 mg" * (MOST_AMOUNTS_READ - 1 + more)
    assert (READER.read(name).product is not None) is is_read


@pytest.mark.parametrize(("one", "same"), [("1.005", True), ("0.995", True), ("1.0051", False), ("0.9949", False)])
def test_numbers_are_the_same_up_to_half_a_percent(one, same):
    assert close(Decimal(one), Decimal(1)) is same


@pytest.mark.parametrize("name", ["oxycodone 2½ mg tablet", "oxycodone 5¹ mg tablet", "oxycodone 5 mg/½ mL solution"])
def test_an_amount_with_a_fraction_in_one_letter_is_not_read_in_part(name):
    assert READER.read(name).product is None


def test_product_of_a_name_has_no_code_of_rxnorm():
    product = READER.read("oxycodone 7 mg tablet").product
    assert product is not None
    assert product.rxcui == ""


def test_what_follows_the_longest_name_is_not_looked_at():
    assert READER.read("x" * LONGEST_NAME_READ + " oxycodone").opioids == ()


# ---- whether a text names a drug ----


@pytest.mark.parametrize(
    "text", ["lisinopril", "Lisinopril 10 mg tablet", "ibuprofen/famotidine", "HCTZ 25", "a white Zestril tablet"]
)
def test_text_names_a_drug(text):
    assert names_a_drug_plainly(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "Medication",
        "Medication/123",
        "https://example.org/fhir/Medication/lisinopril",
        "MedicationRequest/lisinopril",
        "#lisinopril",
        "urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0",
        "0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0",
        "See order",
        "Compound analgesic",
        "Pain medication, 1 tablet daily",
        "12345",
        "ASA 81",
        "opioid",
        "10 mg",
    ],
)
def test_text_names_no_drug_plainly(text):
    assert not names_a_drug_plainly(text)


# ---- amounts and forms beside one another ----


def test_amount_in_no_volume_is_no_strength_and_the_text_goes_on_after_it():
    tokens = tokens_of("10 mg / 0 ml tablet")
    amount, at = amount_at(tokens, 0)
    assert (amount.per, tokens[at].text) == (None, "tablet")


def test_number_that_begins_with_a_point_is_a_number_in_its_digits():
    assert [(one.text, one.value) for one in tokens_of("morphine .5 mg")] == [
        ("morphine", None),
        ("5", Decimal("0.5")),
        ("mg", None),
    ]


@pytest.mark.parametrize(
    ("name", "reading"),
    [
        ("hydrocodone 7.5 mg acetaminophen 325 mg/15 mL", "hydrocodone 0.5 mg/mL, liquid, oral, combined"),
        ("hydrocodone-acetaminophen 7.5 mg 325 mg/15 mL", "hydrocodone ?, ?, ?, combined"),
        ("hydrocodone 7.5 acetaminophen 325 mg/15 mL", "hydrocodone ?, ?, ?, combined"),
        ("hydrocodone 7.5 mg/5 mL acetaminophen 325 mg/15 mL", "hydrocodone 1.5 mg/mL, liquid, ?, combined"),
        ("oxycodone acetaminophen 325 mg", "oxycodone ?, ?, ?, combined"),
        ("hydrocodone acetaminophen 21.7 mg/mL", "hydrocodone ?, ?, ?, combined"),
        ("hydrocodone acetaminophen 0.5 mg/mL", "hydrocodone 0.5 mg/mL, liquid, oral, combined"),
        ("oxycodone 5 - 10 - 15 - 20 mg acetaminophen", "oxycodone ?, ?, ?, combined"),
        ("oxycodone 5 mg - 30 tablets", "oxycodone 5 mg, tablet, oral"),
        ("oxycodone 5 mg 10 mg", "oxycodone ?, ?, ?"),
    ],
)
def test_amounts_are_given_to_their_owners_or_to_nobody(name, reading):
    assert told(name) == reading


@pytest.mark.parametrize("route", ["iv", "sublingual", "nasal", "oral", "topical"])
def test_route_that_a_form_cannot_have_does_not_stand_over_it(route):
    assert FormReader().read(f"morphine suppository {route}").stated_route is Route.RECTAL


def test_text_without_form_or_route_states_none():
    shape = FormReader().read("morphine 5 mg")
    assert (shape.dose_form, shape.stated_route) == (None, None)
