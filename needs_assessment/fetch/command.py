"""The command ``fetch``: its options brought together, and what it says while it works."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from pathlib import Path

from needs_assessment.command_name import command_name
from needs_assessment.errors import UsageError
from needs_assessment.fetch.area import FetchedArea, Fetching, choose_kinds, fetch_area
from needs_assessment.fetch.register import choose_bases, load_register, parse_mirrors
from needs_assessment.fetch.store import Store, cache_folder
from needs_assessment.fetch.transport import Transport
from needs_assessment.progress import report
from needs_assessment.resources import data_dir


def fetch_areas(
    codes: Sequence[str],
    say: Callable[[str], None],
    *,
    wards: str = "",
    only: str = "",
    refresh: bool = False,
    offline: bool = False,
    register: str = "",
    mirrors: Sequence[str] = (),
    today: dt.date | None = None,
) -> list[FetchedArea]:
    """Fetch one area after the other; ``say`` hears what a person should read, line by line.

    Raises UsageError, InputError or EnvironmentFault; areas and tables that were finished before it are kept.
    """
    if refresh and offline:
        raise UsageError(
            "--refresh asks the services and --offline forbids it.", action="leave one of them out"
        )
    data = data_dir()
    online = load_register(data, Path(register) if register else None)
    bases = choose_bases(online, parse_mirrors(list(mirrors)))
    kinds = choose_kinds(only)
    year, _ = online.wards_of(wards)
    with nullcontext() if offline else Transport(online.patience) as transport:
        store = Store(cache_folder(), transport, today or dt.date.today(), refresh=refresh)
        fetching = Fetching(
            register=online,
            bases=bases,
            store=store,
            cache=cache_folder(),
            data=data,
            year=year,
            kinds=kinds,
            refresh=refresh,
        )
        done = [_one(code, fetching, say) for code in codes]
    if store.mended:
        count = len(store.mended)
        say(f"{count} damaged answer{'s' if count > 1 else ''} in the cache had to be fetched again.")
    return done


def _one(code: str, fetching: Fetching, say: Callable[[str], None]) -> FetchedArea:
    say(f"{code}, wards of {fetching.year}")
    fetched = fetch_area(
        code,
        fetching,
        lambda file: say(file.line()),
        lambda kind: report(f"{code}: asking for {kind.replace('_', ' ')}"),
    )
    for note in (*fetched.notes, *filter(None, [fetched.area.note])):
        say(f"  note: {note}")
    if fetched.files:
        say(f"In the folder {fetched.files[0].path.parent}")
    if fetched.scenario is not None:
        say("A run never uses the network. To run with this material:")
        say(f'  {command_name("run", "--scenario")} "{fetched.scenario}"')
    return fetched
