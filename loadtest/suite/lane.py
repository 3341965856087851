"""The way of one producer to one broker: its connection, what is on its way there, and what came back."""

import contextlib
import socket
import time
from collections import deque
from collections.abc import Mapping

from loadtest.suite.kafka_wire import Address, Answer, frames, produce_answers, produce_request

#: An idempotent producer's batches are recognised when they come again while they are among a partition's last five.
MOST_IN_FLIGHT = 5
_CONNECT_SECONDS, _ANSWER_SECONDS = 2.0, 30.0
_RECEIVE_BYTES = 65_536


class LaneBroken(ConnectionError):
    """The connection is gone, or the broker is silent: what had no answer must be sent again, in order."""


class Lane:
    """Requests to one broker, answered in their order."""

    def __init__(self, address: Address, topic: str) -> None:
        """Connect; raise LaneBroken if nobody answers there."""
        self._topic = topic
        self._correlation = 0
        self._waiting: deque[float] = deque()
        self._outgoing: deque[memoryview] = deque()
        self._received = bytearray()
        try:
            self._socket = socket.create_connection(address, timeout=_CONNECT_SECONDS)
        except OSError as problem:
            raise LaneBroken(f"{address[0]}:{address[1]}: {problem}") from problem
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.setblocking(False)

    def fileno(self) -> int:
        """Return the socket's descriptor, for selectors."""
        return self._socket.fileno()

    @property
    def has_room(self) -> bool:
        """Tell whether another request may be on its way."""
        return len(self._waiting) < MOST_IN_FLIGHT

    @property
    def wants_to_write(self) -> bool:
        """Tell whether the socket did not take everything yet."""
        return bool(self._outgoing)

    def send(self, batches: Mapping[int, memoryview]) -> None:
        """Send one batch a partition, or as much of it as the socket takes now."""
        self._correlation += 1
        self._waiting.append(time.monotonic() + _ANSWER_SECONDS)
        self._outgoing += map(memoryview, produce_request(self._topic, batches, correlation=self._correlation))
        self.write()

    def write(self) -> None:
        """Go on sending; raise LaneBroken if that can't be done."""
        try:
            while self._outgoing:
                sent = self._socket.sendmsg(self._outgoing)
                self._sent(sent)
        except BlockingIOError:
            return
        except OSError as problem:
            raise LaneBroken(str(problem)) from problem

    def read(self) -> list[Answer]:
        """Return all answers that have come; raise LaneBroken at the connection's end."""
        try:
            piece = self._socket.recv(_RECEIVE_BYTES)
        except BlockingIOError:
            return []
        except OSError as problem:
            raise LaneBroken(str(problem)) from problem
        if not piece:
            raise LaneBroken("the broker closed the connection")
        self._received += piece
        answers = []
        for frame in frames(self._received):
            answers += produce_answers(frame)[1]
            self._waiting.popleft()
        return answers

    def require_answers(self) -> None:
        """Raise LaneBroken if the oldest request has waited for too long."""
        if self._waiting and time.monotonic() > self._waiting[0]:
            raise LaneBroken(f"no answer for {_ANSWER_SECONDS:.0f} s")

    def close(self) -> None:
        """Close the connection."""
        with contextlib.suppress(OSError):
            self._socket.close()

    def _sent(self, count: int) -> None:
        while count:
            first = self._outgoing[0]
            if count < len(first):
                self._outgoing[0] = first[count:]
                return
            count -= len(first)
            self._outgoing.popleft()
