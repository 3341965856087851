"""Every setting in one table: its environment variable, flag, unit, default, and why the default is what it is."""

from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar

from deploy.setting_values import EXPECTED
from deploy.user_error import UserError

PREFIX = "SCANSTREAM_"
_T = TypeVar("_T", str, int, Path)


def _setting(
    default: _T,
    meaning: str,
    *,
    unit: str = "",
    reason: str,
    bounds: tuple[int, int] | None = None,
    secret: bool = False,
) -> _T:
    """Describe one setting; `bounds` are inclusive, a secret has no flag (flags are visible to other users)."""
    about = {"meaning": meaning, "unit": unit, "reason": reason, "bounds": bounds, "secret": secret}
    return field(default=default, metadata=about)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What an installation may choose. Made by `load`; every value has been checked."""

    kafka: str = _setting(
        "",
        "addresses of an existing Kafka, comma-separated; empty starts one here",
        unit="host:port",
        reason="a newcomer has none",
    )
    clickhouse_url: str = _setting(
        "",
        "HTTP address of an existing ClickHouse; empty starts the embedded one here",
        unit="URL",
        reason="a newcomer has none",
    )
    clickhouse_user: str = _setting(
        "default",
        "user who may create tables and insert; password in SCANSTREAM_CLICKHOUSE_PASSWORD",
        reason="ClickHouse's own default",
    )
    clickhouse_password: str = _setting(
        "", "that user's password", reason="the embedded server listens on loopback only", secret=True
    )
    clickhouse_database: str = _setting(
        "scanstream", "database of all our tables", reason="leaves ClickHouse's `default` alone"
    )
    cluster: str = _setting(
        "",
        "cluster in the servers' configuration on which tables are made sharded and replicated; empty: one server",
        reason="one server is enough for some hundred million scans; see docs/cluster.md",
    )
    listen_host: str = _setting(
        "127.0.0.1",
        "address the gateway and the metrics ports listen on",
        reason="opening it to a network is a decision",
    )
    gateway_port: int = _setting(
        19_080,
        "port the gateway listens on; 0 picks a free one",
        unit="port",
        reason="beside the other local ports",
        bounds=(0, 65_535),
    )
    gateway_cloud_events: int = _setting(
        0,
        "1: messages from the gateway have the headers of CloudEvents 1.0",
        reason="they make messages in Kafka half as large again and cost the gateway a tenth of its work",
        bounds=(0, 1),
    )
    public_documents: int = _setting(
        1,
        "1: the gateway shows everybody the risk map and the safety of places; 0: it doesn't",
        reason="they are made for the public, and hide counts of fewer than 10 people",
        bounds=(0, 1),
    )
    public_origin: str = _setting(
        "",
        "origin whose pages may read these documents in a browser, like https://map.example, or *; empty: none",
        reason="maps on servers need none, and pages elsewhere are a decision",
    )
    boundaries_file: str = _setting(
        "",
        "GeoJSON file of real boundaries, a feature for each commune with `commune_code`; empty: synthetic cells",
        unit="path",
        reason="we found no free data set of the communes of 2021",
    )
    port_base: int = _setting(
        19_000,
        "local ports count from here: Kafka +92, ClickHouse +123, its door +124, Prometheus +90, workers +200, "
        "sinks +210, watch +220; 0: free",
        unit="port",
        reason="few programs use these, and the last digits are the well-known ones",
        bounds=(0, 65_000),
    )
    partitions: int = _setting(
        4,
        "partitions of each topic; cannot change while the topics exist",
        unit="partitions",
        reason="two workers of two cores can share them, and each more is some more small inserts a second",
        bounds=(1, 1_024),
    )
    worker_linger_ms: int = _setting(
        300,
        "how long a worker gathers events before it publishes a batch",
        unit="ms",
        reason="half of it is in the median latency, and a few inserts a second cost less than many small ones",
        bounds=(0, 10_000),
    )
    window_minutes: int = _setting(
        10,
        "event time the worker keeps in memory to recognise retries; older ones are checked in ClickHouse",
        unit="minutes",
        reason="events up to 10 minutes old count as on time: nearly all retries",
        bounds=(5, 1_440),
    )
    sink_insert_threads: int = _setting(
        8,
        "partitions a sink works on at the same time",
        unit="threads",
        reason="they wait more than they work",
        bounds=(1, 64),
    )
    data_dir: Path = _setting(  # noqa: RUF009 -- returns a dataclass field, nothing shared
        Path("var"), "directory of data, logs and keys", unit="path", reason="inside the checkout, ignored by git"
    )
    pseudonym_key_file: str = _setting(
        "",
        "file with the keys that turn identities into pseudonyms; empty: made once in the data directory",
        unit="path",
        reason="a demonstration needs no key management",
    )
    population_file: str = _setting(
        "",
        "file of the register of the population, made by `scanstream population build`; empty: no identity is checked",
        unit="path",
        reason="a register is somebody else's, and needs a decision",
    )
    vault_key_file: str = _setting(
        "",
        "file with the master keys of sealed contact details; empty: made once in the data directory",
        unit="path",
        reason="the same",
    )
    operators_file: str = _setting(
        "",
        "file that says who may open and erase contact details; empty: nobody",
        unit="path",
        reason="opening people's details is a decision",
    )
    operator_token_file: str = _setting(
        "", "file with the token of the operator at this terminal", unit="path", reason="each operator has their own"
    )
    audit_file: str = _setting(
        "",
        "file of the audit log; empty: `audit.log` in the data directory",
        unit="path",
        reason="beside what it is about, until a safer place is chosen",
    )
    access_certificate_file: str = _setting(
        "",
        "file with the certificate (chain), PEM, of the door people query ClickHouse through; empty: no TLS, and "
        "loopback only",
        unit="path",
        reason="a certificate is the installation's own",
    )
    access_key_file: str = _setting(
        "", "file with the certificate's private key, PEM without a password", unit="path", reason="the same"
    )
    retention_days: str = _setting(
        "28",
        "how long rows about people stay: all provinces, then perhaps some of their own, like `28,64=14,75=60`; "
        "14 to 60 each",
        unit="days",
        reason="as Australia's; long enough for the 21 days a Vietnamese case is asked about",
    )
    retention_time: str = _setting(
        "02:30",
        "when the watch deletes rows about people that are due, in Vietnam's time; `off`: somebody else runs "
        "`scanstream retention run`",
        unit="time",
        reason="fewest people query at night; what was missed is done at the next start",
    )
    merge_time: str = _setting(
        "03:30",
        "when the watch merges each week of scans into one part, in Vietnam's time; `off`: the server only merges past "
        "weeks, and questions about the running one take longer",
        unit="time",
        reason="after retention, while fewest people scan; a night that was missed is let be",
    )
    report_times: str = _setting(
        "16:20",
        "when each province's daily report is made, in Vietnam's time: all of them, then perhaps some provinces' own, "
        "like `16:20,42=16:00`; to 16:25",
        unit="time",
        reason="ten minutes before somebody is warned that it is missing, forty before it has to leave",
    )
    log_level: str = _setting(
        "info", "least severe log line shown: debug, info, warning, error", reason="one line for each event of note"
    )

    def __post_init__(self) -> None:
        """Check what a type alone doesn't say; raise UserError."""
        for about in fields(self):
            _check_bounds(about, getattr(self, about.name))
        for name, expected in EXPECTED.items():
            if must_be := expected(getattr(self, name)):
                raise UserError(_wrong(name, getattr(self, name), must_be))

    def environment(self) -> dict[str, str]:
        """Return the environment variables that give a child process exactly these settings."""
        return {variable(about.name): str(getattr(self, about.name)) for about in fields(self)}


def variable(name: str) -> str:
    """Return the environment variable of a setting."""
    return PREFIX + name.upper()


def flag(name: str) -> str:
    """Return the command-line flag of a setting."""
    return "--" + name.replace("_", "-")


def load(environment: Mapping[str, str], flags: Mapping[str, object]) -> Settings:
    """Make settings from defaults, then the environment, then flags (those that are not None).

    Raises UserError naming the variable or flag whose value is wrong and what it should be.
    """
    chosen: dict[str, Any] = {}
    for about in fields(Settings):
        given = flags.get(about.name)
        text = environment.get(variable(about.name)) if given is None else str(given)
        if text is not None:
            chosen[about.name] = _parse(about, text)
    return Settings(**chosen)


def table() -> str:
    """Return all settings as a Markdown table, as `docs/settings.md` has it."""
    head = "| variable | unit | default | meaning | why this default |\n|---|---|---|---|---|\n"
    return head + "".join(
        f"| `{variable(about.name)}` | {about.metadata['unit']} | {_shown(about)} "
        f"| {about.metadata['meaning']} | {about.metadata['reason']} |\n"
        for about in fields(Settings)
    )


def _shown(about: "Field[Any]") -> str:
    return f"`{about.default}`" if str(about.default) else "empty"


def _parse(about: "Field[Any]", text: str) -> object:
    if about.type is not int:
        return Path(text) if about.type is Path else text
    try:
        return int(text)
    except ValueError:
        raise UserError(_wrong(about.name, text, "a whole number")) from None


def _check_bounds(about: "Field[Any]", value: object) -> None:
    bounds: tuple[int, int] | None = about.metadata["bounds"]
    if bounds and isinstance(value, int) and not bounds[0] <= value <= bounds[1]:
        raise UserError(_wrong(about.name, value, f"from {bounds[0]} to {bounds[1]} {about.metadata['unit']}"))


def _wrong(name: str, value: object, expected: str) -> str:
    return f"{variable(name)} (or {flag(name)}) is {str(value)!r}; it must be {expected}."
