"""Every act has words: no verb is recorded that toasts and the list of one's acts could not tell (common/deeds.py)."""

import ast
import re

import pytest
from django.conf import settings

from common.deeds import ANY, DEEDS, THINGS, number_of, told
from tasks.bulk_views import VERBS

# What opens an act, and what passes a verb on to it: where the verb stands among the arguments.
PLACES = {"act": 0, "_move": 2, "_close": 2, "each": 2, "do_to_each": "verb", "for_each": "verb"}
SQL = re.compile(r"open_act\([^)]*?'([a-z][^']*)'|VALUES \(new_act, '([^']+)'")


def sources():
    for path in settings.BASE_DIR.rglob("*.py"):
        parts = path.relative_to(settings.BASE_DIR).parts
        if not {"tests", "bench", "demo", ".venv"} & set(parts):
            yield path, path.read_text()


def strings_in(node):
    return {part.value for part in ast.walk(node) if isinstance(part, ast.Constant) and isinstance(part.value, str)}


def verbs_of(tree):
    """The verbs that stand in a module, in calls or as a constant named VERB."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and any(getattr(target, "id", "") == "VERB" for target in node.targets):
            yield from strings_in(node.value)
        if not isinstance(node, ast.Call):
            continue
        place = PLACES.get(getattr(node.func, "id", getattr(node.func, "attr", "")))
        if isinstance(place, int) and len(node.args) > place:
            given = node.args[place]
            # Of a choice the verbs, not what is compared to choose.
            for part in (given.body, given.orelse) if isinstance(given, ast.IfExp) else (given,):
                yield from strings_in(part)
        yield from (
            verb
            for keyword in node.keywords
            if place is not None and keyword.arg == "verb"
            for verb in strings_in(keyword.value)
        )


def used():
    found = {said for _, said, _, _ in VERBS.values()}
    for _, text in sources():
        found |= set(verbs_of(ast.parse(text)))
        found |= {verb for both in SQL.findall(text) for verb in both if verb}
    return found


def test_every_verb_that_is_recorded_has_words_and_no_others_have():
    assert used() == set(DEEDS)


def test_the_walk_finds_verbs_however_they_are_given():
    tree = ast.parse(
        "act('a' if x == 'b' else 'c'); act(verb='d'); self.each(r, rows, 'e', f); do_to_each(r, f, verb='g')"
    )
    assert set(verbs_of(tree)) == {"a", "c", "d", "e", "g"}
    assert {"claimed", "undid", "changed in the back room", "assigned", "changed the status"} <= used()


@pytest.mark.parametrize("verb", DEEDS)
def test_words_name_what_was_done_to_a_thing_that_there_is(verb):
    deed = DEEDS[verb]
    assert deed.thing in {*THINGS, ANY, ""}
    assert ("{}" in deed.words) == (deed.thing != "")
    assert "{" not in told(verb, "2 tasks", "Priya Shah")


@pytest.mark.parametrize(
    ("number", "thing", "name", "words"),
    [
        (0, "task", "", "no task"),
        (1, "message", "", "1 message"),
        (1, "message", "“Lunch at noon?”", "“Lunch at noon?”"),
        (2, "message", "", "2 messages"),
        (2, "person", "", "2 people"),
        (1200, "listing", "", "1,200 listings"),
    ],
)
def test_one_is_called_by_its_name_and_many_by_their_number(number, thing, name, words):
    assert number_of(number, thing, name) == words


def test_a_verb_that_gives_says_what_it_gave():
    assert told("assigned", "2 tasks", "Priya Shah") == "gave 2 tasks to Priya Shah"
    assert told("set priority", "2 tasks") == "changed the priority of 2 tasks"


def test_a_verb_of_former_times_is_told_as_it_was_recorded():
    assert told("ignored messages", "2 messages") == "ignored messages 2 messages"
