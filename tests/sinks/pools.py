"""Executors without threads: what is given to them runs at once, or when told to."""

from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any


def _run(future: Future[Any], call: Callable[[], Any]) -> None:
    try:
        future.set_result(call())
    except BaseException as failure:  # noqa: BLE001 -- a pool hands over whatever was raised
        future.set_exception(failure)


class AtOnce(Executor):
    """Runs what it is given before it returns."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        _run(future, lambda: fn(*args, **kwargs))
        return future


class WhenTold(Executor):
    """Keeps what it is given until `run`."""

    def __init__(self) -> None:
        self._given: list[tuple[Future[Any], Callable[[], Any]]] = []

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self._given.append((future, lambda: fn(*args, **kwargs)))
        return future

    def run(self) -> None:
        """Run all of it."""
        given, self._given = self._given, []
        for future, call in given:
            _run(future, call)
