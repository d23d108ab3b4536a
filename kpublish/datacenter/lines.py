"""Connections that do not wait for ever: what comes too slowly, or does not move for a minute, ends."""

from __future__ import annotations

import socket
import time
from typing import Any

#: Seconds in which nothing moves, and bytes a second that a request must bring once its first seconds are over.
SILENCE, SLOWEST = 60.0, 8 * 1024


class Line(socket.socket):
    """An accepted connection.

    Parameters
    ----------
    accepted
        The connection, which is ours from now on.
    patience
        Seconds that each request may take however slowly it comes.
    """

    def __init__(self, accepted: socket.socket, patience: float) -> None:
        super().__init__(fileno=accepted.detach())
        self.patience = patience
        self.settimeout(SILENCE)
        self.begin()

    def begin(self) -> None:
        """Wait for a request: its time begins with its first byte."""
        self._began: float | None = None
        self._received = 0

    def setblocking(self, flag: bool) -> None:
        """Blocking means: for a minute."""
        self.settimeout(SILENCE if flag else 0.0)

    def recv(self, *arguments: Any) -> bytes:
        """Receive.

        Raises
        ------
        TimeoutError
            If the request comes too slowly, or not at all.
        """
        block = super().recv(*arguments)
        self._count(len(block))
        return block

    def recv_into(self, *arguments: Any) -> int:
        """Receive into a buffer; as :meth:`recv`."""
        count = super().recv_into(*arguments)
        self._count(count)
        return count

    def sendall(self, *arguments: Any) -> None:
        """Send; what comes afterwards is another request, or what is left of one that has its answer."""
        super().sendall(*arguments)
        self.begin()

    def _count(self, count: int) -> None:
        now = time.monotonic()
        if self._began is None:
            self._began = now
        self._received += count
        if now - self._began > self.patience + self._received / SLOWEST:
            raise TimeoutError("The request comes too slowly.")
