"""Fields and links of a Word template: what fetches or starts is refused, however it is written."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from needs_assessment.inputs.word_safety import (
    ACTIVE,
    FIELDS,
    UnsafeTemplate,
    check_part,
    check_relations,
)

SPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:v="urn:schemas-microsoft-com:vml"'
)


def _mark(kind: str) -> str:
    return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'


def _words(*parts: str) -> str:
    return "".join(f"<w:r><w:instrText>{part}</w:instrText></w:r>" for part in parts)


def _field(*parts: str, result: str = "") -> str:
    return _mark("begin") + _words(*parts) + (_mark("separate") + result if result else "") + _mark("end")


def _check(inside: str) -> None:
    check_part("/word/header1.xml", f"<w:hdr {SPACES}><w:p>{inside}</w:p></w:hdr>".encode())


def _either(first: str, second: str) -> str:
    return (
        f'<mc:AlternateContent><mc:Choice Requires="w">{first}</mc:Choice><mc:Fallback>{second}</mc:Fallback>'
        "</mc:AlternateContent>"
    )


@pytest.mark.parametrize(
    "inside",
    [
        _field(" PAGE "),
        _field(" PA", "GE", " \\* MERGEFORMAT"),
        _field("numpages"),
        _field(" STYLEREF ", '"Heading of DDE"'),
        _field(" = 2 + 2 "),
        _field("IF ", _mark("begin"), result="x").replace(
            _mark("begin") + "</w:instrText>", "</w:instrText>"
        ),
        _either(_field("PAGE"), _field("PAGE")),
        _field("DATE", result="<w:r><w:t>DDEAUTO is not a field here</w:t></w:r>"),
        '<w:fldSimple w:instr=" PAGE "><w:r/></w:fldSimple>',
        '<v:shape href="#here"/>',
    ],
)
def test_fields_of_the_document_itself_are_taken(inside: str) -> None:
    _check(inside)


@pytest.mark.parametrize(
    "verb", ["DDE", "DDEAUTO", "INCLUDETEXT", "INCLUDEPICTURE", "LINK", "IMPORT", "DATABASE", "HYPERLINK"]
)
@pytest.mark.parametrize(
    "form",
    [
        lambda verb: _field(f' {verb} "x"'),
        lambda verb: _field(*verb, " x"),
        lambda verb: _field(f' "{verb.lower()}" x'),
        lambda verb: f'<w:fldSimple w:instr="{verb} x"/>',
        lambda verb: _mark("begin") + _words("IF 1=1 ") + _field(f"{verb} x") + _mark("end"),
        lambda verb: _field("PAGE", result=_field(f"{verb} x")),
        lambda verb: _either(_field("PAGE"), _field(f"{verb} x")),
        lambda verb: _mark("begin") + _either(_words("PAGE "), _words(f"{verb} x")) + _mark("end"),
        lambda verb: (
            _either(_mark("begin") + _words("PAGE"), _mark("begin") + _words(f"{verb} x")) + _mark("end")
        ),
        lambda verb: _mark("begin") + _words(f"{verb} x"),
        lambda verb: _words(f"{verb} x"),
    ],
)
def test_fields_that_fetch_or_start_are_refused(form: object, verb: str) -> None:
    with pytest.raises(UnsafeTemplate):
        _check(form(verb))  # type: ignore[operator]


@pytest.mark.parametrize(
    "inside",
    [
        '<v:imagedata src="http://127.0.0.1/x"/>',
        '<v:shape href="file:' + '///x"/>',
        "<w:altChunk/>",
        "<w:object/>",
        "<w:control/>",
        "<w:subDoc/>",
        "<w:mailMerge/>",
    ],
)
def test_addresses_and_parts_that_run_are_refused(inside: str) -> None:
    with pytest.raises(UnsafeTemplate, match="header1"):
        _check(inside)


def test_a_document_type_is_refused() -> None:
    with pytest.raises(UnsafeTemplate, match="document type"):
        check_part("/word/settings.xml", b'<!DOCTYPE a [<!ENTITY l "x">]><a>&l;</a>')


def test_no_field_that_reaches_out_is_in_the_list() -> None:
    assert not FIELDS & {"HYPERLINK", "AUTOTEXT", "MACROBUTTON", "EMBED", "RD", "ASK", "FILLIN", "MERGEFIELD"}


@pytest.mark.parametrize(("first", "second"), [(True, False), (False, True)])
def test_a_field_that_only_one_version_begins_is_refused(first: bool, second: bool) -> None:
    begun = _mark("begin") + _words("PAGE ")
    with pytest.raises(UnsafeTemplate, match="several versions"):
        _check(_either(begun if first else "", begun if second else "") + _mark("end"))


def _relation(kind: str, *, outside: bool = False) -> dict[str, SimpleNamespace]:
    return {"r1": SimpleNamespace(reltype=f"http://x/relationships{kind}", is_external=outside)}


@pytest.mark.parametrize("kind", ["/image", "/hyperlink", "/attachedTemplate", "/styles"])
def test_a_relation_to_something_outside_is_refused_by_name(kind: str) -> None:
    check_relations("/word/header1.xml", _relation(kind))
    with pytest.raises(UnsafeTemplate, match=f"{kind[1:]}, in /word/header1.xml"):
        check_relations("/word/header1.xml", _relation(kind, outside=True))


@pytest.mark.parametrize(
    "kind", ["oleObject", "package", "control", "aFChunk", "subDocument", "vbaProject", "mailMergeSource"]
)
def test_a_part_that_runs_or_brings_in_another_is_refused(kind: str) -> None:
    assert f"/{kind}" in ACTIVE
    with pytest.raises(UnsafeTemplate, match=f"part that runs .*{kind}"):
        check_relations("/word/document.xml", _relation(f"/{kind}"))
