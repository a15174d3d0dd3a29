"""PostgreSQL's driver with an end to its patience."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine, event


def limit_waiting(engine: Engine, seconds: float) -> None:
    """Lets no answer of the server be waited for longer than this; then the connection is closed.

    A limit that the server keeps, `statement_timeout`, is none while its disk hangs or its machine stands still.
    """
    connect = _connecting(seconds)
    event.listen(engine, "do_connect", lambda _dialect, _record, arguments, named: connect(*arguments, **named))


def _connecting(seconds: float) -> Callable[..., Any]:
    import psycopg  # noqa: PLC0415 - where SQLite is enough, nobody loads it

    under_way = psycopg.pq.TransactionStatus.ACTIVE

    class Limited(psycopg.Connection[Any]):
        def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
            limit = seconds if timeout is None else timeout
            try:
                return super().wait(gen, interval, limit)
            except psycopg.OperationalError:
                if not self.closed and self.pgconn.transaction_status == under_way:
                    self.pgconn.finish()  # what it answers later would be taken for the answer to another question
                raise

    return Limited.connect
