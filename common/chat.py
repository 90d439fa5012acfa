"""Words of ours that a person pastes into a chat."""

import re

# Not inside an e-mail address: what precedes the sign there is part of it.
_CALL = re.compile(r"(?<![\w.+-])[@＠﹫]+(?=\w)")


def calls_nobody(text: str) -> str:
    """The text with no word in it that a chat would take for a call: ``@channel`` is only the word ``channel``."""
    return _CALL.sub("", text)
