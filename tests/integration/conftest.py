"""Fixtures of the tests over several rooms."""

from tests.sinks.conftest import database  # noqa: F401 -- a fixture, found by its name
