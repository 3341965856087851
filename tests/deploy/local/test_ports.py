"""Free ports are free, different, and out of the way of clients' own source ports."""

import socket
from contextlib import closing

import pytest

from deploy.local.ports import LOOPBACK, free_ports, is_free, listens, require_free
from deploy.user_error import UserError


def test_free_ports_are_different_and_below_the_ephemeral_range() -> None:
    ports = free_ports(20)
    assert len(set(ports)) == 20
    assert all(port < 32_768 and is_free(port) for port in ports)


def test_a_taken_port_is_explained_in_one_sentence() -> None:
    with closing(socket.create_server((LOOPBACK, 0))) as server:
        port = server.getsockname()[1]
        assert listens(port)
        with pytest.raises(UserError, match=f"Port {port} for the gateway is taken; stop .* set X"):
            require_free(port, purpose="the gateway", remedy="set X")
    assert not listens(port)
