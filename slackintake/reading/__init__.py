"""What a Slack message asks for, read without database or network.

`read(text, sent_at, office_tz=…)` gives a `Reading` with the words of the text that decided each field; `sentence` puts
it in one line. Text is data: nothing in a message is ever an instruction to the program.
"""

from slackintake.reading.reader import read
from slackintake.reading.schema import (
    GROUP,
    GROUP_KEYS,
    IGNORE,
    INFO_REQUEST,
    MESSAGE_TYPES,
    SCHEMA_VERSION,
    STRAY,
    TASK_KEYS,
    Evidence,
    Proposal,
    Reading,
    schema_faults,
)
from slackintake.reading.wording import LABELS, sentence

__all__ = [
    "GROUP",
    "GROUP_KEYS",
    "IGNORE",
    "INFO_REQUEST",
    "LABELS",
    "MESSAGE_TYPES",
    "SCHEMA_VERSION",
    "STRAY",
    "TASK_KEYS",
    "Evidence",
    "Proposal",
    "Reading",
    "read",
    "schema_faults",
    "sentence",
]
