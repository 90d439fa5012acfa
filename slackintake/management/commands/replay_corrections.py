"""`manage.py replay_corrections`: what would the present rules make of the messages that people had to correct?"""

from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from slackintake.learning import confusion, corrections
from slackintake.reading import MESSAGE_TYPES


class Command(BaseCommand):
    help = (
        "Read all corrected messages again with the present rules and print same, better and worse, with a table of "
        "the types as people have them against the types as they are read now. Nothing is changed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--list", action="store_true", help="name each message that is read worse than before")

    def handle(self, *args: Any, **options: Any) -> None:
        found = list(corrections())
        verdicts = Counter(each.verdict for each in found)
        self.stdout.write(f"{len(found)} corrected messages")
        for verdict in ("same", "better", "worse"):
            self.stdout.write(f"{verdict:8}{verdicts[verdict]:6}")
        if not found:
            return
        numbers = confusion(found)
        self.stdout.write("\nread now as:  " + "".join(f"{kind:>14}" for kind in MESSAGE_TYPES))
        for wanted in MESSAGE_TYPES:
            cells = "".join(f"{numbers.get((wanted, now), 0):>14}" for now in MESSAGE_TYPES)
            self.stdout.write(f"{wanted:14}{cells}")
        if options["list"]:
            for each in found:
                if each.verdict == "worse":
                    self.stdout.write(f"worse: {each.message_id} {each.wanted.message_type} as {each.now.message_type}")
