"""The configuration files of the embedded server, as text. Nothing here touches the disk."""

import hashlib
import re
import uuid
from xml.sax.saxutils import escape

from deploy.user_error import UserError

# The user clickhouse-local opens its own session with; it must exist, without a password, from this address.
ENGINE_USER = "default"

# What the engine's own session runs (see engine.py): opening the port, and the query that keeps it open.
_STARTUP_QUERIES = 2
_TEN_YEARS_SECONDS = 315_360_000

_ANYWHERE = ("::/0",)
_THIS_MACHINE = ("127.0.0.1", "::1")

_STARTUP_GRANTS = ("GRANT SYSTEM LISTEN ON *.*", "GRANT SELECT ON system.numbers")
_EVERYTHING = "GRANT ALL ON *.* WITH GRANT OPTION"
# clickhouse-local may read and write any file and fetch any address; a server's clients must not.
_NO_SOURCES = "REVOKE READ, WRITE ON *"


def check_user(user: str, password: str) -> None:
    """Raise UserError for a user or password the embedded server cannot serve."""
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", user):
        raise UserError(f"ClickHouse user {user!r} must be letters, digits and underscores; choose another name.")
    if user == ENGINE_USER and password:
        raise UserError(
            "The embedded ClickHouse cannot put a password on its user `default`; "
            "set SCANSTREAM_CLICKHOUSE_USER to another name, or leave the password empty."
        )


def config_xml(*, host: str, http_port: int) -> str:
    """Return config.xml; paths in it are relative to the directory it lies in.

    Half of the memory is left to the broker, the workers and the page cache, which share the machine.
    """
    return f"""<clickhouse>
    <listen_host>{escape(host)}</listen_host>
    <http_port>{http_port}</http_port>
    <!-- clickhouse-local overlays this database with the files of the directory; clients get `default` instead. -->
    <default_database>local</default_database>
    <max_server_memory_usage_to_ram_ratio>0.5</max_server_memory_usage_to_ram_ratio>
    <user_directories>
        <users_xml><path>users.xml</path></users_xml>
    </user_directories>
    <log-level>warning</log-level>
    <logger>
        <log>server.log</log>
        <size>10M</size>
        <count>3</count>
    </logger>
    <http_handlers>
        <rule>
            <url>/metrics</url>
            <methods>GET</methods>
            <handler>
                <type>prometheus</type>
                <metrics>true</metrics>
                <events>true</events>
                <asynchronous_metrics>true</asynchronous_metrics>
                <errors>true</errors>
            </handler>
        </rule>
        <defaults/>
    </http_handlers>
</clickhouse>
"""


def users_xml(*, user: str, password: str) -> str:
    """Return users.xml with one administrator; further users, grants and row policies go into users.d/*.xml beside it.

    With another name than `default`, that one is left with enough to start the server and nothing else. Without a
    password the administrator is only let in from this machine. Passwords are stored as hashes.
    """
    networks = _ANYWHERE if password else _THIS_MACHINE
    admin = _user_xml(user, password=password, networks=networks, quota="unlimited", grants=(_EVERYTHING, _NO_SOURCES))
    engine = _user_xml(ENGINE_USER, password="", networks=_THIS_MACHINE, quota="startup", grants=_STARTUP_GRANTS)
    return f"""<clickhouse>
    <profiles>
        <default>
            <!-- What clickhouse-local sets and a server doesn't. -->
            <implicit_select>0</implicit_select>
            <allow_introspection_functions>0</allow_introspection_functions>
        </default>
    </profiles>
    <quotas>
        <unlimited/>
        <startup>
            <interval><duration>{_TEN_YEARS_SECONDS}</duration><queries>{_STARTUP_QUERIES}</queries></interval>
        </startup>
    </quotas>
    <users>{admin}{engine if user != ENGINE_USER else ""}
    </users>
</clickhouse>
"""


def database_sql() -> str:
    """Return the metadata file of a new `default` database, as the engine itself would write it."""
    return f"ATTACH DATABASE _ UUID '{uuid.uuid4()}'\nENGINE = Atomic\n"


def _user_xml(name: str, *, password: str, networks: tuple[str, ...], quota: str, grants: tuple[str, ...]) -> str:
    hashed = hashlib.sha256(password.encode()).hexdigest()
    allowed = "".join(f"<ip>{network}</ip>" for network in networks)
    queries = "".join(f"<query>{grant}</query>" for grant in grants)
    return f"""
        <{name}>
            <password_sha256_hex>{hashed}</password_sha256_hex>
            <networks>{allowed}</networks>
            <profile>default</profile>
            <quota>{quota}</quota>
            <default_database>default</default_database>
            <grants>{queries}</grants>
        </{name}>"""
