"""A question to a service as a whole: its requests, what they rest on, and a second try when they do not fit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar
from urllib.parse import urlencode

from needs_assessment.errors import EnvironmentFault
from needs_assessment.fetch.register import Bases, OnlineRegister, Service
from needs_assessment.fetch.store import Answer, Store
from needs_assessment.fetch.transport import GO_ON, Check

T = TypeVar("T")


class DoNotFit(Exception):
    """The pages of one question contradict each other: a page twice, one too few, another number than announced."""


@dataclass
class Asker:
    """Asks one service through the store and remembers every answer that was used."""

    register: OnlineRegister
    bases: Bases
    store: Store
    name: str
    ending: str
    used: list[Answer] = field(default_factory=list)

    @property
    def service(self) -> Service:
        return self.register.service(self.name)

    def ask(self, path: str, query: dict[str, str], check: Check) -> bytes:
        """The body for one request; commas and dots stay readable in the address."""
        tail = f"{path}?{urlencode(query, safe=',.*')}"
        answer = self.store.answer(
            f"{self.bases.official[self.name]}/{tail}",
            f"{self.bases.asked[self.name]}/{tail}",
            self.ending,
            check,
        )
        self.used.append(answer)
        return answer.body

    def whole(self, question: Callable[[], T]) -> T:
        """The answer to a question of several pages, all asked again once when they do not fit each other."""
        start = len(self.used)
        try:
            return question()
        except DoNotFit:
            self.store.forget([answer.url for answer in self.used[start:]], self.ending)
            del self.used[start:]
        try:
            return question()
        except DoNotFit as fault:
            self.store.forget([answer.url for answer in self.used[start:]], self.ending)
            raise EnvironmentFault(
                f"The answers of {self.service.name} do not fit each other: {fault}.", action=GO_ON
            ) from fault


def in_parts(codes: list[str], size: int) -> list[list[str]]:
    """The codes in order, ``size`` at a time."""
    return [codes[start : start + size] for start in range(0, len(codes), size)]


def looks_like_a_page(body: bytes) -> bool:
    """Whether an answer is a web page: what both services send when something is wrong on their side."""
    return body.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] == b"<"


def first_words(body: bytes) -> str:
    """The start of an answer that is not what was asked for, in printable characters."""
    text = body[:400].decode("utf-8", errors="replace")
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())[:100]
