"""All settings, read from the environment at the top; nonsense stops the process with one line.

The names are listed in docs/operations.md.
"""

import os
import sys
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

# ---- the environment -------------------------------------------------------------------------------------------------
DEMO = env.bool("LAPAZ_DEMO", default=False)
WEB_PROCESS = env.str("LAPAZ_PROCESS", default="") == "web"
DEBUG = env.bool("DEBUG", default=False)
BASE_URL = env.str("BASE_URL", default="")
OFFICE_TIME_ZONE = env.str("OFFICE_TIME_ZONE", default="America/Toronto")
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
SLACK_BOT_TOKEN = env.str("SLACK_BOT_TOKEN", default="")
SLACK_API_URL = env.str("SLACK_API_URL", default="https://slack.com/api/")
"""Where replies are sent. Tests put a stand-in here."""
SLACK_REPLY_PAUSE = env.float("SLACK_REPLY_PAUSE", default=1.2)
"""Seconds between two replies of one worker: Slack takes about fifty reactions a minute."""
CONFIDENCE_LIMIT = env.float("CONFIDENCE_LIMIT", default=0.75)
"""A reading less sure than this makes nothing by itself; a person looks at the message."""


def stop(message: str) -> None:
    """End the process with one line instead of a traceback."""
    sys.exit(message)


def _database_urls() -> tuple[str, str]:
    """The web login's and the owner's database address."""
    web, owner = env.str("DATABASE_URL", default=""), env.str("OWNER_DATABASE_URL", default="")
    if DEMO and (web or owner):
        stop("LAPAZ_DEMO is for the built-in database only. Unset LAPAZ_DEMO, or unset DATABASE_URL.")
    if DEMO:
        from laz_ops.localdb import LocalDatabase

        database = LocalDatabase.demo()
        return database.url("web"), database.url("owner")
    if not web and not owner:
        stop("No database is named. Set DATABASE_URL (see docs/operations.md), or use ./run for the demo.")
    return web or owner, owner or web


def _secret(name: str, demo_value: str = "") -> list[str]:
    """A comma list of secrets, the first of which signs; required outside demo mode."""
    if DEMO:
        from laz_ops.localdb import secrets

        return [demo_value or secrets()[name]]
    return [part.strip() for part in env.str(name, default="").split(",") if part.strip()]


# Reading messages from a file needs no database and no secrets, so it may run without either.
if sys.argv[1:2] == ["read_messages"] and not DEMO and not os.environ.get("DATABASE_URL"):
    _web_url, _owner_url = "", ""
    SECRET_KEYS, PRINCIPAL_KEYS = ["unused"], ["unused"]
else:
    _web_url, _owner_url = _database_urls()
    SECRET_KEYS = _secret("SECRET_KEY")
    PRINCIPAL_KEYS = _secret("PRINCIPAL_KEY")

SLACK_SIGNING_SECRETS = _secret("SLACK_SIGNING_SECRET", "demo-signing-secret")
for _name, _keys in (("SECRET_KEY", SECRET_KEYS), ("PRINCIPAL_KEY", PRINCIPAL_KEYS)):
    if not _keys:
        stop(f"{_name} is not set. Make one with: python3 -c 'import secrets; print(secrets.token_urlsafe(50))'")
SECRET_KEY, *SECRET_KEY_FALLBACKS = SECRET_KEYS

# ---- the house -------------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "laz_ops.apps.OpsAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "django_filters",
    "django_htmx",
    "template_partials",
    "common",
    "staff",
    "realtors",
    "accounts",
    "listings",
    "tasks",
    "slackintake",
    "desk",
    "laz_ops",
]

MIDDLEWARE = [
    "laz_ops.health.ProbesMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "accounts.middleware.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "accounts.middleware.PrincipalMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.EndedSessionMiddleware",
    "accounts.middleware.SignInMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "laz_ops.errors.MethodNotAllowedMiddleware",
]

ROOT_URLCONF = "laz_ops.urls"
WSGI_APPLICATION = "laz_ops.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# ---- the database ----------------------------------------------------------------------------------------------------
_url = _web_url if WEB_PROCESS else _owner_url
DATABASES = {"default": env.db_url_config(_url) if _url else {"ENGINE": "django.db.backends.dummy"}}
if _url:
    DATABASES["default"] |= {
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        # Transaction pooling cannot keep a server-side cursor (schema notes, "Poolers").
        "DISABLE_SERVER_SIDE_CURSORS": True,
    }
RLS_SET_ROLE = ""
"""The role ``acting_as`` also takes on. Tests set it to ``ops_app``, since their one connection is the owner's."""

# ---- who may come in -------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.StaffBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "/inbox/"
LOGOUT_REDIRECT_URL = "login"
SESSION_ENGINE = "accounts.sessions"
SESSION_COOKIE_AGE = 14 * 24 * 3600
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# ---- safety ----------------------------------------------------------------------------------------------------------
_https = BASE_URL.startswith("https://")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"] if DEMO or DEBUG else [])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[BASE_URL] if _https else [])
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = _https
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if _https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = _https
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _https else None
SECURE_REFERRER_POLICY = "same-origin"
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
SILENCED_SYSTEM_CHECKS: list[str] = []

# ---- words and files -------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
USE_I18N = False
USE_TZ = True
TIME_ZONE = OFFICE_TIME_ZONE
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "laz_ops.static.RememberingStorage"},
}
WHITENOISE_USE_FINDERS = True
EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://")
EMAIL_BACKEND = EMAIL_CONFIG["EMAIL_BACKEND"]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "{asctime} {levelname:7} {name}: {message}", "style": "{", "datefmt": "%H:%M:%S"}
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": ["console"], "level": "INFO", "propagate": False},
        "django.request": {"handlers": ["console"], "level": "ERROR", "propagate": False},
    },
}

if OFFICE_TIME_ZONE:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        ZoneInfo(OFFICE_TIME_ZONE)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ImproperlyConfigured(f"OFFICE_TIME_ZONE is no time zone: {OFFICE_TIME_ZONE!r}") from error
