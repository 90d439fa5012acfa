"""What can be wrong with a file, told so that a person can mend it."""

from dataclasses import dataclass

SHOWN_LENGTH = 60


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to tell about a file.

    `line` counts the header as line 1 and is the line on which the record begins; None speaks of the whole file.
    `value` is the cell as it stands in the file. A notice was put right or is worth knowing; anything else keeps its
    row out of the database.
    """

    line: int | None
    column: str
    value: str
    reason: str
    is_notice: bool = False

    def __str__(self):
        place = f"line {self.line}" if self.line else ""
        if self.column:
            place = f"{place}, {self.column}" if place else self.column
        if self.value:
            place = f"{place} “{shortened(self.value)}”"
        return f"{place}: {self.reason}" if place else self.reason


class Wrong(Exception):
    """A cell that cannot be taken; its text is the reason."""


class FileRefused(Exception):
    """The file as a whole cannot be taken.

    `problems` says why. `code` is `encoding` where naming the encoding would help, else empty.
    """

    def __init__(self, *problems, code=""):
        super().__init__("; ".join(str(problem) for problem in problems))
        self.problems = list(problems)
        self.code = code


def refused(reason, *, line=None, column="", value="", code=""):
    """A FileRefused with a single problem."""
    return FileRefused(Problem(line, column, value, reason), code=code)


def shortened(text, length=SHOWN_LENGTH):
    """The text on one line, cut to `length` characters with an ellipsis, control characters made visible."""
    text = "".join(
        character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text[: length + 1]
    )
    return text if len(text) <= length else text[: length - 1] + "…"
