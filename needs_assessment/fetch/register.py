"""The register of online services: addresses, names of tables, dates and patience, read from a file and not in code."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from needs_assessment.errors import InputError, UsageError
from needs_assessment.plain_file import read_words
from needs_assessment.scenario import parse_toml

FILE = "services_online.toml"


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Patience(_Entry):
    """How long to wait for an answer and how often to ask again; times in seconds."""

    attempts: int = Field(ge=1, le=20)
    first_wait_seconds: float = Field(ge=0)
    longest_wait_seconds: float = Field(ge=0)
    timeout_seconds: float = Field(gt=0)
    longest_answer_seconds: float = Field(gt=0)
    largest_answer_bytes: int = Field(gt=0)


class Service(_Entry):
    """One public service; address: where its tables begin."""

    name: str
    publisher: str
    address: str
    environment: str
    page_size: int = Field(ge=1)
    areas_per_request: int = Field(ge=1)


class Wards(_Entry):
    """Layers of the geography service for one year of ward boundaries; population_geography may be unknown (blank)."""

    list: str
    lookup_lsoa: str
    lookup_oa: str
    boundaries: str
    authority_boundaries: str
    population_geography: str
    source_ids: tuple[str, ...]


class PopulationTable(_Entry):
    """The estimates of residents by single year of age and sex.

    largest_difference: between the totals of wards and of small areas, as a share; beyond it one is incomplete.
    """

    dataset: str
    title: str
    date: str
    period: str
    females: str
    males: str
    ages: str
    code_of_age_0: int
    measures: str
    largest_difference: float = Field(ge=0, lt=1)
    source_ids: tuple[str, ...]


class Topic(_Entry):
    """One table of the Census; by_ward: whether it is brought to wards as a characteristic."""

    dataset: str
    title: str
    dimension: str
    categories: str
    unit: str
    by_ward: bool


class Census(_Entry):
    """Tables of the Census that are fetched, by the name of their characteristic."""

    period: str
    date: str
    measures: str
    source_ids: tuple[str, ...]
    topics: dict[str, Topic]


class OnlineRegister(_Entry):
    """Everything that is known about the services."""

    patience: Patience
    services: dict[str, Service]
    wards: dict[str, Wards] = Field(min_length=1)
    population: PopulationTable
    census: Census

    def service(self, name: str) -> Service:
        """The service of that name."""
        return self.services[name]

    def wards_of(self, year: str) -> tuple[str, Wards]:
        """The year of ward boundaries and its layers; blank: the newest. Raises UsageError for a year not registered."""
        chosen = year or max(self.wards)
        if chosen not in self.wards:
            raise UsageError(
                f"--wards {year}: no layers are registered for wards of that year.",
                action="choose one of " + ", ".join(sorted(self.wards)),
            )
        return chosen, self.wards[chosen]


@dataclass(frozen=True)
class Bases:
    """Where each service is asked: at its registered address, or at a mirror that the user named."""

    official: Mapping[str, str]
    asked: Mapping[str, str]


def load_register(data: Path, own: Path | None = None) -> OnlineRegister:
    """The bundled register, or the user's own copy. Raises InputError naming the file and the entry at fault."""
    path = own or data / FILE
    try:
        content = parse_toml(read_words(path, expected="a register of services in TOML"))
    except FileNotFoundError:
        raise InputError(
            "There is no such register of services.", file=str(own or FILE), action="check --register"
        ) from None
    except (ValueError, OSError) as fault:
        raise InputError(
            "The register of services cannot be read.",
            file=path.name,
            found=str(fault),
            expected="a TOML file in UTF-8 like data/services_online.toml",
        ) from None
    try:
        register = OnlineRegister(**content)
    except ValidationError as fault:
        first = fault.errors()[0]
        raise InputError(
            "An entry of the register of services is missing, unknown or unfit.",
            file=path.name,
            column=".".join(str(part) for part in first["loc"]),
            found=first["msg"],
            expected="the entries of data/services_online.toml",
        ) from None
    for name in ("nomis", "geography"):
        if name not in register.services:
            raise InputError(
                "A service is missing from the register of services.",
                file=path.name,
                column=f"services.{name}",
                expected="the entries of data/services_online.toml",
            )
    return register


def choose_bases(register: OnlineRegister, mirrors: Mapping[str, str]) -> Bases:
    """The address of each service: a mirror given by hand, else the environment's, else the registered one.

    Raises UsageError for an unknown service, or an address that is not https (http is taken for this computer alone).
    """
    for name in mirrors:
        if name not in register.services:
            raise UsageError(
                f"--mirror {name}=…: there is no service of that name.",
                action="the services are " + ", ".join(sorted(register.services)),
            )
    official = {name: service.address.rstrip("/") for name, service in register.services.items()}
    asked = {}
    for name, service in register.services.items():
        given = mirrors.get(name) or os.environ.get(service.environment, "")
        asked[name] = _checked(given.rstrip("/"), name) if given else _checked(official[name], name)
    return Bases(official, asked)


def _checked(address: str, name: str) -> str:
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        parts, host = urlsplit(""), ""
    safe = parts.scheme == "https" or (parts.scheme == "http" and _is_this_computer(host))
    if not host or not safe or parts.username or parts.password or parts.query or parts.fragment:
        # the address itself is not repeated: it may hold a password
        raise UsageError(
            f"The address of the service '{name}' cannot be used.",
            action="write it as https://host/path, without a user name or password",
        )
    return address


def _is_this_computer(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def parse_mirrors(texts: list[str]) -> dict[str, str]:
    """``name=address`` of --mirror, each service once."""
    mirrors: dict[str, str] = {}
    for text in texts:
        name, equals, address = text.partition("=")
        if not equals or not address or name in mirrors:
            raise UsageError("--mirror: write it as name=https://host/path, each service once")
        mirrors[name] = address
    return mirrors
