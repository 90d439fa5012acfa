"""Text as search sees it."""

from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.searching import (
    Finder,
    Term,
    as_tsquery,
    codes_in,
    compact,
    fold,
    segments,
    words_of,
)


def query(text):
    return [(Term(word),) for word in words_of(text)]


def marked(text, words, **options):
    """The text with what was found in brackets."""
    spans = Finder(query(words)).look(text).spans
    return "".join(f"[{piece.text}]" if piece.is_hit else piece.text for piece in segments(text, spans, **options))


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Chloé", "chloe"),
        ("ÅNGSTRÖM", "angstrom"),
        ("Nguyễn", "nguyen"),
        ("Łukasz Øster Đặng", "lukasz oster dang"),
        ("Weiß & Cæsar", "weiss caesar"),
        ("1509-25  The Esplanade, #3", "1509 25 the esplanade 3"),
        ("thanks 🙏pls", "thanks pls"),
        ("e\u0301lodie", "elodie"),
    ],
)
def test_it_folds_case_accents_and_signs(text, folded):
    assert fold(text) == folded


def test_numbers_are_compared_without_their_signs():
    assert compact("+1 (416) 555-0123") == "14165550123"


def test_a_query_is_its_words_each_once_and_at_most_eight():
    assert words_of("Pacific ave, PACIFIC") == ["pacific", "ave"]
    assert len(words_of(" ".join(map(str, range(50))))) == 8


def test_a_word_may_have_others_that_stand_for_it():
    assert as_tsquery((Term("street"), Term("st", is_beginning=False))) == "('street':* | 'st')"


@pytest.mark.parametrize(
    ("text", "words", "shown"),
    [
        ("2847 Pacific Ave", "pa", "2847 [Pa]cific Ave"),
        ("17 Impact Ct", "pa", "17 Impact Ct"),
        ("Chloé Dubé", "chloe dub", "[Chloé] [Dub]é"),
        ("Pat O'Brien", "obr", "Pat [O'Br]ien"),
        ("Pat O'Brien", "brien", "Pat O'[Brien]"),
        ("Weiß", "weiss", "[Weiß]"),
    ],
)
def test_it_marks_the_beginnings_of_words(text, words, shown):
    assert marked(text, words) == shown


def test_it_marks_a_number_in_whatever_format():
    assert codes_in("(416) 555-0123", ["5550"]) == [(6, 11)]
    assert codes_in("(416) 555-0123", ["999"]) == []


def test_a_long_text_is_shown_around_its_first_hit():
    shown = marked("word " * 100 + "needle " + "more " * 100, "needle", around=20)
    assert "[needle]" in shown
    assert shown.startswith("…word")
    assert shown.endswith("…")
    assert len(shown) < 60


@given(st.text(max_size=400))
def test_any_text_is_a_query_of_plain_words(text):
    for word in words_of(text):
        assert word
        assert not set(word) & set(" '\\&|!():*<>\0")


@given(st.text(st.characters(exclude_characters="<>"), max_size=80), st.text(max_size=20))
def test_the_pieces_of_a_text_are_the_text(text, words):
    spans = Finder(query(words)).look(text).spans
    pieces = segments(text, spans)
    assert str(pieces) == text
    assert unescape(pieces.html.replace("<mark>", "").replace("</mark>", "")) == text


def test_pieces_are_escaped():
    assert segments("<b> & pa", [(6, 8)]).html == "&lt;b&gt; &amp; <mark>pa</mark>"
