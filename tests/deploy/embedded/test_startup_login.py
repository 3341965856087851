"""The one login the engine gets."""

import urllib.request

import pytest

from deploy.embedded.startup_login import one_login


def test_the_first_request_is_answered_and_no_other() -> None:
    with one_login() as url:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 -- our own address
            assert answer.status == 200
        with pytest.raises(OSError, match=r"refused|reset"):
            urllib.request.urlopen(url, timeout=5)  # noqa: S310 -- our own address


def test_without_a_request_it_ends_with_its_context() -> None:
    with one_login() as url:
        pass
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(url, timeout=5)  # noqa: S310 -- our own address
