"""The file for users.d: complete, well-formed, and nothing of anybody's making in it."""

# ruff: noqa: S314 -- XML of our own

import xml.etree.ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from sinks.access.catalogue import CATALOGUE
from sinks.access.reach import Scope
from sinks.access.roles import ROLES, Level, Role
from sinks.access.users_xml import Login, row_filter, users_xml

_CODES = st.lists(st.integers(1, 2**32 - 1), min_size=1, max_size=4)
_SECTORS = st.lists(st.tuples(st.integers(1, 96), st.sampled_from(["SGDDT", "SCT"])), min_size=1, max_size=3)


def _scopes(role: Role) -> st.SearchStrategy[Scope]:
    if role.level is Level.NOTHING:
        return st.just([])
    return _SECTORS if role.level is Level.SECTOR else _CODES


@given(role=st.sampled_from(list(ROLES.values())), data=st.data())
def test_a_scoped_role_reads_no_row_without_a_condition_on_its_scope(role: Role, data: st.DataObject) -> None:
    scope = data.draw(_scopes(role))
    for found in CATALOGUE.values():
        if role.name in found.readers and found.reach and role.level is not Level.NOTHING:
            condition = row_filter(found, role, scope, "d")
            code = scope[0]
            own = str(code[0] if isinstance(code, tuple) else code)
            assert condition == "0" or own in condition or " IN (SELECT subject FROM d.isolations)" in condition, (
                found.name
            )
            assert "{" not in condition


@given(st.data())
def test_every_user_has_a_policy_wherever_their_role_needs_one(data: st.DataObject) -> None:
    role = data.draw(st.sampled_from(list(ROLES.values())))
    login = Login(name="somebody", role=role, scope=data.draw(_scopes(role)), password_sha256="0" * 64)
    user = ET.fromstring(users_xml([login], database="d")).find("./users/somebody")
    assert user is not None
    policies = {policy.tag for policy in user.findall("./databases/d/*")}
    scoped = {
        found.name
        for found in CATALOGUE.values()
        if role.name in found.readers and row_filter(found, role, login.scope, "d") != "1"
    }
    assert policies == scoped
    assert [grant.text for grant in user.findall("./grants/query")] == [f"GRANT scanstream_{role.name}"]


def test_every_profile_lets_nothing_be_changed_and_every_role_only_selects() -> None:
    root = ET.fromstring(users_xml([], database="d"))
    for name in ROLES:
        assert root.findtext(f"./profiles/scanstream_{name}/readonly") == "1"
        assert int(root.findtext(f"./quotas/scanstream_{name}/interval/queries") or "0") > 0
        grants = [grant.text or "" for grant in root.findall(f"./roles/scanstream_{name}/grants/query")]
        assert grants
        assert all(grant.startswith("GRANT SELECT") and " ON d." in grant for grant in grants)


def test_every_view_with_its_owners_rights_has_a_barrier_between_its_policy_and_its_readers() -> None:
    root = ET.fromstring(users_xml([], database="d"))
    for name in ROLES:
        barriers = root.findtext(f"./profiles/scanstream_{name}/additional_table_filters") or ""
        for found in CATALOGUE.values():
            wanted = name in found.readers and found.as_owner and bool(found.reach)
            assert (f"'d.{found.name}': 'arrayJoin([1]) = 1'" in barriers) == wanted


def test_a_hash_can_come_from_the_servers_environment() -> None:
    login = Login(name="mai", role=ROLES["ops"], scope=[], password_sha256="$ACCESS_MAI")  # noqa: S106 -- a variable's name
    password = ET.fromstring(users_xml([login], database="d")).find("./users/mai/password_sha256_hex")
    assert password is not None
    assert (password.get("from_env"), password.text) == ("ACCESS_MAI", None)
