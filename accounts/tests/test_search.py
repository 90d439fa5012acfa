"""Text as search sees it is the same in the database and in Python, and people are found by name and number."""

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from common.principal import acting_as
from common.searching import compact, fold
from tests import factories
from tests.catalogue import scalar

pytestmark = pytest.mark.django_db

# Latin with its accents, Greek, Cyrillic, and the signs, dashes and pictures that people type.
LETTERS = st.characters(
    codec="utf-8", min_codepoint=1, max_codepoint=0x24F, exclude_characters="\u0130\u0149"
) | st.sampled_from("ễặỹąźΑβγΣ́̂ЖжЯ–—’“”…·•№½🙏🏠\u200b\ufe0f\u00a0")


def in_database(function, text):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT app.{function}(%s)", [text])
        return cursor.fetchone()[0]


@settings(max_examples=300)
@given(st.text(LETTERS, max_size=60))
def test_the_database_folds_as_python_does(text):
    assert in_database("fold", text) == fold(text)
    assert in_database("compact", text) == compact(text)


@pytest.mark.parametrize("word", ["12e5", "1509", "1a2b", "25th", "www", "http", "m5e", "3d", "0x1f", "naïve", "жук"])
def test_a_word_is_one_lexeme(word):
    assert scalar("SELECT tsvector_to_array(app.search_words(ARRAY[%s]))", [word]) == [fold(word)]


@settings(max_examples=200)
@given(st.text(st.characters(codec="utf-8", min_codepoint=48, max_codepoint=0x24F), min_size=1, max_size=12))
def test_whatever_the_word_it_is_found_by_its_beginning(text):
    for word in fold(text).split():
        half = word[: max(1, len(word) // 2)]
        assert scalar("SELECT app.search_words(ARRAY[%s]) @@ %s::tsquery", [text, f"'{half}':*"])


def test_very_long_texts_and_words_can_be_stored():
    assert scalar("SELECT tsvector_to_array(app.search_words(ARRAY[%s]))", ["é" * 9000 + " end"]) == ["e" * 200, "end"]
    assert scalar("SELECT length(app.search_words(ARRAY[%s]))", ["word " * 50_000]) == 1
    factories.realtor(name="x" * 50_000, phone="1" * 50_000, license_number="9" * 2_000)


def test_a_number_is_found_by_any_part_of_four_characters():
    codes = scalar("SELECT tsvector_to_array(app.search_codes(ARRAY['(416) 555-0123', NULL, '12']))")
    assert sorted(codes) == sorted("4165550123"[start:] for start in range(7))


@pytest.mark.parametrize("table", ["staff", "realtors"])
def test_people_are_found_by_staff_only(table):
    person = factories.staff("support", name="Quill Person")
    realtor = factories.realtor(name="Quill Realtor")
    statement = f"SELECT count(*) FROM app.search_{table}('quill'::tsquery, '', 10)"
    for principal, number in ((("staff", person.pk), 1), (("realtor", realtor.pk), 0), ((None,), 0)):
        with acting_as(*principal):
            assert scalar(statement) == number
