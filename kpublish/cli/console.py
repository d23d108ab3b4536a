"""What commands say: plain lines in CI, colours and ticks on a terminal."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import click


def step(text: str) -> None:
    """Say that something was done."""
    click.secho("✓ ", fg="green", nl=False)
    click.echo(text)


def note(text: str) -> None:
    """Say something that is neither good nor bad."""
    click.echo(f"  {text}")


def heading(text: str) -> None:
    """Say what comes now."""
    click.secho(text, bold=True)


def now() -> str:
    """Return the time, UTC, as records tell it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@contextmanager
def telling_warnings() -> Iterator[None]:
    """Say what the store warns of, each sentence once, instead of Python's way of showing it."""
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always", UserWarning)
        try:
            yield
        finally:
            for sentence in dict.fromkeys(str(warning.message) for warning in heard):
                click.secho("warning: ", fg="yellow", bold=True, err=True, nl=False)
                click.echo(sentence, err=True)


def size(count: int) -> str:
    """Return a number of bytes for people.

    >>> size(1536)
    '1.5 kB'
    """
    value = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if value < 1024 or unit == "GB":
            break
        value /= 1024
    return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"
