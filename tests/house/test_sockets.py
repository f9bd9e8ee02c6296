"""Tests speak to this machine only: what calls elsewhere is stopped before it leaves."""

import socket

import pytest
from pytest_socket import SocketConnectBlockedError


@pytest.mark.filterwarnings("ignore:A test tried to use socket")
@pytest.mark.parametrize("address", ["192.0.2.1", "203.0.113.7"])
def test_a_connection_elsewhere_is_stopped(address: str) -> None:
    with socket.socket() as caller, pytest.raises(SocketConnectBlockedError):
        caller.connect((address, 443))


def test_a_connection_to_this_machine_is_let_through() -> None:
    with socket.socket() as listener, socket.socket() as caller:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        caller.connect(listener.getsockname())
        assert caller.getpeername() == listener.getsockname()


def test_a_connection_within_the_machine_is_let_through() -> None:
    one, other = socket.socketpair(socket.AF_UNIX)
    with one, other:
        one.sendall(b"here")
        assert other.recv(4) == b"here"
