"""A server on this computer that speaks as Nomis and the geography service do, with their limits and their faults.

Shapes: Nomis answers CSV with upper-case quoted headings, cuts a long answer without a word, gives ``RECORD_COUNT`` when
it is selected, an empty body for parameters that fit nothing, and names a ward with its authority in brackets where the
name is not unique. ArcGIS answers JSON, says ``exceededTransferLimit`` on every page but the last (inside ``properties``
in GeoJSON), and puts errors into an answer with status 200.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pandas as pd

ROOT = Path(__file__).resolve().parents[3]
# all wards of Central Bedfordshire, so that a run accepts them, and two others that stand for another authority
_LISTED = pd.read_csv(ROOT / "data" / "areas" / "E06000056" / "population.csv", dtype=str)
WARDS = {
    **{
        str(row["ward_code"]): (str(row["ward_name"]), "E06000056", "Central Bedfordshire")
        for row in _LISTED.drop_duplicates("ward_code").to_dict("records")
    },
    "E05014491": ("Biddenham", "E06000055", "Bedford"),
    "E05014492": ("Brickhill", "E06000055", "Bedford"),
}
# two small areas a ward, three output areas a ward
SMALL = {f"E0101{number:04d}": ward for number, ward in enumerate(sorted(WARDS) * 2)}
OUTPUT = {f"E0008{number:04d}": ward for number, ward in enumerate(sorted(WARDS) * 3)}
TOPICS = {
    "NM_2056_1": {
        1001: "Disabled under the Equality Act",
        1002: "Not disabled under the Equality Act",
    },
    "NM_2041_1": {
        1001: "Asian, Asian British or Asian Welsh",
        1002: "Black, Black British, Black Welsh, Caribbean or African",
        1003: "Mixed or Multiple ethnic groups",
        1004: "White",
        1005: "Other ethnic group",
    },
    "NM_2072_1": {
        1: "Owned: Owns outright",
        2: "Owned: Owns with a mortgage or loan",
        3: "Shared ownership: Shared ownership",
        4: "Social rented: Rents from council or Local Authority",
        5: "Social rented: Other social rented",
        6: "Private rented: Private landlord or letting agency",
        7: "Private rented: Other private rented",
        8: "Lives rent free",
    },
    "NM_2020_1": {number: f"Aged {5 * number - 5} to {5 * number - 1} years" for number in range(1, 19)},
}


def residents(area: str, sex: str, age: int) -> int:
    """A made-up number of people in a small area: known, different everywhere, never zero, of ages as England's are."""
    usual = 30 if age < 60 else 30 - (age - 60) * 0.85 if age < 90 else 12
    usual *= 1 + int(area[-4:]) % 23 / 100
    return round(usual) - 3 + (int(area[-4:]) * 5 + age * 3 + (5 if sex == "F" else 0)) % 7


def ward_residents(ward: str, sex: str, age: int) -> int:
    return sum(residents(area, sex, age) for area, of in SMALL.items() if of == ward)


def census_count(area: str, category: int) -> int:
    return int(area[-4:]) * 3 + category % 1000


@dataclass
class Fault:
    """What goes wrong with requests whose address holds ``where``, the first ``times`` times after ``after`` good ones."""

    where: str
    act: Callable[[BaseHTTPRequestHandler, bytes, str], None]
    times: int = 1
    after: int = 0


@dataclass
class Services:
    """The running server: its addresses, what was asked, and what is to go wrong."""

    port: int = 0
    limit: int = 25_000
    page: int = 1_000
    ward_type: str = "TYPE182"
    drop_nomis_wards: tuple[str, ...] = ()
    merge_nomis_wards: tuple[str, str] | None = None
    blank_cells: tuple[str, ...] = ()
    faults: list[Fault] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    agents: set[str] = field(default_factory=set)
    change_page: Callable[[str, list[Any], int], list[Any]] | None = None

    @property
    def mirrors(self) -> list[str]:
        return [f"nomis=http://127.0.0.1:{self.port}/nomis", f"geography=http://127.0.0.1:{self.port}/geo"]


def quick_register(path: Path, **patience: float) -> str:
    """A copy of the bundled register that waits for nothing."""
    text = (ROOT / "data" / "services_online.toml").read_text(encoding="utf-8")
    values = {"first_wait_seconds": 0.0, "timeout_seconds": 5.0, **patience}
    for name, value in values.items():
        text = re.sub(rf"(?m)^{name} = [\d._]+", f"{name} = {value}", text)
    path.write_text(text, encoding="utf-8")
    return str(path)


@contextmanager
def running() -> Iterator[Services]:
    """The server on a free port of this computer, until the block ends."""
    services = Services()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            """Silence."""

        def do_GET(self) -> None:
            services.asked.append(self.path)
            services.agents.add(self.headers.get("User-Agent", ""))
            body, kind = _answer(services, self.path)
            for fault in services.faults:
                if fault.where in self.path and fault.times > 0:
                    if fault.after > 0:
                        fault.after -= 1
                        continue
                    fault.times -= 1
                    fault.act(self, body, kind)
                    return
            send(self, 200, body, kind)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    services.port = server.server_address[1]
    thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield services
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


# --- faults


def send(handler: BaseHTTPRequestHandler, status: int, body: bytes, kind: str, **headers: str) -> None:
    handler.send_response(status)
    handler.send_header("Content-Type", kind)
    handler.send_header("Content-Length", str(len(body)))
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


def status(code: int, **headers: str) -> Callable[[BaseHTTPRequestHandler, bytes, str], None]:
    return lambda handler, body, kind: send(handler, code, b"sorry", "text/plain", **headers)


def instead(body: bytes, kind: str) -> Callable[[BaseHTTPRequestHandler, bytes, str], None]:
    """Another answer with status 200."""
    return lambda handler, _body, _kind: send(handler, 200, body, kind)


WEB_PAGE = instead(b"<!DOCTYPE html><html><body>Nomis is down for maintenance</body></html>", "text/html")


def breaks_off(handler: BaseHTTPRequestHandler, body: bytes, kind: str) -> None:
    """Announces the whole body, sends half of it and hangs up."""
    handler.send_response(200)
    handler.send_header("Content-Type", kind)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body[: len(body) // 2])
    handler.wfile.flush()
    handler.close_connection = True
    handler.connection.close()


def cut(handler: BaseHTTPRequestHandler, body: bytes, kind: str) -> None:
    """Half a body that says it is whole."""
    send(handler, 200, body[: len(body) // 2], kind)


def late(seconds: float) -> Callable[[BaseHTTPRequestHandler, bytes, str], None]:
    def act(handler: BaseHTTPRequestHandler, body: bytes, kind: str) -> None:
        time.sleep(seconds)
        try:
            send(handler, 200, body, kind)
        except OSError:
            handler.close_connection = True

    return act


# --- answers


def _answer(services: Services, address: str) -> tuple[bytes, str]:
    parts = urlsplit(address)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    if parts.path.startswith("/nomis/"):
        dataset = parts.path.removeprefix("/nomis/").removesuffix(".data.csv")
        return _nomis(services, dataset, query), "text/csv"
    layer, _, rest = parts.path.removeprefix("/geo/").partition("/FeatureServer/0")
    content = _arcgis(services, layer, rest, query)
    kind = "application/geo+json" if query.get("f") == "geojson" else "application/json"
    return json.dumps(content).encode(), kind


def _expand(text: str) -> list[int]:
    numbers: list[int] = []
    for part in text.split(","):
        first, _, last = part.partition("...")
        numbers += range(int(first), int(last or first) + 1)
    return numbers


def _nomis(services: Services, dataset: str, query: dict[str, str]) -> bytes:
    geography = query["geography"]
    within = re.fullmatch(r"([EW]\d{8})(TYPE\d+)", geography)
    if within:
        areas = [
            ward
            for ward, (_, authority, _) in WARDS.items()
            if authority == within[1]
            and within[2] == services.ward_type
            and ward not in (*services.drop_nomis_wards, *(services.merge_nomis_wards or ())[:1])
        ]
    else:
        areas = [code for code in geography.split(",") if code in SMALL]
    cells: list[dict[str, object]] = []
    if dataset == "NM_2014_1":
        for area in areas:
            name, _, authority = WARDS.get(area, (f"Area {area}", "", ""))
            for gender in _expand(query["gender"]):
                sex = {1: "M", 2: "F"}[gender]
                for code in _expand(query["c_age"]):
                    age = code - 101
                    count = (ward_residents if area in WARDS else residents)(area, sex, age)
                    if services.merge_nomis_wards and area == services.merge_nomis_wards[1]:
                        count += ward_residents(services.merge_nomis_wards[0], sex, age)
                    cells.append(
                        {
                            "DATE_NAME": query["date"],
                            "GEOGRAPHY_CODE": area,
                            # a name that several authorities have comes with the authority in brackets
                            "GEOGRAPHY_NAME": f"{name} ({authority})" if area == "E05014394" else name,
                            "GENDER": gender,
                            "GENDER_NAME": "Male" if sex == "M" else "Female",
                            "C_AGE": code,
                            "C_AGE_NAME": "Aged 90+" if age == 90 else f"Age {age}",
                            "OBS_VALUE": "" if f"{area} {sex} {age}" in services.blank_cells else count,
                        }
                    )
    elif dataset in TOPICS:
        dimension = next(name for name in query if name.startswith("c2021_"))
        for area in areas:
            for code in _expand(query[dimension]):
                cells.append(
                    {
                        "GEOGRAPHY_CODE": area,
                        dimension.upper(): code,
                        f"{dimension.upper()}_NAME": TOPICS[dataset][code],
                        "OBS_VALUE": census_count(area, code),
                    }
                )
    if not cells:
        return b""
    start = int(query.get("RecordOffset", 0))
    size = min(int(query.get("RecordLimit", services.limit)), services.limit)
    page = cells[start : start + size]
    if services.change_page:
        page = services.change_page("nomis", page, start)
    columns = [name.upper() for name in query["select"].split(",")]
    lines = [",".join(f'"{name}"' for name in columns)]
    for row in page:
        cell = {**row, "RECORD_COUNT": len(cells)}
        lines.append(
            ",".join(
                f'"{cell[name]}"' if isinstance(cell[name], str) and cell[name] else str(cell[name])
                for name in columns
            )
        )
    return ("\r\n".join(lines) + "\r\n").encode()


def _layer(layer: str) -> tuple[list[dict[str, object]], bool] | None:
    """Rows of a layer by the name of the register, with their shapes where it has any."""
    short = "24" if "24" in layer.split("_LU", maxsplit=1)[0] or "2024" in layer else "25"
    names = (f"WD{short}CD", f"WD{short}NM", f"LAD{short}CD", f"LAD{short}NM")

    def ward(code: str) -> dict[str, object]:
        return dict(zip(names, (code, *WARDS[code]), strict=True))

    if layer.startswith("WD2"):
        return [ward(code) for code in sorted(WARDS)], False
    if layer.startswith("LSOA21"):
        return [
            {"LSOA21CD": area, "LSOA21NM": f"Area {area}", **ward(of)} for area, of in SMALL.items()
        ], False
    if layer.startswith("OA21"):
        return [{"OA21CD": area, **ward(of)} for area, of in OUTPUT.items()], False
    if layer.startswith(("WD_", "Wards_")):
        return [ward(code) for code in sorted(WARDS)], True
    if layer.startswith("LAD_"):
        found = {row[names[2]]: {name: row[name] for name in names[2:]} for row in map(ward, sorted(WARDS))}
        return list(found.values()), True
    return None


def _square(number: int) -> dict[str, Any]:
    west, south = round(-0.5 + number * 0.02, 6), 52.0
    east, north = round(west + 0.02, 6), 52.02
    return {
        "type": "Polygon",
        "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]],
    }


def _arcgis(services: Services, layer: str, rest: str, query: dict[str, str]) -> dict[str, Any]:
    found = _layer(layer)
    if found is None:
        return {"error": {"code": 400, "message": "Invalid URL", "details": ["Invalid URL"]}}
    rows, shapes = found
    if not rest:
        names = ["ObjectId", *rows[0]]
        return {
            "name": layer,
            "maxRecordCount": services.page,
            "objectIdField": "ObjectId",
            "fields": [{"name": name, "type": "esriFieldTypeString"} for name in names],
        }
    where = re.fullmatch(r"(\w+) IN \(((?:'\w+',?)+)\)", query["where"])
    if where is None or where[1] not in rows[0]:
        message = "Cannot perform query. Invalid query parameters."
        return {"error": {"code": 400, "message": message, "details": ["'where' parameter is invalid"]}}
    wanted = set(re.findall(r"'(\w+)'", where[2]))
    chosen = [(number, row) for number, row in enumerate(rows) if row[where[1]] in wanted]
    if query.get("returnCountOnly") == "true":
        return {"count": len(chosen)}
    start, size = int(query.get("resultOffset", 0)), int(query.get("resultRecordCount", services.page))
    page = chosen[start : start + min(size, services.page)]
    if services.change_page:
        page = services.change_page(layer, page, start)
    more = {"exceededTransferLimit": True} if start + len(page) < len(chosen) else {}
    fields = query["outFields"].split(",")
    if query["f"] == "geojson":
        features = [
            {
                "type": "Feature",
                "id": number + 1,
                "geometry": _square(number) if shapes else None,
                "properties": {name: row[name] for name in fields},
            }
            for number, row in page
        ]
        inside = {"properties": more} if more else {}
        return {"type": "FeatureCollection", **inside, "features": features}
    return {
        "objectIdFieldName": "ObjectId",
        "features": [{"attributes": {name: row[name] for name in fields}} for _, row in page],
        **more,
    }
