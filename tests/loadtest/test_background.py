"""A load in the background ends when it is told to, and says what went wrong."""

import pytest

from loadtest.background import Background
from loadtest.offsets import CouldNotCheck

_SECONDS = 20.0


class _Endless(Background):
    """Sends nothing until it is stopped."""

    def _send(self) -> None:
        assert self._stopping.wait(_SECONDS)


class _Failing(Background):
    """Can't deliver."""

    def _send(self) -> None:
        raise CouldNotCheck("nobody answers")


def test_it_runs_until_it_is_stopped() -> None:
    load = _Endless(name="endless")
    load.start()
    assert load.running()
    load.stop()
    load.join()
    assert not load.running()


def test_what_went_wrong_is_raised_where_its_end_is_waited_for() -> None:
    load = _Failing(name="failing")
    load.start()
    with pytest.raises(CouldNotCheck, match="nobody answers"):
        load.join()
