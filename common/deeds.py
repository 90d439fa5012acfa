"""What an act is called in a sentence: one place, for toasts, the list of my acts and what an undo took back."""

from typing import NamedTuple

THINGS = {
    "person": ("person", "people"),
    "realtor": ("realtor", "realtors"),
    "listing": ("listing", "listings"),
    "message": ("message", "messages"),
    "task": ("task", "tasks"),
}
"""What people do something to, one and many. An act that touches several was about the first of this order."""
ANY = "any"


class Deed(NamedTuple):
    """The words of a verb. ``{}`` stands for what it was done to, ``{to}`` for what that got, where it is one."""

    words: str
    thing: str = ANY
    """Of which kind that is; ``ANY`` where the verb is the same for several, empty where it needs no naming."""


DEEDS = {
    # work
    "claimed": Deed("claimed {}", "task"),
    "released": Deed("released {}", "task"),
    "assigned": Deed("gave {}{to}", "task"),
    "started": Deed("started {}", "task"),
    "completed": Deed("completed {}", "task"),
    "failed": Deed("marked {} as failed"),
    "cancelled": Deed("cancelled {}", "task"),
    "reopened": Deed("reopened {}", "task"),
    "changed the status": Deed("changed the status of {}{to}", "task"),
    "set due": Deed("changed the due date of {}", "task"),
    "set priority": Deed("changed the priority of {}{to}", "task"),
    "moved to another listing": Deed("moved {} to another listing", "task"),
    "put on template": Deed("made {} from a template", "task"),
    "cancelled the listing": Deed("cancelled a listing with {}", "task"),
    # triage
    "snoozed": Deed("snoozed {}"),
    "woke": Deed("brought {} back"),
    "began waiting": Deed("let {} wait on the realtor", "task"),
    "stopped waiting": Deed("ended the waiting of {}", "task"),
    "merged": Deed("merged {} into another", "task"),
    "declined": Deed("declined {}", "task"),
    "linked": Deed("linked {} to a listing", "task"),
    # anything
    "created": Deed("made {}"),
    "added": Deed("added {}"),
    "edited": Deed("edited {}"),
    "changed": Deed("changed {}"),
    "changed in the back room": Deed("changed {} in the back room"),
    "removed": Deed("removed {}"),
    "restored": Deed("restored {}"),
    "imported": Deed("imported {}"),
    "noted": Deed("wrote a note on {}"),
    "undid": Deed("took back what was done to {}"),
    # listings
    "acknowledged": Deed("acknowledged {}", "listing"),
    "set a key day": Deed("set a key day of {}", "listing"),
    "changed a template": Deed("changed a template", ""),
    # messages
    "ignored a message": Deed("ignored {}", "message"),
    "attached a message": Deed("attached {}", "message"),
    "asked about a message": Deed("asked about {}", "message"),
    "made a listing of a message": Deed("made a listing of {}", "message"),
    "made a task of a message": Deed("made a task of {}", "message"),
    "made what a message asks for besides": Deed("made what {} asks for besides", "message"),
    "changed what a message made": Deed("changed what {} made", "message"),
    "brought a message back": Deed("brought {} back", "message"),
    "asked to read again": Deed("asked to read {} again", "message"),
    "asked to run again": Deed("let the worker try again", ""),
    "split a message off": Deed("split a message off", ""),
    "joined messages": Deed("joined a message to the one before", ""),
    "linked a Slack name": Deed("linked a Slack name to {}", "realtor"),
    # messages, by the intake
    "received": Deed("received {}", "message"),
    "read": Deed("read {}", "message"),
    "already done": Deed("found {} done already", "message"),
    "edited in Slack": Deed("took over the edit of {}", "message"),
    "deleted in Slack": Deed("noted that {} was deleted in Slack", "message"),
    "asked for in Slack": Deed("was asked in Slack to read {}", "message"),
    "taken back after an edit": Deed("took back what {} had made", "message"),
    # oneself, and logins
    "edited own profile": Deed("edited the own profile", ""),
    "changed preferences": Deed("changed the own preferences", ""),
    "set a new password": Deed("set a new password", ""),
    "ended": Deed("ended sessions", ""),
    "ended sessions": Deed("ended sessions", ""),
    "ended own sessions": Deed("ended the own sessions", ""),
    "saved a view": Deed("saved a view", ""),
    "changed a view": Deed("changed a view", ""),
    "removed a view": Deed("removed a view", ""),
}
"""Every verb that an act is recorded under."""


def number_of(number: int, thing: str, name: str = "") -> str:
    """``2 messages``, ``no task``; one by its name, if that is known."""
    one, many = THINGS[thing]
    if number == 1:
        return name or f"1 {one}"
    return f"{number:,} {many}" if number else f"no {one}"


def told(verb: str, what: str, to: str = "") -> str:
    """``gave 2 tasks to Priya Shah``: a verb with what it was done to and, where it gave something, what that was."""
    words = DEEDS[verb].words if verb in DEEDS else f"{verb} {{}}"
    return words.format(what, to=f" to {to}" if to else "").strip()
