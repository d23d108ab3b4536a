"""Django settings of the data center; the only module of this room that reads the environment.

``KPUBLISH_DC_DATA`` names the folder that holds everything: database, content, secret key, log. ``KPUBLISH_DC_PUBLIC_URL`` is the
address by which readers and GitLab know this data center, if it stands behind a proxy; ``KPUBLISH_DC_DATABASE`` a PostgreSQL that
takes the place of SQLite; ``KPUBLISH_DC_STORAGE`` a bucket that takes the place of the folder's ``content/``;
``KPUBLISH_DC_ADMIN_EMAIL`` is whom harvesters may write to; ``KPUBLISH_DC_PATIENCE`` how slow callers may be.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from kpublish import __version__

DATA = Path(os.environ.get("KPUBLISH_DC_DATA") or ".").absolute()

#: What of the environment cannot be understood: setting → why; the system checks tell it.
FAULTS: dict[str, str] = {}


def _secret_key() -> str:
    """The key that is stated, or else the one that ``folder.prepare`` wrote; without both a random one for this process."""
    stated = os.environ.get("KPUBLISH_DC_SECRET_KEY") or ""
    named = os.environ.get("KPUBLISH_DC_SECRET_KEY_FILE")
    file = Path(named) if named else DATA / "secret_key"
    try:
        return stated or file.read_text("ascii").strip()
    except (OSError, ValueError) as error:
        if named:
            FAULTS["SECRET_KEY"] = f"KPUBLISH_DC_SECRET_KEY_FILE cannot be read ({type(error).__name__})"
        return secrets.token_urlsafe(50)


def _days(text: str) -> int:
    if text.isascii() and text.isdigit() and 0 < int(text) <= 3660:
        return int(text)
    FAULTS["LOG_DAYS"] = "KPUBLISH_DC_LOG_DAYS is no number of days"
    return 30


def _seconds(text: str) -> float:
    if text.isascii() and text.isdigit() and 0 < int(text) <= 600:
        return float(text)
    FAULTS["PATIENCE"] = "KPUBLISH_DC_PATIENCE is no number of seconds"
    return 20.0


def _host(url: str) -> list[str]:
    """The name in an address."""
    try:
        name = urlsplit(url).hostname
    except ValueError:
        FAULTS["PUBLIC_URL"] = "KPUBLISH_DC_PUBLIC_URL is no address"
        return []
    return [f"[{name}]" if ":" in name else name] if name else []


SECRET_KEY = _secret_key()
DEBUG = False
#: Whether this is a service for the world, for which more must be stated; the system checks ask for it.
PRODUCTION = os.environ.get("KPUBLISH_DC_PRODUCTION") == "1"
#: The address by which the world knows this data center; empty: the one by which it is asked.
PUBLIC_URL = (os.environ.get("KPUBLISH_DC_PUBLIC_URL") or "").rstrip("/")
#: Whom harvesters may write to.
ADMIN_EMAIL = os.environ.get("KPUBLISH_DC_ADMIN_EMAIL") or "opendata@km3net.de"
#: Exactly the names of this machine for itself: a page of another site that resolves to us (DNS rebinding) is refused.
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", *_host(PUBLIC_URL)]
#: Further names that the world may use.
ALLOWED_HOSTS += [name.strip() for name in (os.environ.get("KPUBLISH_DC_HOSTS") or "").split(",") if name.strip()]
#: For how many seconds a request may come slowly, before it must bring 8 kB a second.
PATIENCE = _seconds(os.environ.get("KPUBLISH_DC_PATIENCE") or "20")
#: For how many seconds browsers shall ask by https only (RFC 6797).
HSTS_SECONDS = 365 * 24 * 3600 if PUBLIC_URL.startswith("https://") else 0

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "kpublish.datacenter.apps.DatacenterConfig",
]
MIDDLEWARE = [
    "kpublish.datacenter.middleware.written_down",
    "kpublish.datacenter.middleware.read_to_the_end",
    "kpublish.datacenter.middleware.safety_headers",
    "kpublish.datacenter.middleware.known_host",
    "kpublish.datacenter.middleware.plain_body",
    "kpublish.datacenter.middleware.no_nul",
    "django.middleware.http.ConditionalGetMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
ROOT_URLCONF = "kpublish.datacenter.urls"
WSGI_APPLICATION = "kpublish.datacenter.wsgi.application"
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
APPEND_SLASH = False
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"


def _database(url: str) -> dict[str, Any]:
    """SQLite in the folder, or the PostgreSQL at ``postgresql://user:password@host:port/name`` (also as ?host=/socket/folder)."""
    if url:
        try:
            return _postgresql(url)
        except ValueError as error:
            FAULTS["DATABASES"] = f"KPUBLISH_DC_DATABASE cannot be understood: {error}"
            return {"ENGINE": "django.db.backends.dummy"}
    options = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    }
    return {"ENGINE": "django.db.backends.sqlite3", "NAME": DATA / "datacenter.sqlite3", "OPTIONS": options}


def _postgresql(url: str) -> dict[str, Any]:
    """The parts of an address; the password may stand in a file (KPUBLISH_DC_DATABASE_PASSWORD_FILE)."""
    parts = urlsplit(url)
    if parts.scheme not in ("postgresql", "postgres") or not parts.path.strip("/"):
        raise ValueError("it is not postgresql://user@host/name")
    file = os.environ.get("KPUBLISH_DC_DATABASE_PASSWORD_FILE")
    try:
        password = Path(file).read_text("utf-8").strip() if file else unquote(parts.password or "")
    except OSError:
        raise ValueError("the file of its password cannot be read") from None
    credentials = {"USER": unquote(parts.username or ""), "PASSWORD": password}
    asked = dict(parse_qsl(parts.query))
    place = {"NAME": parts.path.lstrip("/"), "HOST": asked.pop("host", "") or parts.hostname or "", "PORT": str(parts.port or "")}
    kept = {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True, "OPTIONS": {"connect_timeout": "10", **asked}}
    return {"ENGINE": "django.db.backends.postgresql", **place, **credentials, **kept}


#: Where content is kept: a bucket that speaks S3, or (empty) the folder.
STORAGE = os.environ.get("KPUBLISH_DC_STORAGE") or ""
_IS_SECURE = PUBLIC_URL.startswith("https://")
#: Cookies go to this server only, never along from other sites, and never to scripts; over https only where the world uses that.
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = ("__Host-session", "__Host-csrf") if _IS_SECURE else ("session", "csrf")
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Strict"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _IS_SECURE
SESSION_COOKIE_AGE = 8 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_AGE = None
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if PUBLIC_URL else []
CSRF_FAILURE_VIEW = "kpublish.datacenter.problems.forged"
LOGIN_URL = "/login"
_VALIDATION = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": f"{_VALIDATION}.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": f"{_VALIDATION}.UserAttributeSimilarityValidator", "OPTIONS": {"user_attributes": ["username"]}},
    {"NAME": f"{_VALIDATION}.CommonPasswordValidator"},
]

DATABASES = {"default": _database(os.environ.get("KPUBLISH_DC_DATABASE") or "")}

#: The largest package that is taken through the form, in bytes.
LARGEST_PACKAGE = 2 * 1024**3
#: The largest form besides its package, in bytes.
LARGEST_FORM = 256 * 1024
#: The largest JSON document that is read, in bytes.
DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024**2

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["kpublish.datacenter.authentication.BearerToken"],
    "DEFAULT_PERMISSION_CLASSES": ["kpublish.datacenter.authentication.WritingNeedsToken"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "kpublish.datacenter.reading.AlwaysJSON",
    "EXCEPTION_HANDLER": "kpublish.datacenter.problems.answer",
    "DEFAULT_SCHEMA_CLASS": "kpublish.datacenter.openapi.Described",
    "UNAUTHENTICATED_USER": None,
}

SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "KM3NeT Open Data Center",
    "DESCRIPTION": "A release is opened, filled and published; then everyone may list, show and download it.",
    "VERSION": __version__,
    "LICENSE": {"name": "BSD-3-Clause", "identifier": "BSD-3-Clause"},
    "OAS_VERSION": "3.1.0",
    "DEFAULT_GENERATOR_CLASS": "kpublish.datacenter.openapi.Generator",
    "SERVE_INCLUDE_SCHEMA": False,
    "POSTPROCESSING_HOOKS": ["kpublish.datacenter.openapi.with_components"],
}

#: Days for which the lines of a log are kept.
LOG_DAYS = _days(os.environ.get("KPUBLISH_DC_LOG_DAYS") or "30")
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "kpublish.datacenter.logs.JsonLines"}},
    "handlers": {
        "file": {"()": "kpublish.datacenter.logs.DailyFiles", "folder": DATA / "log", "days": LOG_DAYS, "formatter": "json"},
    },
    "loggers": {
        "django": {"handlers": ["file"], "level": "ERROR", "propagate": False},
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        "django.server": {"handlers": ["file"], "level": "ERROR", "propagate": False},
        "kpublish.datacenter": {"handlers": ["file"], "level": "INFO", "propagate": False},
    },
}
