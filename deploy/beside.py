"""What goes on beside a process's own work: a thread that takes one step after the other."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def repeating(
    step: Callable[[], None], *, every_seconds: float, name: str, stopping: threading.Event
) -> Iterator[None]:
    """Take steps while inside, with a pause between them; on leaving set `stopping` and wait for the one under way.

    A step raises nothing. One that may take long looks at `stopping` now and then.
    """

    def work() -> None:
        while not stopping.is_set():
            step()
            stopping.wait(every_seconds)

    thread = threading.Thread(target=work, name=name)
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join()
