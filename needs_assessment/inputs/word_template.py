"""A council's own Word template: checked, and brought to what the paper needs of it.

Its styles, theme, fonts, page, headers and footers are kept. What its body holds (sample text, pictures, comments, links
to other files) is none of the paper's and is left behind.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from needs_assessment.errors import InputError
from needs_assessment.inputs.screening import Screening
from needs_assessment.inputs.word_safety import UnsafeTemplate, check_package
from needs_assessment.plain_file import read_plain
from needs_assessment.printable_text.people import AGE, COUNT
from needs_assessment.tables.bounds import UnsafeXml, look_through
from needs_assessment.tables.files import file_sha256

_MAIN = b"application/vnd.openxmlformats-officedocument.wordprocessingml."
TEMPLATE_TYPE, DOCUMENT_TYPE = _MAIN + b"template.main+xml", _MAIN + b"document.main+xml"
MACRO_MARK = b"macroEnabled"
NAMESPACE = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
TYPE = f"{NAMESPACE}type"
REFERENCES = ("headerReference", "footerReference")
# what only a body, or Word's own desk, has use for; pictures of headers and footers belong to those parts
LEFT_BEHIND = (
    "/image", "/hyperlink", "/comments", "/commentsExtended", "/commentsIds", "/people", "/glossaryDocument",
    "/chart", "/diagramData", "/oleObject", "/package", "/control", "/customXml", "/aFChunk", "/subDocument",
)  # fmt: skip
WORDS_OF_PICTURES = ("descr", "title", "alt", "string")
# "Page 1 of 2" is no count of people
OF_TEMPLATES = frozenset({COUNT, AGE})
MOST_PARTS = 2_000
LARGEST_PARTS = 100_000_000  # bytes of all parts unpacked: more is no template
ADVICE = (
    "give a Word document (.docx) or template (.dotx) that Word opens and that has no macros (--template)"
)


@dataclass(frozen=True)
class WordTemplate:
    """A template that can be used. ``content``: a Word document with the template's look and an empty body."""

    file: str
    sha256: str
    content: bytes = field(repr=False)


def load_word_template(path: Path) -> WordTemplate:
    """Read and check a ``.docx`` or ``.dotx``.

    Raises InputError for a file that is missing, is no Word document, is damaged, or carries macros.
    """
    if path.is_dir():
        raise _refused(path, "a folder")
    try:
        raw = read_plain(path, most=LARGEST_PARTS, expected="a Word document or template")
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            names = archive.namelist()
            entries = archive.infolist()
            if sum(entry.file_size for entry in entries) > LARGEST_PARTS or len(entries) > MOST_PARTS:
                raise _refused(path, "a file too large for a template")
            for entry in entries:
                if entry.filename.endswith((".xml", ".rels")):
                    look_through(archive.read(entry), _any_element)
            types = archive.read("[Content_Types].xml")
            macros = MACRO_MARK in types or any(name.lower().endswith("vbaproject.bin") for name in names)
            if macros:
                raise _refused(path, "a file with macros")
            if TEMPLATE_TYPE not in types and DOCUMENT_TYPE not in types:
                raise _refused(path, "another kind of file than a Word document")
            content = _emptied(_retyped(archive), path.name)
    except FileNotFoundError:
        raise _refused(path, "no file of that name") from None
    except OSError as error:
        raise _refused(path, error.strerror or type(error).__name__) from error
    except InputError:
        raise
    except (UnsafeTemplate, UnsafeXml) as error:
        raise _refused(path, str(error)) from error
    except Exception as error:  # whatever zip, XML and Word readers say of a damaged file
        raise _refused(path, f"a damaged file ({type(error).__name__})") from error
    return WordTemplate(path.name, file_sha256(path), content)


def _any_element(name: str, attributes: object) -> None:
    """Looking through a part is enough: it refuses what expands."""


def _refused(path: Path, found: str) -> InputError:
    return InputError(
        "The Word template cannot be used.",
        file=path.name,
        found=found,
        expected="a Word document or template without macros, links to other files, or fields that fetch",
        action=ADVICE,
    )


def _retyped(archive: zipfile.ZipFile) -> bytes:
    """A template (.dotx) is a document but for one line of its table of content types."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in archive.namelist():
            part = archive.read(name)
            if name == "[Content_Types].xml":
                part = part.replace(TEMPLATE_TYPE, DOCUMENT_TYPE)
            new.writestr(name, part)
    return packed.getvalue()


def _emptied(content: bytes, file: str) -> bytes:
    """The document with its last section's page and every header and footer, and nothing else in its body."""
    import docx

    document = docx.Document(io.BytesIO(content))
    body = document.element.body
    page = _last_section(body)
    for child in list(body):
        body.remove(child)
    body.append(page)
    settings = [
        relation.target_part
        for relation in document.part.rels.values()
        if relation.reltype.endswith("/settings")
    ]
    for part in (document.part, *settings):
        for name, relation in list(part.rels.items()):
            if relation.reltype.endswith(
                (*LEFT_BEHIND, "/attachedTemplate", "/webSettings", "/mailMergeSource")
            ):
                del part.rels[name]
    _screen(document, file)
    for name in ("attachedTemplate", "mailMerge", "saveThroughXslt"):
        for found in document.settings.element.findall(f"{NAMESPACE}{name}"):
            document.settings.element.remove(found)
    package = document.part.package
    for name, relation in list(package.rels.items()):
        if relation.is_external:
            del package.rels[name]
    for part in package.iter_parts():
        _without_links(part)
    check_package(package)
    emptied = io.BytesIO()
    document.save(emptied)
    return emptied.getvalue()


def _screen(document: Any, file: str) -> None:
    """Hold the words of headers and footers, of their pictures and watermarks, against what may be printed.

    The properties of the file are not taken over: who wrote it, for which company, and whatever else they say.
    """
    from docx.oxml import parse_xml

    screening = Screening(file)
    for relation in document.part.rels.values():
        if relation.is_external or not relation.reltype.endswith(("/header", "/footer")):
            continue
        where = relation.reltype.rpartition("/")[2]
        root = parse_xml(relation.target_part.blob)
        for paragraph in root.iter(f"{NAMESPACE}p"):
            words = "".join(
                "\t" if piece.tag == f"{NAMESPACE}tab" else piece.text or ""
                for piece in paragraph.iter(f"{NAMESPACE}t", f"{NAMESPACE}tab")
            )
            screening.text(words, column=where, allowed=OF_TEMPLATES)
        for element in root.iter():
            for name in WORDS_OF_PICTURES:
                screening.text(element.get(name) or "", column=where, allowed=OF_TEMPLATES)
    screening.raise_if_any(
        expected="headers and footers without an address, a telephone number or a name",
        action="take it out of the template: what helps a reader stands in help_lines and contact_role",
    )
    package = document.part.package
    for name, relation in list(package.rels.items()):
        if relation.reltype.endswith(("/custom-properties", "/extended-properties", "/thumbnail")):
            del package.rels[name]


def _without_links(part: Any) -> None:
    """Take out links that a reader would click on; their words stay."""
    element = getattr(part, "element", None)
    if element is None:
        return
    for link in list(element.iter(f"{NAMESPACE}hyperlink")):
        parent, at = link.getparent(), link.getparent().index(link)
        for offset, run in enumerate(list(link)):
            parent.insert(at + offset, run)
        parent.remove(link)
    for drawn in element.iter("{http://schemas.openxmlformats.org/drawingml/2006/main}hlinkClick"):
        drawn.getparent().remove(drawn)
    for name, relation in list(part.rels.items()):
        if relation.reltype.endswith("/hyperlink"):
            del part.rels[name]


def _last_section(body: Any) -> Any:
    """The last section's page set-up; a header or footer it takes over from an earlier section becomes its own."""
    from docx.oxml import OxmlElement

    sections = list(body.iter(f"{NAMESPACE}sectPr"))
    if not sections:
        return OxmlElement("w:sectPr")
    last = sections[-1]
    for earlier in reversed(sections[:-1]):
        for tag in REFERENCES:
            own = {reference.get(TYPE) for reference in last.findall(NAMESPACE + tag)}
            for reference in earlier.findall(NAMESPACE + tag):
                if reference.get(TYPE) not in own:
                    last.insert(0, reference)
    return last
