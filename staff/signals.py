"""What rooms above want to hear of people, sent inside the transaction of the action."""

from django.dispatch import Signal

staff_leaving = Signal()
"""An active person is being switched off or removed. Arguments: ``person``, ``by``, ``release``, ``hand_over_to``.

A receiver settles what the person still holds as ``release`` or ``hand_over_to`` say, or raises ``Refused``: nothing
moves in silence.
"""
