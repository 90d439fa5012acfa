"""A workspace export as large as years of a busy office: `python -m bench.make_export --messages 100000`.

Makes the ZIP and, unless told not to, a database of its own; imports the export twice and prints times, peak memory and
counts. The messages are invented: a third are listing messages, a third requests, the rest chatter, joins and bots.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

from bench.slack_house import STREETS, House
from laz_ops.localdb import CHECKOUT

CHANNELS, USERS = 12, 300
FIRST_SECOND = 1_577_880_000  # 1 January 2020
PER_DAY = 60


def make(path: Path, messages: int) -> None:
    """Write an export of so many messages, one channel after the other, a file a day."""
    choose = random.Random(1)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        channels = [{"id": f"C{number:03}", "name": f"channel-{number}"} for number in range(CHANNELS)]
        users = [{"id": f"U{number:04}", "real_name": f"Person {number}"} for number in range(USERS)]
        archive.writestr("channels.json", json.dumps(channels))
        archive.writestr("users.json", json.dumps(users))
        made = 0
        for day in range(messages // CHANNELS // PER_DAY + 1):
            for channel in range(CHANNELS):
                lines = [
                    line(choose, day, channel, position) for position in range(min(PER_DAY, max(0, messages - made)))
                ]
                made += len(lines)
                if lines:
                    name = time.strftime("%Y-%m-%d", time.gmtime(FIRST_SECOND + day * 86_400))
                    archive.writestr(f"channel-{channel}/{name}.json", json.dumps(lines, indent=4))


def line(choose: random.Random, day: int, channel: int, position: int) -> dict[str, object]:
    user = f"U{choose.randrange(USERS):04}"
    street = choose.choice(STREETS)
    text = choose.choice(
        [
            f"New sale listing at {choose.randrange(1, 3000)} {street} St, photos by Friday",
            f"can you please order a lockbox for {choose.randrange(1, 3000)} {street} St by tomorrow noon?",
            "thanks everyone, great work on the open house!",
        ]
    )
    seconds = FIRST_SECOND + day * 86_400 + position * 1_200
    message: dict[str, object] = {
        "type": "message",
        "user": user,
        "ts": f"{seconds}.{channel:03}{position:03}",
        "text": text,
        "client_msg_id": f"{day:08x}-{channel:04x}-{position:04x}",
        "team": "T0BENCH",
        "user_profile": {"real_name": f"Person {user}", "image_72": "https://example.com/picture-of-a-person.png" * 3},
        "blocks": [
            {
                "type": "rich_text",
                "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}],
            }
        ],
    }
    if position % 20 == 0:
        message |= {"subtype": "channel_join"}
    elif position % 20 == 1:
        message |= {"bot_id": "B1"}
    return message


def import_it(house: House, path: Path) -> tuple[float, float, str]:
    """Seconds, peak memory in MB, and what the command said."""
    began = time.perf_counter()
    code = "import resource, sys; from django.core.management import execute_from_command_line as run\n"
    code += f"run(['manage.py', 'import_slack_export', {str(path)!r}])\n"
    code += "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)"
    command = [sys.executable, "-c", code]
    env = house.env | {"DJANGO_SETTINGS_MODULE": "laz_ops.settings"}
    said = subprocess.run(command, cwd=CHECKOUT, env=env, check=True, capture_output=True, text=True).stdout
    *lines, peak = said.strip().splitlines()
    return time.perf_counter() - began, float(peak), lines[-1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--only-make", type=Path, metavar="PATH", help="write the ZIP there and import nothing")
    parser.add_argument("--port", type=int, default=8153)
    options = parser.parse_args()
    if options.only_make:
        make(options.only_make, options.messages)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export.zip"
        make(path, options.messages)
        unpacked = sum(info.file_size for info in zipfile.ZipFile(path).infolist())
        print(f"{path.stat().st_size / 1e6:.1f} MB packed, {unpacked / 1e6:.0f} MB unpacked")
        house = House(options.port, workers=0)
        try:
            for count in ("first", "second"):
                seconds, peak, said = import_it(house, path)
                print(f"{count} import: {seconds:.0f} s, peak {peak:.0f} MB. {said}")
            print(f"{house.number('SELECT count(*) FROM slack_messages'):,} rows in slack_messages")
        finally:
            house.close()


if __name__ == "__main__":
    main()
