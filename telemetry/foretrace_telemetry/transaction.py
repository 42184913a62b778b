"""Transactions: everything inside or nothing, also where several programs write."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlite_utils


@contextmanager
def writing(db: sqlite_utils.Database) -> Iterator[None]:
    """Do everything inside or nothing.

    The right to write is waited for at once: to one who read first and wants to write then, SQLite
    refuses it without waiting if another process wrote in between. Inside of another transaction it
    is a part of that one, and of that nothing stays where this one fails.
    """
    if db.conn.in_transaction:
        with db.atomic():
            yield
        return
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.commit()
    except BaseException:
        db.rollback()
        raise
