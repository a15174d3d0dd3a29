"""The words of what stands beside a direction: cautions, places on the skin, and what concerns the pharmacy."""

from __future__ import annotations

from opioids.sigs.tokens import wordings, words_in

PROHIBITIONS = wordings("do not|don't|never|must not be|should not be")
FORBIDDEN_ACTS = wordings(
    "crush|chew|swallow|cut|break|split|dissolve|divide|open|snort|inject|share|drive|drink|eat"
    "|drink alcohol|use alcohol|consume alcohol|drink alcoholic beverages"
    "|operate machinery|operate heavy machinery|crushed|chewed|broken|drive a car|operate a motor vehicle"
    "|use heavy machinery|stop abruptly|apply heat|expose to heat|use heat"
)
FORBIDDEN_THINGS = wordings(
    "tablet|tablets|tab|tabs|capsule|capsules|patch|patches|film|films|it|them|the tablet|the tablets|the patch"
    "|the capsule|the capsules|the film|with others|your medication|over patch|to patch"
    "|while taking|while taking this|while taking this medication|while on this medication"
    "|while taking this medicine|after taking|when taking"
)

AVOIDED_ACTS = wordings(
    "do not take with|do not take together with|do not mix with|do not use with|do not combine with"
    "|don't take with|don't mix with|not to be taken with|avoid|avoid taking with|avoid use with|avoid using with"
    "|never take with|must not be taken with|do not take this with|do not take it with"
)
AVOIDED = wordings(
    "alcohol|alcoholic drink|alcoholic drinks|alcoholic beverages|driving|heat|external heat|direct heat"
    "|heating pads|hot baths|exposing to heat|grapefruit|grapefruit juice"
    "|sedatives|other sedatives|sedating medications|other sedating medications"
    "|benzodiazepines|benzos|sleeping pills|muscle relaxants|muscle relaxers|narcotics|other narcotics"
    "|other opioids|other pain medications|other pain medicine"
    "|tylenol|acetaminophen|apap|paracetamol|other tylenol|other tylenol products|tylenol products"
    "|acetaminophen products|other acetaminophen|other acetaminophen products"
    "|other products containing acetaminophen|products containing acetaminophen|other products containing tylenol"
    "|other medications containing acetaminophen|any other acetaminophen|additional acetaminophen"
    "|additional tylenol|other paracetamol products|any other paracetamol products"
    "|operating machinery|operating heavy machinery"
)

UNRELIEVED = wordings(
    "not relieved by|unrelieved by|not controlled by|uncontrolled by|not controlled with|not relieved with"
    "|unrelieved with|not responding to|not responsive to|unresponsive to|not helped by|not managed by"
    "|not managed with|if not relieved by|not adequately controlled by|not adequately controlled with"
)

SITE_PREFIXES = wordings("to|on|onto|over|to a|to an|on a|onto a")
SITE_WORDS = frozenset(
    words_in(
        "clean dry intact hairless flat unbroken nonirritated upper lower outer inner left right front side area of"
        " the your either any different new skin"
    )
)
SITES = wordings(
    "back|arm|arms|chest|chest wall|torso|trunk|body|shoulder|shoulders|shoulder blade|abdomen|thigh|thighs"
    "|flank|site|sites"
)

FILL_DATES = wordings(
    "earliest fill date|do not fill before|do not fill until|fill on or after|may fill on or after|ok to fill"
    "|ok to fill on|dnf until|dnf before|fill after|fill on|may fill on|fill date|do not dispense before"
    "|may fill|may be filled on|may fill after|to be filled on|to fill on|do not fill prior to|dnf till"
    "|do not fill till|okay to fill|okay to fill on|ok to fill on or after|fill on/after|do not dispense until"
    "|do not start before|do not start until|do not take before"
)
DISPENSING = wordings("disp|dispense|mitte|qty|quantity|dispense quantity|disp quantity|disp qty")
REFILLS = ("refill", "refills", "rf", "rfs")
LASTING = wordings(
    "must last|to last|should last|meant to last|rx must last|script must last|supply must last|quantity must last"
)
NO_REFILLS = wordings("no refills|no refill|zero refills|nr|no early refills|no early refill|no early fills")
MME = ("mme", "mmes", "mmed")
