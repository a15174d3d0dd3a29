"""GET over the network, and nothing else: the one place where this service calls others.

No redirects, no proxies or credentials from the environment, no cookies; only addresses that were
judged; an answer no longer than allowed and no later than the deadline, however it is sent.
"""

from __future__ import annotations

import socket
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from http.cookiejar import DefaultCookiePolicy
from threading import local
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, NewConnectionError, ReadTimeoutError

from cds_service.addresses import AddressPolicy, ForbiddenAddress, Resolve, resolve
from cds_service.errands import Errand

CONNECT_SHARE = 0.4
"""The part of the time left that connecting may take: a host that is off must not use up the whole of it."""
KEPT_CONNECTIONS = 64
CHUNK = 65_536
GZIP = 16 + zlib.MAX_WBITS
USER_AGENT = "opioid-cds"


class Fault(StrEnum):
    """Why there is no answer."""

    CONNECTION = "connection"
    """Refused, reset, cut off, no such host."""
    TIMEOUT = "timeout"
    INSECURE = "insecure"
    """The certificate is not trusted."""
    FORBIDDEN_ADDRESS = "forbidden-address"
    TOO_LARGE = "too-large"
    UNREADABLE = "unreadable"
    """Not HTTP, or compressed in a way that was not offered."""


class Unanswered(Exception):
    """No answer, and why. Holds no address and nothing that was sent."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back; `media_type` in lower case without parameters."""

    status: int
    media_type: str
    body: bytes


class DirectSession(requests.Session):
    """Goes straight to an address: without the environment's proxies and credentials, and nowhere from there."""

    def __init__(self) -> None:
        super().__init__()
        self.trust_env = False

    def get_redirect_target(self, resp: requests.Response) -> str | None:  # noqa: ARG002 - the library's signature
        """Nowhere. Even where it does not follow a redirect, the library reads its whole body, however long, and takes
        its address apart, on some of which it fails.
        """
        return None


class Outbound:
    """Connections to other servers, kept open between calls. Safe to use from several threads."""

    def __init__(
        self, *, policy: AddressPolicy | None, ca_file: str | None = None, resolver: Resolve = resolve
    ) -> None:
        """`policy` None permits every address, for URLs that only an administrator can have written."""
        self._policy = policy
        self._resolver = resolver
        self._session = DirectSession()
        self._session.verify = ca_file or True
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
        self._session.headers.clear()
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, _Adapter(pool_maxsize=KEPT_CONNECTIONS))

    def get(self, url: str, errand: Errand, *, headers: Mapping[str, str], most_bytes: int) -> Answer:
        """The answer to one GET. Raises `Unanswered`."""
        left = errand.deadline.remaining()
        if errand.is_over:
            raise Unanswered(Fault.TIMEOUT)
        sent = {"User-Agent": USER_AGENT, "Accept-Encoding": "gzip", **headers}
        try:
            with (
                _calling(_Call(errand=errand, policy=self._policy, resolver=self._resolver)),
                self._session.get(
                    url, headers=sent, timeout=(left * CONNECT_SHARE, left), allow_redirects=False, stream=True
                ) as response,
            ):
                # What an error has to say is not wanted.
                body = _body(response, errand, most_bytes) if 200 <= response.status_code < 300 else b""
        except (requests.RequestException, HTTPError, OSError, ValueError, zlib.error) as error:
            raise Unanswered(_fault(error, errand)) from None
        finally:
            errand.leaves()
        media_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        return Answer(status=response.status_code, media_type=media_type, body=body)


# ---- the body: no longer than allowed, before and after it is unpacked ----


def _body(response: requests.Response, errand: Errand, most_bytes: int) -> bytes:
    encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in ("identity", "gzip", "x-gzip", ""):
        raise Unanswered(Fault.UNREADABLE)
    unpack = zlib.decompressobj(GZIP) if "gzip" in encoding else None
    received, body = 0, bytearray()
    while chunk := response.raw.read1(CHUNK, decode_content=False):
        received += len(chunk)
        body += unpack.decompress(chunk, most_bytes + 1 - len(body)) if unpack else chunk
        if max(received, len(body)) > most_bytes:
            raise Unanswered(Fault.TOO_LARGE)
        if errand.is_over:
            break
    if errand.is_over:  # and what looks like the end of an answer may be the end of its connection
        raise Unanswered(Fault.TIMEOUT)
    if unpack and body and not unpack.eof:
        raise Unanswered(Fault.UNREADABLE)
    return bytes(body)


def _fault(error: BaseException, errand: Errand) -> Fault:
    """What went wrong; a connection that was shut down because time was up is late, not broken."""
    for cause in _causes(error):
        if isinstance(cause, ForbiddenAddress):
            return Fault.FORBIDDEN_ADDRESS
        if isinstance(cause, requests.exceptions.SSLError):
            return Fault.TIMEOUT if errand.is_over else Fault.INSECURE
        if isinstance(cause, zlib.error):
            return Fault.UNREADABLE
    late = errand.is_over or any(isinstance(one, ReadTimeoutError | requests.ReadTimeout) for one in _causes(error))
    return Fault.TIMEOUT if late else Fault.CONNECTION


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    waiting: list[Any] = [error]
    while waiting:
        one = waiting.pop(0)
        if isinstance(one, BaseException) and id(one) not in seen:
            seen.add(id(one))
            yield one
            waiting += [one.__cause__, one.__context__, getattr(one, "reason", None), *one.args]


# ---- connections that go to the address that was judged ----


@dataclass(frozen=True, slots=True, kw_only=True)
class _Call:
    errand: Errand
    policy: AddressPolicy | None
    resolver: Resolve


_now = local()
"""The call that this thread makes: urllib3 opens connections by itself and has no place for it."""


@contextmanager
def _calling(call: _Call) -> Iterator[None]:
    _now.call = call
    try:
        yield
    finally:
        del _now.call


def _connected(connection: HTTPConnection) -> socket.socket:
    call: _Call = _now.call
    host, port = connection.host.strip("[]"), connection.port
    errand = call.errand
    limit = errand.deadline.at_most(errand.deadline.remaining() * CONNECT_SHARE)
    try:
        addresses = call.resolver(host, port)
        for address in addresses if call.policy is None else call.policy.permitted(host, addresses):
            with suppress(OSError):  # the next address may answer
                found = socket.create_connection((address, port), max(limit.remaining(), 0.001))
                found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                errand.uses(found)
                return found
    except (OSError, UnicodeError) as error:
        raise NewConnectionError(connection, "no usable address") from error
    raise NewConnectionError(connection, "no address answered")


class _Connection(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        return _connected(self)

    def request(self, *args: Any, **kwargs: Any) -> None:
        if self.sock is not None:  # kept open: not connected anew, and to be ended all the same when time is up
            call: _Call = _now.call
            call.errand.uses(self.sock)
        super().request(*args, **kwargs)


class _SecureConnection(_Connection, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}
