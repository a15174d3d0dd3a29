"""Advice that changes nothing about how much is taken or how often: one phrase a line, a closed list."""

ADVICE = """
may take with food
may be taken with food
from all sources
with food
with a meal
with a snack
with food or milk
with milk
with milk or food
with or without food
take with food
take with food or milk
take with or without food
on an empty stomach
on empty stomach
take on an empty stomach
with water
with a glass of water
with a full glass of water
with full glass of water
with plenty of water
with 8 oz of water
with 8 ounces of water
with 4 oz of water
with 6-8 oz of water
with plenty of fluids
drink plenty of fluids
drink plenty of water
swallow whole
swallow tablet whole
swallow tablets whole
swallow capsule whole
swallow capsules whole
and swallow whole
must be swallowed whole
do not drive after taking
may cause drowsiness
may cause dizziness
may cause drowsiness or dizziness
may cause drowsiness and dizziness
may cause constipation
may cause sedation
may be habit forming
may be sedating
may make you drowsy
may cause drowsiness/dizziness
causes drowsiness
can cause drowsiness
can cause constipation
avoid alcohol
no alcohol
do not take with alcohol
do not mix with alcohol
do not use with alcohol
avoid alcohol and driving
avoid driving
caution: opioid
caution: sedation
caution sedation
caution: may cause drowsiness
risk of overdose and addiction
caution: opioid. risk of overdose and addiction
use with caution
with caution
sedation precautions
watch for sedation
monitor for sedation
shake well
shake well before using
shake well before use
let dissolve
and let dissolve
allow to dissolve
and allow to dissolve
until dissolved
and allow to dissolve completely
until completely dissolved
do not swallow
and dissolve
let it dissolve
keep under tongue until dissolved
remove old patch
remove previous patch
remove old patch first
remove old patch before applying new one
remove old patch before applying new patch
remove old patch prior to applying new patch
rotate sites
alternate sites
alternating sites
rotate site
rotate application sites
rotate application site
avoid heat
avoid exposing to heat
and remove old patch
remove used patch
remove & discard old patch
remove and discard old patch
remove and discard used patch
controlled substance
dissolve completely
let dissolve completely
allow to dissolve completely
remove old patch before placing new one
to a new site
to a different site
avoid external heat
keep out of reach of children
store in a locked cabinet
store securely
keep in a safe place
please
thank you
non-acute pain
acute pain exception
to upper torso
to the upper torso
to upper arm
to upper chest
to chest
to the chest
to upper back
to upper outer arm
on upper torso
on the upper torso
on chest
on upper arm
to upper body
to clean, dry, hairless skin
to hairless skin
at the same time each day
at same time each day
at the same time every day
at same time every day
not relieved by tylenol
not relieved by acetaminophen
not relieved by ibuprofen
not relieved by tylenol or ibuprofen
unrelieved by tylenol
unrelieved by acetaminophen
unrelieved by ibuprofen
not controlled by tylenol
not controlled by acetaminophen
"""
