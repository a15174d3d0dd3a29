"""What stands in a card's link: signed, dated, and nothing of a patient.

A token names the card's topic, the guideline and the conversion table, which a site's cards have in common, until when
it is good, and, where a site keeps explanations, a random secret. The rule and the numbers of a card are not in it,
not even encrypted: an address goes through proxies and logs, and what can be read there later counts as being there.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass, field

from itsdangerous import Signer

from cds_service.pseudonyms import SiteKey
from opioids.recommendations import Topic

LONGEST = 300
SECRET_BYTES = 18
HOUR = 3600
_FORM = re.compile(
    r"(?P<topic>[A-Za-z]+)\.(?P<guideline>[a-z0-9-]+)\.(?P<table>[a-z0-9-]+)\.(?P<expires>[1-9][0-9]{0,11})"
    r"(\.(?P<secret>[A-Za-z0-9_-]+))?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What a link names. `expires` in seconds since 1970: from that second on it is good no more.

    `secret` is empty where nothing is kept for the link; `repr` keeps it to itself.
    """

    topic: Topic
    guideline: str
    table: str
    expires: int
    secret: str = field(default="", repr=False)


class UnknownToken(Exception):
    """A token that this site has not made, or not so."""


class ExpiredToken(Exception):
    """A token of this site's that is good no more."""


class Tokens:
    """Makes and reads tokens under the site key. Instances that share the key read each other's."""

    def __init__(self, key: SiteKey) -> None:
        self._signer = Signer(
            key.derived("links to explanations"), key_derivation="hmac", digest_method=hashlib.sha256, sep="."
        )

    def written(self, named: Named) -> str:
        """The token. Only letters, digits, `.`, `-` and `_`."""
        parts = (named.topic.value, named.guideline, named.table, str(named.expires), named.secret)
        return self._signer.sign(".".join(filter(None, parts))).decode()

    def read(self, token: str, now: float) -> Named:
        """What a token names. Raises `UnknownToken` or `ExpiredToken`."""
        if len(token) > LONGEST or not token.isascii():
            raise UnknownToken
        said, _, _ = token.rpartition(".")
        # Signed anew and compared as a whole: a signature that is only decoded has more than one spelling.
        if not hmac.compare_digest(self._signer.sign(said).decode(), token):
            raise UnknownToken
        found = _FORM.fullmatch(said)
        if found is None or found["topic"] not in set(Topic):
            raise UnknownToken
        named = Named(
            topic=Topic(found["topic"]),
            guideline=found["guideline"],
            table=found["table"],
            expires=int(found["expires"]),
            secret=found["secret"] or "",
        )
        if now >= named.expires:
            raise ExpiredToken
        return named


def expiry(now: float, hours: int) -> int:
    """When a link that is made now expires: after so many hours, at the next full one.

    All links of an hour expire together, so the time in a link tells nothing of the call that it was made in.
    """
    return -int(-now // HOUR) * HOUR + hours * HOUR
