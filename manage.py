#!/usr/bin/env python
"""Django's command line for this project."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "laz_ops.settings")
    try:
        from django.core.management import execute_from_command_line
    except ImportError:
        sys.exit("Django is not installed here. Run ./run manage … instead: it sets everything up.")
    from django.db import OperationalError

    try:
        execute_from_command_line(sys.argv)
    except OperationalError as error:
        if not str(error).startswith("connection"):
            raise
        sys.exit(
            f"The database does not answer. Is it running, and is DATABASE_URL right? ({str(error).splitlines()[0]})"
        )


if __name__ == "__main__":
    main()
