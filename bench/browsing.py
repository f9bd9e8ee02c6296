"""Browsers reduced to their sockets, all in one loop: as many threads of one program would measure themselves."""

import select
import socket
import time
from collections.abc import Sequence
from typing import Final, NamedTuple

ANSWER: Final = 262_144
"""So many bytes are taken at once, which is mostly a whole answer."""
LENGTH: Final = b"content-length: "


class Asked(NamedTuple):
    """A request, and what only the right person's answer holds."""

    request: bytes
    told: bytes


class Browser:
    """One connection, which is kept; it asks as one person after another."""

    def __init__(self, port: int, asked: Sequence[Asked]) -> None:
        """Connect."""
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.asked = asked
        self.count = 0

    def ask(self) -> None:
        """Ask as the next person."""
        request, self.told = self.asked[self.count % len(self.asked)]
        self.count += 1
        self.answer = b""
        self.left = 0
        self.socket.sendall(request)

    def heard(self) -> bool:
        """Read what came, and say whether that was the end of an answer, which is good and the right person's."""
        came = self.socket.recv(ANSWER)
        assert came, "the server hung up"
        self.answer += came
        if not self.left:
            head = self.answer.find(b"\r\n\r\n")
            if head < 0:
                return False
            assert self.answer.startswith(b"HTTP/1.1 200"), self.answer[:head]
            at = self.answer.index(LENGTH, 0, head) + len(LENGTH)
            self.left = head + 4 + int(self.answer[at : self.answer.index(b"\r\n", at)])
        if len(self.answer) < self.left:
            return False
        assert len(self.answer) == self.left
        assert self.told in self.answer, "an answer that is somebody else's"
        return True


def answers_a_second(port: int, clients: Sequence[Sequence[Asked]], seconds: float) -> float:
    """Let clients ask and ask, and return how many answers came a second; each was looked at."""
    browsers = [Browser(port, asked) for asked in clients]
    by_descriptor = {browser.socket.fileno(): browser for browser in browsers}
    with select.epoll() as heard:
        for descriptor, browser in by_descriptor.items():
            heard.register(descriptor, select.EPOLLIN)
            browser.ask()
        started = time.perf_counter()
        answers = _until(started + seconds, heard, by_descriptor)
        took = time.perf_counter() - started
    for browser in browsers:
        browser.socket.close()
    return answers / took


def _until(end: float, heard: select.epoll, browsers: dict[int, Browser]) -> int:
    """Answer every answer with the next question until then, and return how many there were."""
    answers = 0
    while time.perf_counter() < end:
        for descriptor, _event in heard.poll(1):
            browser = browsers[descriptor]
            if browser.heard():
                answers += 1
                browser.ask()
    return answers
