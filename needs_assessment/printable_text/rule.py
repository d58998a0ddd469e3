"""A rule: the pattern of a kind of text that must not be printed, and in which spelling it is looked for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from needs_assessment.printable_text.folding import (
    View,
    as_letters,
    digits,
    fold,
    hidden,
    letters_read_out,
    turned,
    unbracketed,
    unglued,
    unhyphenated,
    values,
)

Spelling = Literal["letters", "values", "digits", "spelt"]
Match = re.Match[str]


@dataclass(frozen=True)
class Spellings:
    """The spellings of one text: as it looks, with numbers in figures, and as it would be dialled."""

    letters: View

    @cached_property
    def values(self) -> View:
        """With every number in figures."""
        return values(self.letters)

    @cached_property
    def digits(self) -> View:
        """Figure by figure and letter by letter."""
        return digits(self.letters)

    @cached_property
    def spelt(self) -> View:
        """With every number in figures and every letter that is read out as a letter."""
        return values(letters_read_out(self.letters))

    @cached_property
    def shouted(self) -> bool:
        """Whether capitals say nothing because nearly all letters are capitals."""
        letters = [one for one in self.letters.cased if one.isalpha()]
        return len(letters) > 3 and sum(one.isupper() for one in letters) > 0.8 * len(letters)

    @cached_property
    def caseless(self) -> bool:
        """Whether capitals say nothing: nearly all letters are capitals, or none is."""
        letters = [one for one in self.letters.cased if one.isalpha()]
        return len(letters) > 3 and (self.shouted or not any(one.isupper() for one in letters))

    def named(self, view: View, start: int) -> bool:
        """Whether a word may be a name: it begins with a capital, or capitals say nothing in this text."""
        return self.caseless or view.capital(start)

    def capital(self, view: View, start: int) -> bool:
        """Whether a word begins with a capital, or might in a text that is all capitals."""
        return self.shouted or view.capital(start)


@dataclass(frozen=True)
class Rule:
    """One kind and how it is known.

    fits: says of a match whether it is of the kind, where the pattern alone cannot tell; ``spelling``: the view that the
    pattern reads.
    """

    kind: str
    pattern: re.Pattern[str]
    spelling: Spelling = "values"
    fits: Callable[[Match, Spellings], bool] | None = None

    def places(self, spellings: Spellings) -> Iterator[tuple[int, int]]:
        """First and last character of the original of everything of this kind."""
        view: View = getattr(spellings, self.spelling)
        at = 0
        while found := self.pattern.search(view.text, at):
            if self.fits is None or self.fits(found, spellings):
                yield view.place(found.start(), max(found.end(), found.start() + 1))
                at = max(found.end(), found.start() + 1)
            else:
                at = found.start() + 1


def spellings_of(text: str) -> list[Spellings]:
    """The spellings of a text, and of what it says when it is read from its end or holds unseen letters."""
    views = (
        *(fold(text), turned(text), hidden(text), as_letters(text, "l"), as_letters(text, "i")),
        *(unglued(text), unbracketed(text), unhyphenated(text)),
    )
    return [Spellings(view) for view in views if view is not None and view.text]


def rule(
    kind: str,
    pattern: str,
    spelling: Spelling = "values",
    fits: Callable[[Match, Spellings], bool] | None = None,
) -> Rule:
    """A rule from a pattern over lower-case text."""
    return Rule(kind, re.compile(pattern), spelling, fits)
