"""The data center as a service: checked settings, many requests at once under gunicorn, and a log that is kept for some days."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kpublish.datacenter import database, folder
from kpublish.datacenter.logs import without_secrets
from kpublish.errors import ConfigurationError, KpublishError, UsageError

#: Seconds within which the processes of a service that was killed are gone.
_PATIENCE = 10.0


@dataclass(frozen=True, slots=True)
class Service:
    """Where it listens and with how many processes and threads."""

    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 2
    threads: int = 8


def prepare(data: Path) -> None:
    """Make the folder and its secret key, and read the settings of a service from the environment.

    Raises
    ------
    UsageError, StorageError
        If the folder is another program's, or cannot be written.
    """
    os.environ["KPUBLISH_DC_PRODUCTION"] = "1"
    os.umask(0o077)
    folder.prepare(data)
    if not (os.environ.get("KPUBLISH_DC_SECRET_KEY") or os.environ.get("KPUBLISH_DC_SECRET_KEY_FILE")):
        folder.secret_key(data)
    database.configure(data)


def told() -> dict[str, str]:
    """What is set, without secrets."""
    from django.conf import settings
    from django.db import connection

    place = connection.settings_dict
    engine = (
        "SQLite in the folder"
        if connection.vendor == "sqlite"
        else f"{connection.vendor} {place.get('NAME')} at {place.get('HOST')}"
    )
    stated = {
        "folder": str(settings.DATA),
        "public address": settings.PUBLIC_URL,
        "hosts": ", ".join(settings.ALLOWED_HOSTS),
        "database": engine,
        "storage": settings.STORAGE or "the folder",
        "secret key": "stated" if os.environ.get("KPUBLISH_DC_SECRET_KEY") else "in a file",
        "log": f"{settings.DATA / 'log'}, kept for {settings.LOG_DAYS} days",
    }
    return {name: without_secrets(value) for name, value in stated.items()}


def faults() -> tuple[list[str], list[str]]:
    """Errors and warnings of the system checks, each with its id and what to do."""
    from django.core.checks import ERROR, run_checks

    found = run_checks()
    lines = [(message.level >= ERROR, f"{message.id}: {message.msg} {message.hint or ''}".rstrip()) for message in found]
    return [line for is_error, line in lines if is_error], [line for is_error, line in lines if not is_error]


def refuse_faults() -> list[str]:
    """Go on only without errors; return the warnings.

    Raises
    ------
    ConfigurationError
        With the first error; the others follow in its remedy.
    """
    errors, warnings = faults()
    if errors:
        raise ConfigurationError(f"The settings are not fit for the world: {errors[0]}", remedy="\n  ".join(errors[1:]))
    return warnings


def serve(data: Path, service: Service, announce: Callable[[str], None]) -> None:
    """Bring the database up to date and serve until SIGTERM or SIGINT; ``announce`` is called with the address.

    Raises
    ------
    ConfigurationError
        If the settings are not fit for the world.
    UsageError
        If the port is taken, or another server works in the folder.
    StorageError
        If the folder cannot be written, or the database not be used.
    KpublishError
        If gunicorn does not come up.
    """
    prepare(data)
    with folder.locked(data, _PATIENCE):
        refuse_faults()
        database.open_(data)
        _sweep(data)
        listening = _listening(service)
        host, port = listening.getsockname()[:2]
        announce(f"http://{f'[{host}]' if ':' in host else host}:{port}")
        _run(listening.detach(), service)  # gunicorn closes it


def _sweep(data: Path) -> None:
    from django.db import connections

    from kpublish.datacenter.storage import store
    from kpublish.files import storing

    with storing(data):
        store().sweep()
    connections.close_all()  # the processes that serve have connections of their own


def _listening(service: Service) -> socket.socket:
    family = socket.AF_INET6 if ":" in service.host else socket.AF_INET
    try:
        return socket.create_server((service.host, service.port), family=family, backlog=2048)
    except OSError as error:
        raise UsageError(
            f"Port {service.port} of {service.host} cannot be used: {error.strerror or error}.",
            remedy="Choose another with --bind.",
        ) from error


def _run(listening: int, service: Service) -> None:
    from django.conf import settings
    from gunicorn.app.base import BaseApplication

    stated = _options(listening, service, settings.LOGGING)

    class Application(BaseApplication):  # type: ignore[misc]
        def load_config(self) -> None:
            for name, value in stated.items():
                if name in self.cfg.settings:  # each release knows others
                    self.cfg.set(name, value)

        def load(self) -> Any:
            from kpublish.datacenter.wsgi import application

            return application

    try:
        Application().run()
    except SystemExit as end:
        if end.code:
            raise KpublishError("The server ended.", remedy=f"See {settings.DATA / 'log'}.") from end


def _options(listening: int, service: Service, logging: dict[str, Any]) -> dict[str, Any]:
    """Of gunicorn; its lines go where ours go."""
    loggers = {**logging["loggers"], "gunicorn.error": {"handlers": ["file"], "level": "INFO", "propagate": False}}
    return {
        "bind": [f"fd://{listening}"],
        "workers": service.workers,
        "threads": service.threads,
        "worker_class": "kpublish.datacenter.gathering.Worker",
        "timeout": 120,
        "graceful_timeout": 30,
        "keepalive": 75,  # longer than proxies keep a connection, so that it is they who end it
        "limit_request_line": 8190,
        "forwarder_headers": "",  # no caller says under which path we are
        "logconfig_dict": {
            **logging,
            "loggers": {**logging["loggers"], **loggers},
            "root": {"handlers": ["file"], "level": "WARNING"},
        },
        "accesslog": None,
        "control_socket_disable": True,
        "umask": 0o077,
        "proc_name": "kpublish datacenter",
    }
