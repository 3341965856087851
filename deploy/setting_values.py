"""What the text of a setting must be, where its type and bounds don't say."""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from urllib.parse import urlsplit

from deploy.daily_report.schedule import parse_times
from deploy.retention.turns import parse_time
from sinks.retention.days import parse_days

_LOG_LEVELS = ("debug", "info", "warning", "error")


def _kafka(addresses: str) -> str:
    if addresses and not all(re.fullmatch(r"[^\s:/,]+:\d+", address) for address in addresses.split(",")):
        return "like host:9092, several separated by commas"
    return ""


def _url(url: str) -> str:
    parts = urlsplit(url)
    return "like http://host:8123" if url and (parts.scheme not in {"http", "https"} or not parts.hostname) else ""


def _origin(origin: str) -> str:
    parts = urlsplit(origin)
    is_origin = parts.scheme in {"http", "https"} and parts.netloc and origin == f"{parts.scheme}://{parts.netloc}"
    return "" if origin in {"", "*"} or is_origin else "like https://map.example, without a path, or *"


def _cluster(name: str) -> str:
    is_name = re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*|", name)
    return "" if is_name else "a name of letters, digits and underscores, or empty"


def _log_level(level: str) -> str:
    return "" if level in _LOG_LEVELS else "one of " + ", ".join(_LOG_LEVELS)


def _parsed(parse: Callable[[str], object]) -> Callable[[str], str]:
    def problem(text: str) -> str:
        try:
            parse(text)
        except ValueError as wrong:
            return str(wrong)
        return ""

    return problem


#: By setting: returns what its value must be, or nothing where it is that.
EXPECTED: Mapping[str, Callable[[str], str]] = MappingProxyType(
    {
        "kafka": _kafka,
        "clickhouse_url": _url,
        "public_origin": _origin,
        "retention_days": _parsed(parse_days),
        "report_times": _parsed(parse_times),
        "retention_time": _parsed(parse_time),
        "merge_time": _parsed(parse_time),
        "cluster": _cluster,
        "log_level": _log_level,
    }
)
