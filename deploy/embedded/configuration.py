"""The configuration files of the embedded server, as text. Nothing here touches the disk."""

import hashlib
import re
import uuid
from xml.sax.saxutils import escape

from deploy.user_error import UserError
from sinks.access.server_xml import access_control

# The user clickhouse-local opens its own session with (see startup_login.py).
ENGINE_USER = "default"

# The engine (chDB 4.4, ClickHouse 26.9) goes on when a write fails for want of space, and keeps the broken part: a
# merge on a full disk then destroys rows that were acknowledged. It refuses to begin an insert or a merge with less
# room than this, so as not to get there; what is under way then needs less.
KEPT_FREE_BYTES = 512 * 1024**2

_ANYWHERE = ("::/0",)
_THIS_MACHINE = ("127.0.0.1", "::1")

_STARTUP_GRANTS = ("GRANT SYSTEM LISTEN ON *.*", "GRANT SELECT ON system.numbers")
_EVERYTHING = "GRANT ALL ON *.* WITH GRANT OPTION"
# clickhouse-local reads and writes any file and fetches any address. This takes the table functions and engines that do
# so away from clients; the function `file`, which has no right of its own, still reads files.
_NO_SOURCES = ("REVOKE READ, WRITE ON *", *(f"REVOKE TABLE ENGINE ON {name}" for name in ("File", "URL")))


_LOGIN_TIMEOUTS = "".join(f"<{step}_timeout_ms>5000</{step}_timeout_ms>" for step in ("connection", "receive", "send"))


def check_user(user: str, password: str) -> None:
    """Raise UserError for a user or password the embedded server cannot serve."""
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", user):
        raise UserError(f"ClickHouse user {user!r} must be letters, digits and underscores; choose another name.")
    if user == ENGINE_USER and password:
        raise UserError(
            "The embedded ClickHouse cannot put a password on its user `default`; "
            "set SCANSTREAM_CLICKHOUSE_USER to another name, or leave the password empty."
        )


def config_xml(*, host: str, http_port: int, login_url: str) -> str:
    """Return config.xml; paths in it are relative to the directory it lies in; `login_url` is that of `one_login`.

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
    <http_authentication_servers>
        <startup><uri>{escape(login_url)}</uri><max_tries>1</max_tries>{_LOGIN_TIMEOUTS}</startup>
    </http_authentication_servers>
    {access_control()}
    <log-level>warning</log-level>
    <logger>
        <log>server.log</log>
        <size>10M</size>
        <count>3</count>
    </logger>
    <!-- Merges wait for inserts and queries: on few cores a large one took from both for seconds. -->
    <os_threads_nice_value_merge_mutate>15</os_threads_nice_value_merge_mutate>
    <storage_configuration>
        <disks><default><keep_free_space_bytes>{KEPT_FREE_BYTES}</keep_free_space_bytes></default></disks>
    </storage_configuration>
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

    With another name than `default`, nobody but the engine itself can log in as that one. Without a password the
    administrator is only let in from this machine. Passwords are stored as hashes.
    """
    hashed = hashlib.sha256(password.encode()).hexdigest()
    admin = _user_xml(
        user,
        login=f"<password_sha256_hex>{hashed}</password_sha256_hex>",
        networks=_ANYWHERE if password else _THIS_MACHINE,
        grants=(_EVERYTHING, *_NO_SOURCES),
    )
    engine = _user_xml(
        ENGINE_USER,
        login="<http_authentication><server>startup</server><scheme>basic</scheme></http_authentication>",
        networks=_THIS_MACHINE,
        grants=_STARTUP_GRANTS,
    )
    return f"""<clickhouse>
    <profiles>
        <default>
            <!-- What clickhouse-local sets and a server doesn't. -->
            <implicit_select>0</implicit_select>
            <allow_introspection_functions>0</allow_introspection_functions>
            <!-- `by_person` finds a person's scans also in parts with few rows: half of the rows are not read. -->
            <min_table_rows_to_use_projection_index>0</min_table_rows_to_use_projection_index>
        </default>
    </profiles>
    <quotas><default/></quotas>
    <users>{admin}{engine if user != ENGINE_USER else ""}
    </users>
</clickhouse>
"""


def database_sql() -> str:
    """Return the metadata file of a new `default` database, as the engine itself would write it."""
    return f"ATTACH DATABASE _ UUID '{uuid.uuid4()}'\nENGINE = Atomic\n"


def _user_xml(name: str, *, login: str, networks: tuple[str, ...], grants: tuple[str, ...]) -> str:
    allowed = "".join(f"<ip>{network}</ip>" for network in networks)
    queries = "".join(f"<query>{grant}</query>" for grant in grants)
    return f"""
        <{name}>
            {login}
            <networks>{allowed}</networks>
            <profile>default</profile>
            <quota>default</quota>
            <default_database>default</default_database>
            <grants>{queries}</grants>
        </{name}>"""
