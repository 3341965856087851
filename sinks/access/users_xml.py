"""The file for users.d of a ClickHouse server: people with their roles' grants, rows, quotas and profiles."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

from sinks.access.catalogue import CATALOGUE
from sinks.access.reach import Scope
from sinks.access.relation import Relation
from sinks.access.roles import ROLES, Quota, Role

#: Owns the views that read with their owner's rights. Nobody can log in as it: no password has that hash.
OWNER = "scanstream_owner"
_NO_PASSWORD = "0" * 64
_PREFIX = "scanstream_"
_HOUR_SECONDS = 3_600
# Always true; the engine neither merges a filter above with this one nor moves it beneath.
_BARRIER = "arrayJoin([1]) = 1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """A user of the server: a person's name, role and scope, and the SHA-256 of the password.

    The hash is 64 hexadecimal digits, or `$NAME` for one the server finds in its environment.
    """

    name: str
    role: Role
    scope: Scope
    password_sha256: str = field(repr=False)
    networks: tuple[str, ...] = ("::/0",)


def users_xml(logins: Iterable[Login], *, database: str) -> str:
    """Return the file: a role, a profile and a quota for each of ours, the users, and the owner of views.

    A user has row policies for each relation the role reads, and no right to any other.
    """
    users = _owner(database) + "".join(_user(login, database) for login in logins)
    profiles = "".join(_profile(role.name, role.quota, database) for role in ROLES.values())
    quotas = "".join(_quota(role.name, role.quota) for role in ROLES.values())
    roles = "".join(_role(role.name, database) for role in ROLES.values())
    return (
        "<!-- Made by `scanstream access`; do not edit. -->\n"
        f"<clickhouse>\n<profiles>{profiles}\n</profiles>\n<quotas>{quotas}\n</quotas>\n<roles>{roles}\n</roles>\n"
        f"<users>{users}\n</users>\n</clickhouse>\n"
    )


def grants(role: str, database: str) -> list[str]:
    """Return the statements that let a role read, one for each relation."""
    return [
        f"GRANT SELECT{_columns(found.readers[role])} ON {database}.{found.name}"
        for found in CATALOGUE.values()
        if role in found.readers
    ]


def row_filter(found: Relation, role: Role, scope: Scope, database: str) -> str:
    """Return which rows of a relation somebody sees: `1` for all, `0` for none."""
    if not found.reach:
        return "1"
    condition = found.reach.get(role.level)
    return condition(scope).replace("{database}", database) if condition else "0"


def _columns(columns: tuple[str, ...]) -> str:
    return f"({', '.join(columns)})" if columns else ""


def _profile(name: str, quota: Quota, database: str) -> str:
    # readonly = 1: no setting can be changed, so none of these, and nothing written.
    settings = {
        "readonly": 1,
        "max_execution_time": quota.query_seconds,
        "max_memory_usage": quota.query_bytes,
        "max_memory_usage_for_user": 2 * quota.query_bytes,
        "max_result_rows": quota.result_rows,
        "max_concurrent_queries_for_user": 4,
        "allow_introspection_functions": 0,
        "allow_ddl": 0,
        "log_queries": 1,
        "min_table_rows_to_use_projection_index": 0,  # as the embedded server has it: `by_person` in small parts, too
        "additional_table_filters": _barriers(name, database),
        # What a join's other side holds is looked for by expressions of the reader, as far down as can be.
        "enable_join_runtime_filters": 0,
    }
    inner = "".join(f"<{setting}>{value}</{setting}>" for setting, value in settings.items())
    return f"\n    <{_PREFIX}{name}>{inner}</{_PREFIX}{name}>"


def _barriers(role: str, database: str) -> str:
    """Return what the engine is to evaluate after a view's policy, and before anything of the reader.

    Of views with their owner's rights it would make one condition of the two, or send a reader's further down than the
    policy: one that fails (throwIf) would tell of rows of elsewhere.
    """
    views = (found.name for found in CATALOGUE.values() if role in found.readers and found.as_owner and found.reach)
    return "{" + ", ".join(f"'{database}.{name}': '{_BARRIER}'" for name in views) + "}"


def _quota(name: str, quota: Quota) -> str:
    limits = f"<queries>{quota.queries}</queries><read_rows>{quota.read_rows}</read_rows>"
    return f"\n    <{_PREFIX}{name}><interval><duration>{_HOUR_SECONDS}</duration>{limits}</interval></{_PREFIX}{name}>"


def _role(name: str, database: str) -> str:
    queries = "".join(f"\n        <query>{escape(grant)}</query>" for grant in grants(name, database))
    return f"\n    <{_PREFIX}{name}><grants>{queries}\n    </grants></{_PREFIX}{name}>"


def _user(login: Login, database: str) -> str:
    own = f"{_PREFIX}{login.role.name}"
    networks = "".join(f"<ip>{network}</ip>" for network in login.networks)
    filters = "".join(
        f"\n            <{found.name}><filter>{escape(condition)}</filter></{found.name}>"
        for found in CATALOGUE.values()
        if login.role.name in found.readers
        and (condition := row_filter(found, login.role, login.scope, database)) != "1"
    )
    return f"""
    <{login.name}>
        {_password(login.password_sha256)}
        <networks>{networks}</networks>
        <profile>{own}</profile>
        <quota>{own}</quota>
        <default_database>{database}</default_database>
        <grants><query>GRANT {own}</query></grants>
        <databases><{database}>{filters}
        </{database}></databases>
    </{login.name}>"""


def _owner(database: str) -> str:
    # A view names others without their database, so the owner's must be the default one.
    sealed = (name for name in CATALOGUE if name.startswith("vault_"))
    revoked = "".join(f"<query>REVOKE SELECT ON {database}.{name}</query>" for name in sealed)
    return f"""
    <{OWNER}>
        {_password(_NO_PASSWORD)}
        <networks><ip>127.0.0.1</ip></networks>
        <profile>default</profile>
        <quota>default</quota>
        <default_database>{database}</default_database>
        <grants><query>GRANT SELECT ON {database}.*</query>{revoked}</grants>
    </{OWNER}>"""


def _password(sha256: str) -> str:
    if sha256.startswith("$"):
        return f'<password_sha256_hex from_env="{sha256[1:]}"/>'
    return f"<password_sha256_hex>{sha256}</password_sha256_hex>"
