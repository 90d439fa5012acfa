"""What a spreadsheet would take for a formula is made harmless."""

import pytest

from common.spreadsheets import harmless


@pytest.mark.parametrize(
    "text", ['=HYPERLINK("http://example.com")', "+1-416-555-0100", "-2+3", "@SUM(A1)", " =1+1", "\t=1", "＝1+1"]
)
def test_a_formula_gets_an_apostrophe(text):
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "12 Main St", "-1", "7.5", "a=b", "<script>alert(1)</script>"])
def test_other_text_stays_as_it_is(text):
    assert harmless(text) == text
