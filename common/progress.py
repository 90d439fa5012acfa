"""How far a long command has come."""

from typing import Any

BAR_WIDTH = 24


class Progress:
    """A bar that redraws itself on a terminal; elsewhere a line at each quarter of a long job.

    `stream` is a command's `stderr`, so that what the command says on `stdout` stays clean.
    """

    FEW = 5_000  # below this a plain line would be noise: it is done before it is read

    def __init__(self, stream: Any, label: str, unit: str = "rows"):
        self.stream, self.label, self.unit = stream, label, unit
        self.is_terminal = stream.isatty()
        self._last = ("", -1)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        if self.is_terminal and self._last[0]:
            self._write("\r\x1b[K")

    def show(self, phase: str, done: int, total: int):
        """Show that `done` of `total` units have been through this phase ("reading", "writing")."""
        share = done / total if total else 1.0
        step = int(share * (100 if self.is_terminal else 4))
        if (phase, step) == self._last or not (step or self.is_terminal):
            return
        self._last = (phase, step)
        if self.is_terminal:
            filled = round(share * BAR_WIDTH)
            bar = "█" * filled + "░" * (BAR_WIDTH - filled)
            self._write(f"\r\x1b[K{self.label} {bar} {phase} {done:,} of {total:,}")
        elif total >= self.FEW:
            self._write(f"{self.label}: {phase} {done:,} of {total:,} {self.unit}\n")

    def _write(self, text):
        # Progress is no error: without a style of its own a command's stderr would paint it red.
        self.stream.write(text, style_func=str, ending="")
        self.stream.flush()
