import time
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slackintake.text import Evidence, for_slack, html, pieces, plain

NAMES = {"U1": "Maria Russo", "C1": "listings"}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("for <@U1> please", "for @Maria Russo please"),
        ("for <@U9|ana> please", "for @ana please"),
        ("for <@U9>", "for @U9"),
        ("in <#C7|ops-requests>", "in #ops-requests"),
        ("in <#C1> and <#C1|>", "in #listings and #listings"),
        ("<!here> <!channel> <!subteam^S1|@ops> <!subteam^S1>", "@here @channel @ops @S1"),
        ("<!date^1392734382^{date}|18 February>", "18 February"),
        ("see <https://x.example/a?b=1&amp;c=2|the plan>", "see the plan"),
        ("see <https://x.example/a?b=1&amp;c=2>", "see https://x.example/a?b=1&c=2"),
        ("<mailto:a@b.example|a@b.example> <tel:4165550101|416-555-0101> <tel:416>", "a@b.example 416-555-0101 416"),
        ("Smith &amp; Sons, 2 &lt; 3, &amp;lt;", "Smith & Sons, 2 < 3, &lt;"),
        ("thanks :pray: :+1::skin-tone-3: :never-seen:", "thanks 🙏 👍 :never-seen:"),
        ("*urgent* _really_ ~not~ `code`", "urgent really not code"),
        ("2 * 3 * 4 and snake_case_word", "2 * 3 * 4 and snake_case_word"),
        ("", ""),
    ],
)
def test_it_shows_slacks_writing_as_a_person_reads_it(text, shown):
    assert plain(text, NAMES) == shown


def test_it_makes_styles_and_links():
    assert html("*now* <https://x.example|plan>\n~old~") == (
        '<strong>now</strong> <a class="link" href="https://x.example" rel="noopener noreferrer nofollow">plan</a><br>'
        "<del>old</del>"
    )


@pytest.mark.parametrize(
    "target", ["javascript:alert(1)", "data:text/html,x", "JaVaScRiPt:alert(1)", "//x.example", 'https://x"onclick=y']
)
def test_it_links_only_to_web_mail_and_telephone(target):
    assert "href" not in html(f"<{target}|press>")


def test_it_shows_markup_as_words():
    assert html("&lt;script&gt;alert(1)&lt;/script&gt; <script> \"'") == (
        "&lt;script&gt;alert(1)&lt;/script&gt; script &quot;&#x27;"
    )


def test_it_underlines_the_evidence():
    text = "New listing: 88 Harbour St, photos by Friday"
    evidence = [Evidence("address", 13, 26), Evidence("date", 35, 44), Evidence("type", 0, 11)]
    assert html(text, evidence) == (
        '<ruby><span class="ev ev-type">New listing</span><rt>type</rt></ruby>: '
        '<ruby><span class="ev ev-place">88 Harbour St</span><rt>address</rt></ruby>, photos '
        '<ruby><span class="ev ev-date">by Friday</span><rt>date</rt></ruby>'
    )


def test_it_underlines_a_whole_mention_or_entity():
    assert html("ask <@U1>", [Evidence("name", 4, 9)], NAMES).startswith('ask <ruby><span class="ev ev-name">@Maria')
    assert "Smith &amp; Sons" in html("Smith &amp; Sons", [Evidence("address", 0, 16)])


def test_it_leaves_away_evidence_that_is_not_in_the_text_or_overlaps():
    evidence = [
        Evidence("address", -1, 2),
        Evidence("address", 3, 99),
        Evidence("address", 2, 2),
        Evidence("date", 0, 3),
        Evidence("address", 1, 4),
    ]
    assert html("abcdef", evidence).count("<ruby>") == 1


def test_it_escapes_our_own_words_for_slack():
    assert for_slack("<!channel> & <@U1>") == "&lt;!channel&gt; &amp; &lt;@U1&gt;"


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.seen, self.words = [], set(), []

    def handle_starttag(self, tag, attrs):
        self.seen.add(tag)
        if tag != "br":
            self.open.append(tag)
        for name, value in attrs:
            assert name in {"class", "href", "rel"}
            assert name != "href" or value.lower().startswith(("http://", "https://", "mailto:", "tel:"))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


HOSTILE = st.lists(
    st.sampled_from(
        [
            "<",
            ">",
            "&",
            "&lt;",
            "*",
            "_",
            "~",
            "`",
            "```",
            "|",
            "@",
            "#",
            "!",
            "\n",
            "https://x.example",
            "javascript:",
            "U1",
            " ",
            '"',
            "'",
            ":pray:",
            "<script>",
            "<@U1>",
        ]
    )
    | st.text(max_size=3),
    max_size=30,
).map("".join)


@given(
    text=HOSTILE,
    spans=st.lists(
        st.tuples(st.sampled_from(["address", "date"]), st.integers(-5, 60), st.integers(-5, 60)), max_size=4
    ),
)
def test_it_makes_only_harmless_and_closed_tags(text, spans):
    tags = Tags()
    tags.feed(html(text, [Evidence(*span) for span in spans]))
    assert not tags.open
    assert tags.seen <= {"ruby", "rt", "span", "a", "br", "strong", "em", "del", "code"}


@given(text=HOSTILE)
def test_its_pieces_follow_one_another_and_lose_nothing_but_marks(text):
    position = 0
    for piece in pieces(text):
        assert piece.start >= position
        assert set(text[position : piece.start]) <= set("*_~`")
        position = piece.end
    assert set(text[position:]) <= set("*_~`")


@pytest.mark.parametrize("unit", ["*", "<", "*a ", "```", ":a", "&amp;", "_a\n", "<@U1|"])
def test_it_takes_no_long_time_over_a_long_hostile_text(unit):
    text = unit * (20_000 // len(unit))
    before = time.process_time()
    html(text, [Evidence("address", 5, 9)])
    assert time.process_time() - before < 2


def test_words_for_the_type_leave_the_address_its_own_underline():
    text = "new one coming: 33 Bay St"
    shown = html(text, [Evidence("type", 0, 25), Evidence("address", 16, 25)])
    assert '<span class="ev ev-type">new one coming</span>' in shown
    assert '<span class="ev ev-place">33 Bay St</span><rt>address</rt>' in shown
