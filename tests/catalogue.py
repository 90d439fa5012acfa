"""Asking PostgreSQL itself: statements as the connection's own login, outside the models."""

from typing import Any

from django.db import connection


def rows(statement: str, parameters: Any = None) -> list[tuple]:
    """What a statement answers."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall()


def scalar(statement: str, parameters: Any = None) -> Any:
    """The one value a statement answers."""
    return rows(statement, parameters)[0][0]


def execute(statement: str, parameters: Any = None) -> int:
    """Do a statement; return how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.rowcount
