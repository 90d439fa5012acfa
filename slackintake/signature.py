"""Is this request from Slack? Slack's signature, checked on the raw bytes of the body."""

import hashlib
import hmac
import re
from collections.abc import Sequence

MAX_AGE_SECONDS = 300

# Whole seconds since 1970. More digits are no time of ours, and int() on thousands of them is slow or refused.
_TIMESTAMP = re.compile(r"[0-9]{1,12}")
_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}")


def sign(body: bytes, timestamp: str, secret: str) -> str:
    """The value of `X-Slack-Signature` for a body sent at `timestamp` (whole seconds since 1970, as text)."""
    base = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


def is_genuine(
    body: bytes, *, timestamp: str | None, signature: str | None, secrets: Sequence[str], now: float
) -> bool:
    """Whether one of `secrets` signed `body` within five minutes of `now` (seconds since 1970).

    The headers come from anybody on the internet, so whatever stands in them, or stands not in them, is answered
    with False and never with an exception. Several secrets are accepted so that one can be exchanged for another.
    """
    if not timestamp or not signature:
        return False
    if not _TIMESTAMP.fullmatch(timestamp) or not _SIGNATURE.fullmatch(signature):
        return False
    if abs(now - int(timestamp)) > MAX_AGE_SECONDS:
        return False
    # Every secret is tried, also after a match, so that the time taken tells nothing about which one fits.
    matches = [hmac.compare_digest(sign(body, timestamp, secret), signature) for secret in secrets if secret]
    return any(matches)
