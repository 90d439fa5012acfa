import pytest
from hypothesis import given
from hypothesis import strategies as st

from slackintake.reading.normalise import LONGEST, normalise


@pytest.mark.parametrize(
    ("slack", "plain"),
    [
        ("Danforth &amp; Woodbine", "Danforth & Woodbine"),
        ("5 &lt; 6 &amp;amp; 7", "5 < 6 &amp; 7"),
        ("<https://tour.example/t/61|61 Lumsden Ave tour>", "61 Lumsden Ave tour"),
        ("<mailto:a@b.example|a@b.example>", "a@b.example"),
        ("<tel:+16475550177|647-555-0177>", "647-555-0177"),
        ("see <!date^1700000000^{date}|next Friday>", "see next Friday"),
        ("it’s 12½ Elm – “now”", 'it\'s 12½ Elm - "now"'),
    ],
)
def test_it_undoes_the_escapes_of_slack_once(slack, plain):
    assert normalise(slack).text == plain


@pytest.mark.parametrize(
    ("slack", "words"),
    [
        ("*New listing* at _5 Elm St_", "New listing at 5 Elm St"),
        ("photos :camera: :+1::skin-tone-3: Friday", "photos Friday"),
        ("`1203` is the code", "1203 is the code"),
        ("• sign\n◦ photos", "sign photos"),
        ("&gt; quoted line\nanswer", "quoted line answer"),
        ("before ```group_key``` after", "before after"),
        ("zero\u200bwidth \u202eright to left", "zerowidth right to left"),
        ("nul\0 and half \ud800 pair", "nul and half \ufffd pair"),
    ],
)
def test_it_leaves_out_what_is_no_word(slack, words):
    assert " ".join(normalise(slack).text.split()) == words


def test_words_struck_through_are_withdrawn():
    plain = normalise("list ~16 Lumsden~ 61 Lumsden Ave, ~$5k off")
    assert "16 Lumsden" not in plain.text
    assert plain.withdrawn == ["16 Lumsden"]
    assert "$5k off" in plain.text


def test_it_knows_who_is_mentioned():
    plain = normalise("<@U1|tara> and <@U2>, in <#C1|deals>, <!subteam^S1|@admins> <!here>")
    assert [(mark.kind, mark.target) for mark in plain.marks] == [
        ("person", "U1"),
        ("person", "U2"),
        ("channel", "C1"),
        ("team", "S1"),
        ("broadcast", "here"),
    ]
    assert plain.text[plain.marks[0].start : plain.marks[0].end] == "@tara"


def test_it_knows_which_lines_are_quoted():
    plain = normalise("look:\n&gt; closing on the 10th\nsend it")
    assert plain.quoted(plain.text.index("closing"))
    assert not plain.quoted(plain.text.index("send"))


def test_the_head_of_a_forwarded_mail_is_left_out():
    plain = normalise("fwd\n---------- Forwarded message ----------\nFrom: R. Tessier\nSubject: 22 Balsam Rd\nhello")
    assert "Tessier" not in plain.text
    assert "22 Balsam Rd" in plain.text


def test_a_very_long_text_is_cut():
    plain = normalise("x" * (LONGEST + 1))
    assert plain.cut_short
    assert len(plain.text) == LONGEST


@given(st.text(alphabet=st.characters(), max_size=300))
def test_every_readable_character_points_to_its_place_in_the_original(text):
    plain = normalise(text)
    assert len(plain.origins) == len(plain.text)
    assert all(0 <= origin < len(text) for origin in plain.origins)
    assert plain.origins == sorted(plain.origins)


@given(st.text(alphabet="ab <>&;|@#!:~*_`\n>^", max_size=120))
def test_no_half_written_mark_breaks_it(text):
    plain = normalise(text)
    for start in range(len(plain.text)):
        first, last = plain.original_span(start, start + 1)
        assert 0 <= first < last <= len(text)
