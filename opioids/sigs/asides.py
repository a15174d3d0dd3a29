"""Cautions and places that a direction names: "do not crush", "avoid alcohol", "to the upper back".

None of it changes an amount. Each reader takes only what it knows from end to end; a word too many refuses. What is
said in fixed phrases is in `advice`.
"""

from __future__ import annotations

from opioids.sigs.remarks import OTHER_DRUGS, Mark
from opioids.sigs.tokens import Found, Phrases, Token, wordings, words_in

_PROHIBITIONS = wordings("do not|don't|never|must not be|should not be")
_FORBIDDEN_ACTS = wordings(
    "crush|chew|swallow|cut|break|split|dissolve|divide|open|snort|inject|share|drive|drink|eat|drink alcohol"
    "|use alcohol|consume alcohol|drink alcoholic beverages|operate machinery|operate heavy machinery|crushed|chewed"
    "|broken|drive a car|operate a motor vehicle|use heavy machinery|stop abruptly|apply heat|expose to heat|use heat"
)
_FORBIDDEN_THINGS = wordings(
    "tablet|tablets|tab|tabs|capsule|capsules|patch|patches|film|films|it|them|the tablet|the tablets|the patch"
    "|the capsule|the capsules|the film|with others|your medication|over patch|to patch|while taking|while taking this"
    "|while taking this medication|while on this medication|while taking this medicine|after taking|when taking"
)

_AVOIDED_ACTS = wordings(
    "do not take with|do not take together with|do not mix with|do not use with|do not combine with"
    "|don't take with|don't mix with|not to be taken with|avoid|avoid taking with|avoid use with|avoid using with"
    "|never take with|must not be taken with|do not take this with|do not take it with"
)
_AVOIDED = wordings(
    "alcohol|alcoholic drink|alcoholic drinks|alcoholic beverages|driving|heat|external heat|direct heat|heating pads"
    "|hot baths|exposing to heat|grapefruit|grapefruit juice|sedatives|other sedatives|sedating medications"
    "|other sedating medications|benzodiazepines|benzos|sleeping pills|muscle relaxants|muscle relaxers|narcotics"
    "|other narcotics|other opioids|other pain medications|other pain medicine|tylenol|acetaminophen|apap|paracetamol"
    "|other tylenol|other tylenol products|tylenol products|acetaminophen products|other acetaminophen"
    "|other acetaminophen products|other products containing acetaminophen|products containing acetaminophen"
    "|other products containing tylenol|other medications containing acetaminophen|any other acetaminophen"
    "|additional acetaminophen|additional tylenol|other paracetamol products|any other paracetamol products"
    "|operating machinery|operating heavy machinery"
)

_UNRELIEVED = wordings(
    "not relieved by|unrelieved by|not controlled by|uncontrolled by|not controlled with|not relieved with"
    "|unrelieved with|not responding to|not responsive to|unresponsive to|not helped by|not managed by"
    "|not managed with|if not relieved by|not adequately controlled by|not adequately controlled with"
)

_SITE_PREFIXES = wordings("to|on|onto|over|to a|to an|on a|onto a")
_SITE_WORDS = frozenset(
    words_in(
        "clean dry intact hairless flat unbroken nonirritated upper lower outer inner left right front side area of"
        " the your either any different new skin"
    )
)
_SITES = wordings(
    "back|arm|arms|chest|chest wall|torso|trunk|body|shoulder|shoulders|shoulder blade|abdomen|thigh|thighs"
    "|flank|site|sites"
)


def caution(at: Token) -> Found[Mark] | None:
    """Reads what must not be done, what must be avoided, and what did not help."""
    return _prohibition(at) or _avoided(at) or _unrelieved(at)


def _prohibition(at: Token) -> Found[Mark] | None:
    """Reads "do not crush, chew, or break tablets": a list of acts none of which changes an amount."""
    acts = at.behind(_PROHIBITIONS)
    after = _after_list(acts, _FORBIDDEN_ACTS) if acts else None
    return (Mark.ADVICE, after.past(_FORBIDDEN_THINGS)) if after else None


def _avoided(at: Token) -> Found[Mark] | None:
    """Reads "do not take with alcohol or other sedatives", "avoid grapefruit juice"."""
    avoided = at.behind(_AVOIDED_ACTS)
    after = _after_list(avoided, _AVOIDED) if avoided else None
    return (Mark.ADVICE, after) if after else None


def _unrelieved(at: Token) -> Found[Mark] | None:
    """Reads "not relieved by Tylenol or ibuprofen"."""
    drug, end = at.behind(_UNRELIEVED), None
    while drug and drug.text in OTHER_DRUGS:
        end = drug.next
        drug = end.skip(",", "/").skip("or", "and")
    return (Mark.ADVICE, end.skip("alone")) if end else None


def _after_list(at: Token, members: Phrases[None]) -> Token | None:
    """Where a list of phrases ends: "crush, chew or break"; None where none of them stands."""
    end, following = None, at.behind(members)
    while following:
        end = following
        link = end.skip(",", "/").skip("or", "and", "nor", "&")
        following = link.behind(members) if link is not end else None
    return end


def site(at: Token) -> Found[Mark] | None:
    """Reads where a patch is put: "to clean, dry, hairless area of upper back or chest"."""
    place, end = at.behind(_SITE_PREFIXES), None
    while place and (after := _after_site(place)):
        end = after
        link = end.skip(",").skip("or", "and", "/")
        place = link.past(_SITE_PREFIXES) if link is not end else None
    return (Mark.ADVICE, end) if end else None


def _after_site(at: Token) -> Token | None:
    while at.text in _SITE_WORDS:
        at = at.next.skip(",", "-", "/", "and", "or")
    return at.behind(_SITES)
