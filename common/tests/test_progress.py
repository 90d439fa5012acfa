"""A long command says how far it is: a bar on a terminal, a few lines elsewhere."""

from io import StringIO

from django.core.management.base import OutputWrapper

from common.progress import Progress


class Terminal(StringIO):
    def isatty(self):
        return True


def shown(stream, total, step):
    with Progress(OutputWrapper(stream), "staff.csv") as progress:
        for done in range(0, total + 1, step):
            progress.show("writing", done, total)
    return stream.getvalue()


def test_a_terminal_gets_a_bar_that_redraws_itself_and_leaves_no_trace():
    text = shown(Terminal(), 400, 1)
    assert text.count("\r\x1b[Kstaff.csv") == 101
    assert "████████████░░░░░░░░░░░░ writing 200 of 400" in text
    assert text.endswith("\r\x1b[K")
    assert "\n" not in text


def test_a_log_gets_a_line_at_each_quarter():
    assert shown(StringIO(), 20_000, 500).splitlines() == [
        "staff.csv: writing 5,000 of 20,000 rows",
        "staff.csv: writing 10,000 of 20,000 rows",
        "staff.csv: writing 15,000 of 20,000 rows",
        "staff.csv: writing 20,000 of 20,000 rows",
    ]


def test_a_log_hears_nothing_of_a_short_job():
    assert shown(StringIO(), 300, 10) == ""
