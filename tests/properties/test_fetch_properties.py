"""What is fetched does not depend on how the services cut it into pages, nor on where a fetch was interrupted."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from needs_assessment.errors import EnvironmentFault
from needs_assessment.fetch.area import AREAS
from needs_assessment.fetch.command import fetch_areas
from tests.unit.fetch.online_services import Fault, Services, quick_register, running, status

BEDFORD = "E06000055"


@pytest.fixture(scope="module")
def services() -> Iterator[Services]:
    with running() as server:
        yield server


def fetched(services: Services, folder: Path, *, page: int = 25_000, areas: int = 100) -> dict[str, str]:
    """The area's tables by name and check sum, with pages of this size from Nomis and from the layers."""
    register = Path(quick_register(folder / "services.toml", attempts=1))
    text = register.read_text(encoding="utf-8")
    text = text.replace("page_size = 25_000", f"page_size = {page}").replace(
        "page_size = 1_000", f"page_size = {page}"
    )
    for number in (100, 50):
        text = text.replace(f"areas_per_request = {number}", f"areas_per_request = {areas}")
    register.write_text(text, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NEEDS_ASSESSMENT_CACHE", str(folder / "cache"))
        fetch_areas([BEDFORD], lambda line: None, register=str(register), mirrors=services.mirrors)
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted((folder / "cache" / AREAS / BEDFORD).iterdir())
        if not path.name.endswith(".json")
    }


@cache
def whole() -> tuple[dict[str, str], int]:
    """What arrives in one piece, and how many requests it takes."""
    with running() as services, tempfile.TemporaryDirectory() as folder:
        return fetched(services, Path(folder)), len(services.asked)


@settings(max_examples=6)
@given(
    page=st.integers(1, 800),
    limit=st.integers(40, 25_000),
    layer=st.integers(1, 7),
    areas=st.integers(1, 5),
)
def test_the_size_of_pages_changes_nothing(
    services: Services, page: int, limit: int, layer: int, areas: int
) -> None:
    """Nor does a service that gives less than it was asked for."""
    services.limit, services.page = limit, layer
    page = max(page, 40)  # below that a table takes hundreds of requests and shows nothing more
    with tempfile.TemporaryDirectory() as folder:
        assert fetched(services, Path(folder), page=page, areas=areas) == whole()[0]
    services.limit, services.page = 25_000, 1_000


@settings(max_examples=5)
@given(stops=st.lists(st.integers(0, 30), min_size=1, max_size=3))
def test_a_fetch_that_was_interrupted_gives_the_same(services: Services, stops: list[int]) -> None:
    expected, requests = whole()
    with tempfile.TemporaryDirectory() as folder:
        services.asked.clear()
        interrupted = 0
        for stop in stops:
            services.faults = [Fault("", status(500), times=1, after=stop)]
            try:
                fetched(services, Path(folder))
            except EnvironmentFault:
                interrupted += 1
        services.faults = []
        assert fetched(services, Path(folder)) == expected
        assert len(services.asked) == requests + interrupted
