"""Slips of the fingers in the words of the trade: letters swapped, one missing, one too many."""

from collections.abc import Iterable, Mapping

from common.words import word_set

# Only these are mended; they are long and few, so that no other word is taken for one of them.
TRADE = word_set("""
    process record relist release confirm printer bought purchase request schedule picture install tenant
    closing closings listing listings conditional conditionally tenant tenants landlord landlords mutual release
    deposit deposits commission photographer photography photos staging lockbox showing showings possession
    occupancy elevator invoice paperwork amendment accepted financing inspection relisted relisting marketing
    agenda template preconstruction assignment builder buyers sellers purchaser waived signed receipt worksheet
    please tomorrow boardroom business newsletter letterhead brochure brochures feature virtual status
    certificate lawyer lawyers solicitor leased rental rented address statement adjustments
""")
# Words one slip away from a word of the trade that are themselves.
OWN_WORDS = word_set("""
    records recorded processed confirms printers purchased purchases requests requested schedules scheduled pictures
    installed installs bough brought relisting processing
    released releases releasing listings lasting listening address addressed posting signs sign tenanted
    commissions buyer seller invoices invoiced states stated statue deposited builders featured features
    certificates rentals leases lease elevators elevated possessions receipts worksheets statements templates
    agendas mutually lawyer inspections inspector assignments amendments purchasers lockboxes closed closes
    photo photographers conditions condition conditioned pleased staging sailing signal singed designed resigned
""")


def _without_one(word: str) -> set[str]:
    return {word[:i] + word[i + 1 :] for i in range(1, len(word))}


class Mender(Mapping[str, str]):
    """Maps a misspelt word to the word that was meant; `get` of any other word gives None."""

    def __init__(self, short: Mapping[str, str], known: Iterable[str]):
        self._short = dict(short)
        self._known = set(known) | OWN_WORDS | TRADE
        long = [word for word in sorted(TRADE) if len(word) >= 6]
        self._anagrams = {(word[0], "".join(sorted(word))): word for word in long}
        self._shorter = {shorter: word for word in long for shorter in _without_one(word)}
        self._targets = set(long)

    def __getitem__(self, word: str) -> str:
        mended = self._short.get(word)
        if mended is None and 5 <= len(word) <= 18 and word not in self._known and word.isalpha():
            mended = self._mend(word)
        if mended is None:
            raise KeyError(word)
        return mended

    def get(self, word: str, default: str | None = None) -> str | None:  # type: ignore[override]
        mended = self._short.get(word)
        if mended is not None or len(word) < 5 or len(word) > 18 or word in self._known or not word.isalpha():
            return mended or default
        return self._mend(word) or default

    def _mend(self, word: str) -> str | None:
        found = self._anagrams.get((word[0], "".join(sorted(word)))) or self._shorter.get(word)
        if found:
            return found
        return next((shorter for shorter in _without_one(word) if shorter in self._targets), None)

    def __iter__(self):
        return iter(self._short)

    def __len__(self) -> int:
        return len(self._short)
