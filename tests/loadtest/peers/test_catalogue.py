"""Each peer of the table has its program, and what it runs on is pinned."""

import re
from importlib.util import find_spec
from pathlib import Path

import pytest

from loadtest.peers.build import pinned_version
from loadtest.peers.catalogue import BASELINE, NAMES, PEERS, peer_named
from loadtest.peers.peer import HERE, Peer

_PYTHON = [peer for peer in PEERS if peer.kind in {"python", "floor"}]
_JAVA = [peer for peer in PEERS if peer.kind == "java"]
_LOCKS = sorted({HERE / peer.folder / "requirements.lock" for peer in PEERS if peer.kind == "python"})


def test_names_differ_and_ours_is_among_them() -> None:
    assert len(set(NAMES)) == len(NAMES)
    assert BASELINE in NAMES
    with pytest.raises(KeyError, match="no peer is called 'other'"):
        peer_named("other")


@pytest.mark.parametrize("peer", _PYTHON, ids=lambda peer: peer.name)
def test_a_python_peer_has_its_module(peer: Peer) -> None:
    assert find_spec(peer.main)


@pytest.mark.parametrize("peer", _JAVA, ids=lambda peer: peer.name)
def test_a_java_peer_has_its_class_and_its_variant(peer: Peer) -> None:
    source = HERE / peer.folder / peer.jars / "src/main/java" / (peer.main.replace(".", "/") + ".java")
    assert f'"{peer.variant}"' in source.read_text("utf-8") or peer.variant in {"memory", "heap"}
    assert re.fullmatch(r"[\d.]+", pinned_version(peer.folder, peer.versioned_by))


@pytest.mark.parametrize("lock", _LOCKS, ids=lambda lock: lock.parent.name)
def test_every_package_is_pinned_with_hashes_and_no_index_is_named(lock: Path) -> None:
    text = lock.read_text("utf-8")
    packages = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
    assert packages
    assert [package.split()[0] for package in packages if "==" not in package or "--hash=sha256:" not in package] == []
    assert "://" not in text
