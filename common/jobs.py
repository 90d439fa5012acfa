"""Jobs of the clock: what has to be done every so often, whoever is signed in. The worker does them.

A room writes them in its module `jobs`:

    @clock_job(every=timedelta(minutes=1))
    def wake_snoozed() -> None: ...
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.utils.module_loading import autodiscover_modules


@dataclass(frozen=True)
class ClockJob:
    """A function, how often it is wanted, and the name under which its last run is noted."""

    name: str
    every: timedelta
    run: Callable[[], object]


_jobs: dict[str, ClockJob] = {}


def clock_job(*, every: timedelta) -> Callable[[Callable[[], object]], Callable[[], object]]:
    """Have the function called every so often, in a transaction of its own, as the identity `clock`.

    It must be able to run twice: a worker that dies half-way leaves nothing behind, and the next one begins anew.
    """

    def register(function: Callable[[], object]) -> Callable[[], object]:
        name = f"{function.__module__.partition('.')[0]}.{function.__name__}"
        _jobs[name] = ClockJob(name, every, function)
        return function

    return register


def clock_jobs() -> list[ClockJob]:
    """All jobs of all rooms."""
    autodiscover_modules("jobs")
    return [_jobs[name] for name in sorted(_jobs)]
