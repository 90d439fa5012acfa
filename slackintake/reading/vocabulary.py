"""The words of the trade, read once from `vocabulary.txt`, and their usual short forms and slips."""

from pathlib import Path

from slackintake.reading.phrases import Vocabulary


def parse(source: str) -> tuple[dict[str, str], dict[str, str]]:
    """The named lists of words, and the phrases of every matter, one a line, with those lists put in."""
    lists: dict[str, list[str]] = {}
    matters: dict[str, list[str]] = {}
    target: list[str] = []
    for line in source.splitlines():
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        if text.startswith("@") and not line.startswith(" ") and " " not in text:
            target = lists.setdefault(text, [])
        elif text.startswith("[") and text.endswith("]"):
            target = matters.setdefault(text[1:-1], [])
        else:
            target.append(text)
    named = {name: "|".join(" ".join(lines).split()) for name, lines in lists.items()}
    return named, {matter: _with_lists("\n".join(lines), named) for matter, lines in matters.items()}


def _with_lists(phrases: str, named: dict[str, str]) -> str:
    for name, words in sorted(named.items(), reverse=True):
        phrases = phrases.replace(name, words)
    return phrases


def _short_forms(text: str) -> dict[str, str]:
    return dict(pair.split("=") for pair in text.split())


# Spellings and short forms that are always the same word; rarer slips are mended by `spelling.py`.
SHORT = _short_forms("""
    paperworks=paperwork pix=photos lstg=listing lsting=listing listg=listing lckbox=lockbox cond'l=conditional
    condtl=conditional tenent=tenant tenents=tenants tennant=tenant tennants=tenants landloard=landlord
    lanlord=landlord llord=landlord relst=relist payed=paid b4=before thru=through mutal=mutual yr=year
    chq=cheque cheques=cheque reciept=receipt recipt=receipt commision=commission comission=commission
    commish=commission comm=commission posession=possession possesion=possession ofer=offer occupany=occupancy
    photoes=photos appt=appointment appts=appointment agreemnt=agreement amendement=amendment waved=waived
    fulfillment=fulfilment openhouse=open-house mkting=marketing mrkting=marketing pkg=package u=you ur=your
    wanna=want gonna=going bldg=building sodl=sold solld=sold phtos=photos photso=photos nwe=new lsit=list
    teh=the pelase=please bth=both
""")
_LISTS, _MATTERS = parse(Path(__file__).with_name("vocabulary.txt").read_text(encoding="utf-8"))
VOCABULARY = Vocabulary(_MATTERS)
VERBS = frozenset([*_LISTS["@verbs"].split("|"), *_LISTS["@nounverbs"].split("|")])
