"""Endless and ruinous texts at every option that takes a file, Word templates that fetch or start, and proxies."""

from __future__ import annotations

import io
import os
import re
import socket
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

Make = Callable[[Path, str], Path | str]
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
VERBS = ("DDE", "DDEAUTO", "INCLUDETEXT", "INCLUDEPICTURE", "LINK", "IMPORT", "DATABASE", "MACROBUTTON", "RD")


def _device(name: str) -> Make:
    return lambda folder, url: name


def _pipe(folder: Path, url: str) -> Path:
    os.mkfifo(folder / "given.toml")
    return folder / "given.toml"


def _socket(folder: Path, url: str) -> Path:
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(str(folder / "given.toml"))
    return folder / "given.toml"


def _text(ending: str, content: str) -> Make:
    def make(folder: Path, url: str) -> Path:
        (folder / f"given.{ending}").write_text(content, encoding="utf-8")
        return folder / f"given.{ending}"

    return make


def _manifest(content: str, device: str = "") -> Make:
    def make(folder: Path, url: str) -> Path:
        run = folder / "run"
        run.mkdir()
        if device == "pipe":
            os.mkfifo(run / "manifest.json")
        elif device:
            (run / "manifest.json").symlink_to(device)
        else:
            (run / "manifest.json").write_text(content, encoding="utf-8")
        return run

    return make


def _piped_output(folder: Path, url: str) -> Path:
    run = folder / "run"
    run.mkdir()
    os.mkfifo(run / "results.csv")
    (run / "manifest.json").write_text(
        '{"outputs": {"results.csv": "0"}, "scenario": {}, "area_code": "E06000056"}'
    )
    return run


def endless() -> Iterator[tuple[str, Sequence[str], Make]]:
    """A name, the command, and what makes the file."""
    check = ("check", "--set", "as_of=2026-06-01")
    options = {
        "scenario": (*check, "--scenario", "{}"),
        "rates": (*check, "--rates", "{}"),
        "template": (*check, "--template", "{}"),
        "register": ("fetch", "E06000056", "--offline", "--register", "{}"),
        "areas": ("batch", "--areas", "{}", "--output", "out"),
        "import": ("import", "{}", "--to", "to.csv"),
        "verify": ("verify", "{}"),
        "compare": ("compare", "{}", "{}"),
        **{
            name: (*check, "--set", f"{name}={{}}")
            for name in (
                *("population", "lookup", "boundaries", "services", "overlaps", "evidence"),
                *("characteristics", "ward_series", "projection", "scenarios", "previous"),
            )
        },
    }
    for option, command in options.items():
        yield f"/dev/zero as {option}", command, _device("/dev/zero")
        yield f"a named pipe as {option}", command, _pipe
    for option in ("scenario", "population", "boundaries", "template", "register", "services", "rates"):
        yield f"/proc/kcore as {option}", options[option], _device("/proc/kcore")
        yield f"/proc/self/pagemap as {option}", options[option], _device("/proc/self/pagemap")
        yield f"a socket as {option}", options[option], _socket
        yield f"a folder as {option}", options[option], _device("/proc")
    for name, text in {
        "100,000 dots": "a" + ".a" * 100_000 + " = 1\n",
        "100,000 brackets": "a = " + "[" * 100_000,
        "100,000 tables": "a = " + "{a=" * 100_000,
        "a number of 100,000 digits": f"seed = {'9' * 100_000}\n",
        "a text of 100 MB": f"run = '{'x' * 100_000_000}'\n",
        "a date of year 0": "as_of = 0000-01-01\n",
    }.items():
        for option in ("scenario", "scenarios", "register"):
            yield f"{name} as {option}", options[option], _text("toml", text)
    for name, setting in {
        "100,000 dots set by hand": "a" + ".a" * 100_000 + "=1",
        "100,000 brackets set by hand": "assumptions=" + "[" * 100_000,
        "100,000 JSON tables set by hand": "assumptions=" + '{"a":' * 25_000,
        "the last date there is": "as_of=9999-12-31",
        "the first date there is": "as_of=0001-01-01",
        "a name of a run that the swap uses": "run=.k.replaced",
        "a name of a run that is a device": "run=CON",
        "a name of a run that ends in a dot": "run=k.",
    }.items():
        yield name, ("check", "--set", setting), _device("")
    for option in ("previous", "verify", "compare"):
        yield f"a manifest 100,000 deep as {option}", options[option], _manifest("[" * 100_000)
        yield f"an endless manifest as {option}", options[option], _manifest("", "/dev/zero")
        yield f"a manifest that is a pipe as {option}", options[option], _manifest("", "pipe")
        yield f"a file of the run that is a pipe as {option}", options[option], _piped_output


def _document(
    path: Path, part: str, inside: str, relations: str = "", more: Mapping[str, str] | None = None
) -> Path:
    import docx

    base = docx.Document()
    base.sections[0].header.paragraphs[0].text = "Council"
    base.sections[0].footer.paragraphs[0].text = "Foot"
    plain = path.with_suffix(".plain")
    base.save(str(plain))
    marks = {"header": "</w:hdr>", "footer": "</w:ftr>", "settings": "</w:settings>", "styles": "</w:styles>"}
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        names = old.namelist()
        target = next(name for name in names if name.startswith(f"word/{part}") and name.endswith(".xml"))
        rels = f"word/_rels/{target.removeprefix('word/')}.rels"
        for name in names:
            content = old.read(name).decode("utf-8") if name.endswith((".xml", ".rels")) else old.read(name)
            if name == target and isinstance(content, str):
                content = content.replace(marks[part], inside + marks[part])
            if name == rels and isinstance(content, str):
                content = content.replace("</Relationships>", relations + "</Relationships>")
            new.writestr(name, content)
        if relations and rels not in names:
            space = "http://schemas.openxmlformats.org/package/2006/relationships"
            new.writestr(rels, f'<Relationships xmlns="{space}">{relations}</Relationships>')
        for name, text in (more or {}).items():
            new.writestr(name, text)
    plain.unlink()
    return path


def _run(inside: str) -> str:
    return f"<w:p><w:r>{inside}</w:r></w:p>"


def _field(*parts: str) -> str:
    texts = "".join(f"<w:r><w:instrText>{part}</w:instrText></w:r>" for part in parts)
    return f'<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r>{texts}<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'


def take_template(path: Path) -> int:
    """Exit code 3 for a template that is refused, 0 for one that is taken without what it held, 97 for one taken with it."""
    from needs_assessment.errors import InputError
    from needs_assessment.inputs.word_template import load_word_template

    try:
        content = load_word_template(path).content
    except InputError as error:
        print(error.report())
        return 3
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            text = archive.read(name).decode("utf-8", errors="replace")
            words = "".join(
                a + b for a, b in re.findall(r"<w:instrText[^>]*>([^<]*)<|w:instr=\"([^\"]*)", text)
            )
            if 'TargetMode="External"' in text or any(verb in words.upper() for verb in VERBS):
                print(f"taken with what it held, in {name}")
                return 97
    return 0


def plain_templates() -> Iterator[tuple[str, Make]]:
    """Templates as councils have them, which must be taken."""
    yield "innocent template", lambda folder, url: _document(folder / "t.docx", "header", "")
    yield (
        "innocent page number",
        lambda folder, url: _document(folder / "t.docx", "footer", _field(" PA", "GE ")),
    )
    yield (
        "innocent template of a document",
        lambda folder, url: _document(
            folder / "t.docx",
            "settings",
            f'<w:attachedTemplate xmlns:r="{OFFICE}" r:id="rIdT"/>',
            f'<Relationship Id="rIdT" Type="{OFFICE}/attachedTemplate" Target="{url}/t.dotm" TargetMode="External"/>',
        ),
    )


def templates() -> Iterator[tuple[str, Make]]:
    """Templates that fetch or start something once they are opened in Word."""
    for part in ("header", "footer"):
        for verb in VERBS:
            for form, field in {
                "whole": _field(f' {verb} "x" '),
                "in pieces": _field(*verb, ' "x" '),
                "in small letters": _field(f" {verb.lower()} x"),
                "simple": f'<w:p><w:fldSimple w:instr=" {verb} x"><w:r><w:t>1</w:t></w:r></w:fldSimple></w:p>',
                "within IF": _field(" IF 1 = 1 ", '<w:t xml:space="preserve"/>')[: -len("</w:p>")]
                + _field(f"{verb} x").removeprefix("<w:p>"),
            }.items():
                if form == "within IF" and verb == "RD":
                    continue
                yield (
                    f"{part}, {verb} {form}",
                    lambda folder, url, p=part, f=field: _document(folder / "t.docx", p, f),
                )
        for kind in ("image", "oleObject", "hyperlink", "aFChunk", "subDocument", "frame", "video"):
            yield (
                f"{part}, a {kind} elsewhere",
                lambda folder, url, p=part, k=kind: _document(
                    folder / "t.docx",
                    p,
                    "",
                    f'<Relationship Id="rIdX" Type="{OFFICE}/{k}" Target="{url}/x" TargetMode="External"/>',
                ),
            )
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha" * 50}">' for n in range(10))
    yield (
        "an entity bomb in settings",
        lambda folder, url: _bombed(folder / "t.docx", f"<!DOCTYPE a [{laughs}]>"),
    )
    yield (
        "an outer entity in settings",
        lambda folder, url: _bombed(folder / "t.docx", f'<!DOCTYPE a [<!ENTITY l9 SYSTEM "{url}/x">]>'),
    )
    yield "a part of 3 GB", lambda folder, url: _huge(folder / "t.docx")


def _bombed(path: Path, before: str) -> Path:
    _document(path, "settings", "<w:a>&l9;</w:a>")
    plain = path.rename(path.with_suffix(".old"))
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "word/settings.xml":
                content = content.replace(b"<w:settings", before.encode() + b"<w:settings", 1)
            new.writestr(name, content)
    plain.unlink()
    return path


def _huge(path: Path) -> Path:
    _document(path, "header", "")
    with (
        zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open("word/media/x.png", "w", force_zip64=True) as part,
    ):
        for _ in range(3000):
            part.write(bytes(1_000_000))
    return path


def proxies() -> Iterator[tuple[str, Sequence[str], Mapping[str, str]]]:
    """Proxies that cannot be used, and mirrors that are not on this machine: a sentence and exit code 2 or 4."""
    fetch = (
        "fetch",
        "E06000056",
        "--mirror",
        "nomis=https://127.0.0.1:9",
        "--mirror",
        "geography=https://127.0.0.1:9",
    )
    for value in (
        "socks5://127.0.0.1:9",
        "ftp://127.0.0.1:9",
        "http://host:notaport",
        "http://[::1",
        "://",
        "http://",
    ):
        for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
            yield f"{name}={value}", fetch, {name: value, "NEEDS_ASSESSMENT_CACHE": "cache"}
    yield "NO_PROXY of nonsense", fetch, {"NO_PROXY": "[::1,,*:x,http://", "NEEDS_ASSESSMENT_CACHE": "cache"}
    for address in (
        "http://192.0.2.1",
        "http://localhost.example",
        "http://127.0.0.1.example",
        "ftp://127.0.0.1",
    ):
        yield f"mirror {address}", ("fetch", "E06000056", "--mirror", f"nomis={address}"), {}
