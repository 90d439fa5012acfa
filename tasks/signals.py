"""What rooms above want to hear, sent inside the transaction of the action."""

from django.dispatch import Signal

task_closed = Signal()
"""A task reached Done, Failed or Cancelled. Arguments: ``task``, ``verb``."""

task_reopened = Signal()
"""A closed task is open or claimed again. Arguments: ``task``."""

rows_read = Signal()
"""Rows of a list have been read. Arguments: ``rows``; a room above may set their ``news``."""

task_merged = Signal()
"""A task was closed as a duplicate. Arguments: ``task``, ``stays`` (the one its messages belong to now)."""
