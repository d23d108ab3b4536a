"""Django settings of the data center; the only module of this room that reads the environment.

``KPUBLISH_DC_DATA`` names the folder that holds everything: database, content, secret key, log. ``KPUBLISH_DC_PUBLIC_URL`` is the
address by which readers and GitLab know this data center, if it stands behind a proxy; ``KPUBLISH_DC_DATABASE`` a PostgreSQL that
takes the place of SQLite; ``KPUBLISH_DC_ADMIN_EMAIL`` whom harvesters may write to.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from kpublish import __version__

DATA = Path(os.environ.get("KPUBLISH_DC_DATA") or ".").absolute()


def _secret_key() -> str:
    """The key that ``folder.prepare`` wrote; without it a random one that lives as long as the process."""
    file = DATA / "secret_key"
    return file.read_text("ascii") if file.is_file() else secrets.token_urlsafe(50)


SECRET_KEY = _secret_key()
DEBUG = False
#: The address by which the world knows this data center; empty: the one by which it is asked.
PUBLIC_URL = (os.environ.get("KPUBLISH_DC_PUBLIC_URL") or "").rstrip("/")
#: Whom harvesters may write to.
ADMIN_EMAIL = os.environ.get("KPUBLISH_DC_ADMIN_EMAIL") or "opendata@km3net.de"
#: Exactly the names of this machine for itself: a page of another site that resolves to us (DNS rebinding) is refused.
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
ALLOWED_HOSTS += [urlsplit(PUBLIC_URL).hostname or ""] if PUBLIC_URL else []

INSTALLED_APPS = ["kpublish.datacenter.apps.DatacenterConfig"]
MIDDLEWARE = [
    "kpublish.datacenter.middleware.safety_headers",
    "kpublish.datacenter.middleware.known_host",
    "kpublish.datacenter.middleware.stated_length",
    "kpublish.datacenter.middleware.no_nul",
    "django.middleware.http.ConditionalGetMiddleware",
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
        parts = urlsplit(url)
        credentials = {"USER": unquote(parts.username or ""), "PASSWORD": unquote(parts.password or "")}
        host = dict(parse_qsl(parts.query)).get("host") or parts.hostname or ""
        place = {"NAME": parts.path.lstrip("/"), "HOST": host, "PORT": str(parts.port or "")}
        return {"ENGINE": "django.db.backends.postgresql", **place, **credentials, "CONN_MAX_AGE": 60}
    options = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    }
    return {"ENGINE": "django.db.backends.sqlite3", "NAME": DATA / "datacenter.sqlite3", "OPTIONS": options}


DATABASES = {"default": _database(os.environ.get("KPUBLISH_DC_DATABASE") or "")}

#: The largest JSON document that is read, in bytes.
DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024**2

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["kpublish.datacenter.authentication.BearerToken"],
    "DEFAULT_PERMISSION_CLASSES": ["kpublish.datacenter.authentication.WritingNeedsToken"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "kpublish.datacenter.reading.AlwaysJSON",
    "EXCEPTION_HANDLER": "kpublish.datacenter.problems.answer",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "UNAUTHENTICATED_USER": None,
}

SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "KM3NeT Open Data Center",
    "DESCRIPTION": "A release is opened, filled and published; then everyone may list, show and download it.",
    "VERSION": __version__,
    "LICENSE": {"name": "BSD-3-Clause", "identifier": "BSD-3-Clause"},
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "POSTPROCESSING_HOOKS": ["kpublish.datacenter.openapi.with_components"],
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {
        "file": {
            "class": "logging.handlers.RotatingFileHandler",
            "filename": DATA / "server.log",
            "maxBytes": 5 * 1024**2,
            "backupCount": 1,
            "delay": True,
            "formatter": "line",
        }
    },
    "loggers": {
        "django": {"handlers": ["file"], "level": "ERROR", "propagate": False},
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        "django.server": {"handlers": ["file"], "level": "INFO", "propagate": False},
    },
}
