"""The settings as the type checker reads them: with made-up addresses and keys, since it opens no connection."""

import os

os.environ.setdefault("DATABASE_URL", "postgres://types@/types")
os.environ.setdefault("SECRET_KEY", "types")
os.environ.setdefault("PRINCIPAL_KEY", "types")
os.environ.setdefault("SLACK_SIGNING_SECRET", "types")

from laz_ops.settings import *  # noqa: F403
