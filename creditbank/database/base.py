"""Django's PostgreSQL, but that a connection is looked at, not asked, before a request uses it again."""

import select

from django.db.backends.postgresql import base
from psycopg.pq import TransactionStatus


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that costs no question more for being kept from one request to the next."""

    def is_usable(self) -> bool:
        """Say whether the server is still there: a connection that nobody asked anything is silent until it ends."""
        if self.connection is None or self.connection.closed:
            return False
        if self.connection.info.transaction_status != TransactionStatus.IDLE:  # only what rests between requests
            return bool(super().is_usable())
        heard = select.poll()  # not `select`, which knows no descriptor beyond 1023
        heard.register(self.connection.fileno(), select.POLLIN)
        return bool(super().is_usable()) if heard.poll(0) else True
