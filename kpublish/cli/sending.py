"""How a release tells what it sends: a bar with speed and time left on a terminal, a line for each step elsewhere."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from kpublish.cli.console import note, size
from kpublish.http import passed

if TYPE_CHECKING:
    from click._termui_impl import ProgressBar


#: Seconds between two drawings of the bar.
_PAUSE = 0.1


class Sending:
    """Is told steps, and bytes that were sent."""

    def __init__(self) -> None:
        self._terminal = sys.stdout.isatty()
        self._bar: ProgressBar[int] | None = None
        self._sent, self._begun, self._drawn = 0, passed(), 0.0

    def step(self, text: str) -> None:
        """Tell a step; on a terminal the bar stands for the files."""
        if self._terminal and text.partition(": ")[2].startswith("send "):
            return
        self.end()
        note(text)

    def moved(self, sent: int, total: int) -> None:
        """Move the bar to ``sent`` of ``total`` bytes."""
        if not self._terminal:
            return
        if self._bar is None:
            self._begun, already = passed(), self._sent
            self._bar = click.progressbar(
                length=total, label="  sending", width=30, item_show_func=lambda now: self._speed((now or already) - already)
            )
            self._bar.__enter__()
            self._bar.update(already)
        if sent >= total or passed(self._drawn) > _PAUSE:
            self._bar.update(sent - self._sent, sent)
            self._sent, self._drawn = sent, passed()
        if sent >= total:
            self.end()

    def end(self) -> None:
        """Leave the bar as it is, and go on below it."""
        if self._bar is not None:
            self._bar.render_finish()
            self._bar = None

    def _speed(self, count: int) -> str:
        return f"{size(round(count / max(passed(self._begun), 0.001)))}/s"
