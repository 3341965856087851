"""Figures as words: thousands separators, as many digits as mean something, units people use."""

from datetime import UTC, datetime

from loadtest.reporting.verdict import Metric

ABSENT = "–"
_MEGABYTE = 1e6


def whole(value: float) -> str:
    """Return a rounded number: 19,960."""
    return f"{value:,.0f}"


def precise(value: float) -> str:
    """Return a number to about three digits: 6.31, 42.0, 1,400."""
    digits = 2 if abs(value) < 10 else 1 if abs(value) < 100 else 0
    return f"{value:,.{digits}f}"


def megabytes(value: float) -> str:
    """Return bytes as megabytes: 1,860."""
    return whole(value / _MEGABYTE)


def with_spread(metric: Metric | None, *, scale: float = 1.0) -> str:
    """Return the median and, where repeats differ, the lowest and highest: 700 (660–742)."""
    if metric is None:
        return ABSENT
    middle, low, high = (precise(value * scale) for value in (metric.median, metric.lowest, metric.highest))
    return middle if low == high else f"{middle} ({low}–{high})"


def counted(number: int, noun: str) -> str:
    """Return a number with its noun: 1 repeat, 3 repeats."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def moment(text: str | None) -> str:
    """Return an ISO time as people write it, in UTC: 22 November 2026, 09:40 UTC."""
    if text is None:
        return "at an unknown time"
    return f"{datetime.fromisoformat(text).astimezone(UTC):%-d %B %Y, %H:%M} UTC"


def optional(value: float | None) -> str:
    """Return a whole number, or a dash where there is none."""
    return ABSENT if value is None else whole(value)
