import pytest

from slackintake.reading import word_counts
from slackintake.reading.features import price_of
from slackintake.reading.word_counts import WordCounts
from slackintake.tests.reading.messages import reading_of

MESSAGES = [
    (["order", "a", "cake"], ["OPS_MISC_TASK"]),
    (["order", "a", "printer"], ["OPS_MISC_TASK"]),
    (["a", "cake", "for", "me"], ["IGNORE"]),
    (["a", "cake"], ["IGNORE", "OPS_MISC_TASK"]),
]
LABELS = ["OPS_MISC_TASK", "IGNORE"]


def test_words_and_pairs_of_at_least_two_messages_are_counted():
    assert word_counts.count(MESSAGES) == {
        "a": {"OPS_MISC_TASK": 2.5, "IGNORE": 1.5},
        "a cake": {"OPS_MISC_TASK": 1.5, "IGNORE": 1.5},
        "cake": {"OPS_MISC_TASK": 1.5, "IGNORE": 1.5},
        "order": {"OPS_MISC_TASK": 2.0},
        "order a": {"OPS_MISC_TASK": 2.0},
    }


def test_the_words_of_a_message_speak_for_the_label_that_used_them():
    counts = WordCounts(LABELS, word_counts.count(MESSAGES))
    scores = counts.scores(["please", "order", "a", "lamp"])
    assert scores["OPS_MISC_TASK"] > scores["IGNORE"]
    assert counts.scores(["nothing", "known"]) == {"OPS_MISC_TASK": 0.0, "IGNORE": 0.0}
    assert counts.telling("OPS_MISC_TASK", ["please", "order", "a", "lamp"]) == [1, 2]


def test_counts_are_the_same_after_they_were_written_and_read():
    counts = word_counts.count(MESSAGES)
    again = word_counts.parse(word_counts.written(LABELS, counts))
    keys = ["order", "a", "cake"]
    assert again.scores(keys) == WordCounts(LABELS, counts).scores(keys)


def test_a_long_message_does_not_drown_the_rules():
    counts = WordCounts(["OPS_MISC_TASK"], {f"word{i}": {"OPS_MISC_TASK": 1.0 + i % 2} for i in range(500)})
    few, many = (counts.scores([f"word{i}" for i in range(number)]) for number in (60, 500))
    assert few["OPS_MISC_TASK"] != 0
    assert many == pytest.approx(few)


def test_a_reading_that_no_rule_explains_quotes_the_words_that_decided():
    reading = reading_of("the barista drew a cat on my flat white")
    assert reading.message_type == "IGNORE"
    assert all(item.text in "the barista drew a cat on my flat white" for item in reading.evidence)


@pytest.mark.parametrize(
    ("text", "dollars"),
    [("$2,550", 2550), ("689k", 689_000), ("1.05", 1_050_000), ("$1.6M", 1_600_000), ("1,299,000", 1_299_000)],
)
def test_a_price_is_read_as_it_is_said(text, dollars):
    assert price_of(text) == dollars
