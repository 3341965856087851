"""Who may do what with contact details: a file of operators with their roles, and the tokens they show."""

import hashlib
import hmac
import re
import secrets
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

from deploy.settings import variable
from deploy.user_error import UserError

_NAME = re.compile(r"[a-z][a-z0-9_-]{0,31}", re.ASCII)
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_NO_HASH = "0" * 64
_MOST_APPROVALS = 1


class Right(Enum):
    """What an operator may do."""

    OPEN = "open contact details"
    APPROVE = "approve that another opens them"
    ERASE = "erase contact details"


class Role(Enum):
    """What an operator is: traces contacts for the province's CDC, or answers for the protection of data."""

    PROVINCE_CDC = "province_cdc"
    DATA_PROTECTION = "data_protection"


RIGHTS = {
    Role.PROVINCE_CDC: frozenset({Right.OPEN, Right.APPROVE}),
    Role.DATA_PROTECTION: frozenset({Right.APPROVE, Right.ERASE}),
}


class NotAllowed(UserError):
    """This person may not do this; the sentence says what they lack, and never shows a token."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """A person with a role."""

    name: str
    role: Role
    token_sha256: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Operators:
    """Everybody who may do anything, and how many others must agree to an opening: 0 or 1."""

    approvals: int
    by_name: Mapping[str, Operator]

    def who(self, token: str) -> Operator:
        """Return whose token it is; raise NotAllowed. Unknown and wrong look the same, and take the same time."""
        operator = self.by_name.get(claimed_name(token))
        actual = _hash(token.strip())
        if not hmac.compare_digest(actual, operator.token_sha256 if operator else _NO_HASH) or operator is None:
            raise NotAllowed("The token is not that of an operator; ask for a new one.")
        return operator


def require(operator: Operator, right: Right) -> None:
    """Raise NotAllowed unless the operator's role has a right."""
    if right not in RIGHTS[operator.role]:
        may = " or ".join(role.value for role in Role if right in RIGHTS[role])
        raise NotAllowed(f"{operator.name} ({operator.role.value}) may not {right.value}; that takes the role {may}.")


def claimed_name(token: str) -> str:
    """Return the name a token claims, or `unknown` where that could be no name."""
    name = token.strip().partition(".")[0]
    return name if _NAME.fullmatch(name) else "unknown"


def read_operators(path: str) -> Operators:
    """Return what a file says; raise UserError for none, one that others may write to, or a malformed one."""
    if not path:
        raise UserError(f"Nobody may open or erase contact details here; set {variable('operators_file')}.")
    text = _private_text(Path(path), setting="operators_file", forbidden=0o022, remedy="go-w")
    try:
        return _operators(tomllib.loads(text))
    except (ValueError, TypeError, AttributeError, KeyError) as problem:
        raise UserError(f"The file of operators {path} is wrong ({problem}); see docs/identity.md.") from None


def read_token(path: str) -> str:
    """Return the token in a file; raise UserError for none, or one that others may read."""
    if not path:
        raise UserError(f"Say who you are: set {variable('operator_token_file')} to the file with your token.")
    return _private_text(Path(path), setting="operator_token_file", forbidden=0o077, remedy="go-rwx").strip()


def new_operator(path: Path, *, name: str, role: Role) -> str:
    """Add an operator to a file, which is made if need be, and return the token: it is kept nowhere else.

    Raises UserError for a name that is taken or none, and for a file that can't be written.
    """
    if not _NAME.fullmatch(name):
        raise UserError(f"{name!r} is no name of an operator; take small letters, digits, - and _, at most 32.")
    if path.exists() and name in read_operators(str(path)).by_name:
        raise UserError(f"There is an operator {name} already; take another name, or remove that one first.")
    token = f"{name}.{secrets.token_urlsafe(32)}"
    try:
        path.touch(mode=0o600)
        with path.open("a", encoding="utf-8") as file:
            file.write(f'\n[operators.{name}]\nrole = "{role.value}"\ntoken_sha256 = "{_hash(token)}"\n')
    except OSError as problem:
        raise UserError(f"The file of operators {path} can't be written ({problem.strerror}).") from problem
    return token


def _operators(content: Mapping[str, Any]) -> Operators:
    approvals = content.get("approvals", _MOST_APPROVALS)
    if approvals not in range(_MOST_APPROVALS + 1):
        raise ValueError("approvals must be 0 or 1")
    found = [_operator(name, about) for name, about in content.get("operators", {}).items()]
    return Operators(approvals=approvals, by_name={operator.name: operator for operator in found})


def _operator(name: str, about: Mapping[str, Any]) -> Operator:
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no name of an operator")
    hash_ = str(about["token_sha256"])
    if not _SHA256.fullmatch(hash_):
        raise ValueError(f"the token_sha256 of {name} must be 64 hexadecimal digits")
    return Operator(name=name, role=Role(about["role"]), token_sha256=hash_)


def _private_text(path: Path, *, setting: str, forbidden: int, remedy: str) -> str:
    try:
        mode, text = path.stat().st_mode, path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        why = problem.strerror if isinstance(problem, OSError) else "it is no text"
        raise UserError(f"The file {path} can't be read ({why}); correct {variable(setting)}.") from None
    if mode & forbidden:
        raise UserError(f"Others may read or change {path}; make it private: chmod {remedy} {path}")
    return text


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
