"""Who is asked to do it: a mention, or a name that the message speaks to. A team, a client or a signature is nobody."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from common.words import Word, word_set
from slackintake.reading.normalise import Mark, Plain
from slackintake.reading.phrases import ADDRESS

# Words with a capital that begin a sentence or address a group; none of them is a person.
NOBODY = word_set("""
    marketing ops operations admin admins team everyone everybody all guys folks hi hello hey yo dear good
    morning afternoon evening thanks thank thx ty please pls plz kindly ok okay yes no yep also and so but then
    just fyi reminder update urgent asap new sold leased rented listing listings sale lease rental open closing
    firm deal deals offer offers buyer buyers seller sellers tenant tenants landlord client clients photo photos
    sign signs mls price need needs someone somebody anyone can could would will want let lets order book send
    prep prepare process submit upload change correct fix add post pull schedule set arrange install remove get
    print invoice collect start file draft mail renew reset monday tuesday wednesday thursday friday saturday
    sunday january february march april may june july august september october november december mon tue tues
    wed thu thurs fri sat sun today tomorrow tonight here there this that these those it its i we you they he
    she my our your his her their who what when where why how is are was were do does did if as at by for from
    in of on to with hola buenas buenos bonjour salut allo equipo equipe merci gracias support office accounting
    finance legal hr reception front desk lawyer lawyers agent agents realtor realtors broker brokerage boss
    manager mom dad honey question quick sorry heads correction note ps re fw fwd subject sent regards best
    cheers congrats congratulations happy great nice well maybe once after before until since while because
    except still first second third last next one two three coming now going put take make have has had sure
    perfect amazing awesome yay wow oh ah lol omg step steps attention important precon relist mutual release
    commission deposit status showing showings lockbox staging paperwork quel quelle pour avec dans mes ma les
    des une nouveau nouvelle nueva nuevo mis para con los las una el la le un toronto oakland berkeley etobicoke
    mississauga brampton markham ontario canada california
""")
_ASKING = word_set("ask tell have get remind nudge ping bug assign")
_AFTER_NAME = word_set("to for if about can please pls plz could would should needs")
_SKIPPED_MENTION = word_set("cc thanks thank thx from congrats welcome fyi gracias merci")
_VERB_LIKE_ASK = word_set("can could would will please pls plz kindly pouvez peux puedes")
_GREETINGS = word_set("hi hey hello yo dear ok okay hola bonjour salut , @ so")
_CAN = word_set("can could would will")
_HANDING = word_set("assign give goes assigned hand pass route send assigning")
_AFTER_VOCATIVE = word_set("we i need i'd i'm could is do did when are")


@dataclass(frozen=True)
class Person:
    """A person named in the text; `hint` is the name as written, or the Slack id of a mention."""

    hint: str
    start: int
    end: int


def find_assignee(
    plain: Plain, words: Sequence[Word], verbs: Collection[str], trade: Collection[str], known: Collection[str] = ()
) -> Person | None:
    """The person a request is meant for, or None.

    `trade` are words of the trade, which are no names; `known` are names (lower case) that are certainly people's.
    """
    return _mentioned(plain, words) or _named(plain, words, verbs, trade, known)


def _mentioned(plain: Plain, words: Sequence[Word]) -> Person | None:
    for mark in plain.marks:
        if mark.kind == "person" and not plain.quoted(mark.start) and _word_before(words, mark) not in _SKIPPED_MENTION:
            return Person(mark.target, mark.start, mark.end)
    return None


def _word_before(words: Sequence[Word], mark: Mark) -> str:
    before = ""
    for word in words:
        if word.start >= mark.start:
            break
        if word.plain.isalpha():
            before = word.plain
    return before


def _named(
    plain: Plain, words: Sequence[Word], verbs: Collection[str], trade: Collection[str], known: Collection[str]
) -> Person | None:
    for i, word in enumerate(words):
        if not _is_name(word, known) or plain.quoted(word.start):
            continue
        last = i
        if i + 1 < len(words) and _is_name(words[i + 1], known) and words[i + 1].start - word.end == 1:
            last = i + 1
        if (
            _called(words, i, last, trade)
            or _spoken_to(words, i, last, verbs)
            or _told_through_another(words, i, last, verbs)
        ):
            return Person(plain.text[word.start : words[last].end].removesuffix("'s"), word.start, words[last].end)
    return None


def _is_name(word: Word, known: Collection[str]) -> bool:
    plain = word.plain.removesuffix("'s")
    if plain in known:
        return True
    return (
        word.text[:1].isupper()
        and not word.text.isupper()
        and 2 < len(plain) <= 20
        and plain.replace("'", "").isalpha()
        and plain not in NOBODY
    )


def _begins_line(words: Sequence[Word], i: int) -> bool:
    """The word opens the text or a sentence, greetings aside."""
    j = i - 1
    while j >= 0 and words[j].plain in _GREETINGS:
        j -= 1
    return (
        j < 0
        or words[j].plain in {".", "!", "?", "\n", ":"}
        or (words[i].start - words[j].end > 0 and words[j].plain in {"-"})
    )


def _called(words: Sequence[Word], i: int, last: int, trade: Collection[str]) -> bool:
    """ "Helen: 14 Marchmount …" and "Lena, 57 Garthdale …" at the very beginning; "…, Owen pls run the deal"."""
    if words[i].plain in trade or last + 2 >= len(words):
        return False
    after, second = words[last + 1].plain, words[last + 2].plain
    if i == 0:
        return after in {",", ":"} and (second[:1].isdigit() or second.startswith(ADDRESS))
    return words[i - 1].plain == "," and after in {"pls", "please", "plz", "porfa", "svp"}


def _spoken_to(words: Sequence[Word], i: int, last: int, verbs: Collection[str]) -> bool:
    """ "Helen, send the …", "Hi Owen can you …", "Tara please book …"."""
    if not _begins_line(words, i) or last + 2 >= len(words):
        return False
    after = words[last + 1].plain
    if after in {",", ":", "-"}:
        after = words[last + 2].plain
        greeted = True
    else:
        greeted = False
    if after == "¿" and last + 3 < len(words):
        after = words[last + 3].plain
    if after in _VERB_LIKE_ASK or (after == "to" and words[last + 2].plain in verbs):
        return True
    return greeted and (after in verbs or after in _AFTER_VOCATIVE)


def _told_through_another(words: Sequence[Word], i: int, last: int, verbs: Collection[str]) -> bool:
    """ "ask Tara to …", "assign it to Lena", "for Owen to do", "pour Arlyn :"."""
    before = words[i - 1].plain if i else ""
    earlier = {words[k].plain for k in range(max(0, i - 9), i)}
    after = words[last + 1].plain if last + 1 < len(words) else ""
    if before in _CAN and after in verbs:
        return True
    if before in _ASKING and (after in _AFTER_NAME or before == "ask"):
        return True
    if before == "to" and earlier & _HANDING:
        return "send" not in earlier or bool(earlier & {"assign", "assigned"})
    if before in {"for", "para", "pour"} and after == "to":
        return True
    if before in {"a", "con"} and earlier & {"pidele", "dile", "pide", "demande", "demander", "preguntale"}:
        return True
    return before == "@"
