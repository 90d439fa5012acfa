"""The lock files hold everything that pip needs, whatever is published after them."""

import re
from importlib.metadata import distributions
from pathlib import Path

import pytest
from django.conf import settings
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

LOCKED = re.compile(r"^(?P<requirement>[A-Za-z0-9][^=\n]*)==", re.MULTILINE)


def locked_extras() -> dict[str, set[str]]:
    """The extras locked for each package, by its canonical name."""
    found: dict[str, set[str]] = {}
    for lock in Path(settings.BASE_DIR).glob("requirements*.txt"):
        for match in LOCKED.finditer(lock.read_text()):
            requirement = Requirement(match["requirement"])
            found.setdefault(canonicalize_name(requirement.name), set()).update(requirement.extras)
    return found


def wanted() -> list[tuple[str, Requirement]]:
    """What the installed packages of the lock files ask for here, each with the package that asks."""
    locked = locked_extras()
    return [
        (distribution.metadata["Name"], requirement)
        for distribution in distributions()
        if canonicalize_name(distribution.metadata["Name"]) in locked
        for text in distribution.requires or ()
        if (requirement := Requirement(text)).extras and (not requirement.marker or requirement.marker.evaluate())
    ]


@pytest.mark.parametrize(("asker", "requirement"), wanted(), ids=str)
def test_a_package_asked_for_with_an_extra_is_locked_with_it(asker: str, requirement: Requirement) -> None:
    """With hashes required, pip refuses an extra that is not pinned as soon as a newer release is published."""
    assert requirement.extras <= locked_extras().get(canonicalize_name(requirement.name), set()), asker
