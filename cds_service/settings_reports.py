"""Settings of the page of reports, and who may see it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from pydantic import SecretStr

from cds_service.settings_values import Section, setting

SHORTEST_SECRET = 32
_HASH = re.compile(r"(?:scrypt:(\d+):(\d+):(\d+)|pbkdf2:(\w+):(\d+))\$[^$]+\$[0-9a-f]+", re.ASCII)
_LEAST_ROUNDS = 1024
_MOST_COSTS = 2**21
_MOST_ROUNDS = 2_000_000
_HEADER = r"^[A-Za-z][A-Za-z0-9-]*\Z"


class Reports(Section):
    """The page `/reports`: what the cards did, for those who answer for them. Counts alone, nothing of a patient.

    Either a proxy in front signs people in and shows by a secret that it was the one who asked, or the page asks
    for one name and password itself.
    """

    enabled: bool = setting(False, "Whether the page is offered. Production needs one of the two protections below.")
    user_header: str | None = setting(
        None,
        "The header in which the proxy in front names who is signed in, such as X-Forwarded-User. It counts only "
        "beside the proxy's secret, because any caller can send a header.",
        "the name of a header",
        pattern=_HEADER,
    )
    proxy_secret_header: str = setting(
        "X-Proxy-Secret", "The header in which the proxy sends its secret.", "the name of a header", pattern=_HEADER
    )
    proxy_secret: SecretStr | None = setting(
        None,
        "The secret that only the proxy knows; it must set the header itself, and overwrite what callers send.",
        f"at least {SHORTEST_SECRET} characters that nobody can guess",
        min_length=SHORTEST_SECRET,
    )
    user: str | None = setting(
        None,
        "The name for signing in at the page itself (HTTP Basic, so only over https).",
        "a name without a colon",  # which ends the name in what browsers send
        min_length=1,
        pattern=r"^[^:]+\Z",
    )
    password_hash: SecretStr | None = setting(
        None,
        "The hash of the password, never the password: as werkzeug.security.generate_password_hash gives it.",
        'a hash that begins with "scrypt:" or "pbkdf2:"',
    )

    @property
    def by_proxy(self) -> bool:
        """Whether a proxy signs people in."""
        return self.user_header is not None and self.proxy_secret is not None

    @property
    def by_password(self) -> bool:
        """Whether the page asks for a name and a password."""
        return self.user is not None and self.password_hash is not None

    def mistakes(self, *, production: bool) -> Iterator[tuple[str, str]]:
        """Key and fault: protections that are half set, which would protect nothing, and in production none."""
        if production and self.enabled and not (self.by_proxy or self.by_password):
            yield "enabled", "expected a protection beside it in production: a proxy's secret, or a password"
        if self.password_hash is not None and not _can_be_checked(self.password_hash.get_secret_value()):
            yield "password_hash", "expected a hash as werkzeug.security.generate_password_hash gives it"
        for one, other in (("user_header", "proxy_secret"), ("user", "password_hash")):
            for given, missing in ((one, other), (other, one)):
                if getattr(self, given) is not None and getattr(self, missing) is None:
                    yield missing, f"missing: reports.{given} protects nothing without it"
        if self.by_proxy and (self.user_header or "").lower() == self.proxy_secret_header.lower():
            yield "user_header", "expected another header than that of the secret, which names nobody"
        if self.by_proxy and self.by_password:
            yield "user", "expected one protection: either the proxy's or a password"


def _can_be_checked(hashed: str) -> bool:
    """Whether a password can be compared with a hash, at costs that a server can bear for whoever asks.

    With few rounds, or with many in small blocks, OpenSSL refuses some hashes of scrypt. The bounds are our own choice:
    eight times the memory and twice the rounds that `generate_password_hash` takes.
    """
    written = _HASH.fullmatch(hashed)
    if not written:
        return False
    if written[4]:
        known = hashlib.algorithms_available - {"shake_128", "shake_256"}  # which give no digest of their own length
        return written[4] in known and 0 < int(written[5]) <= _MOST_ROUNDS
    n, r, p = int(written[1]), int(written[2]), int(written[3])
    return 0 < n * r * p <= _MOST_COSTS and _LEAST_ROUNDS <= n < 2 ** (16 * r) and n & (n - 1) == 0
