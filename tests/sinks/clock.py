"""A clock that moves when it is told to."""


class Clock:
    """A monotonic clock in seconds."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds
