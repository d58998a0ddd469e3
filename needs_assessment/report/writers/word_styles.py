"""The look of the Word paper: our own styles, or a council's template with what it lacks filled in.

Every look lives in a style; paragraphs carry style names only. So a council that restyles "Heading 1"
or "Caption" restyles the whole paper, and a screen reader meets real headings and real lists.
"""

from __future__ import annotations

import io
from typing import Any
from xml.sax.saxutils import quoteattr

from needs_assessment.report.writers.word_look import (
    FONT,
    LIST_NUMBER,
    PARAGRAPH_STYLES,
    TABLE_STYLE,
    TABLE_STYLE_XML,
    XMLNS,
    W,
    letters,
    spacing,
)


def style_id(name: str) -> str:
    """The id we give a style of our own: ``heading 1`` is ``Heading1``."""
    return "".join(word[:1].upper() + word[1:] for word in name.split())


def open_base(template: bytes | None) -> Any:
    """A python-docx document with an empty body, every style the writer uses, and a bulleted list.

    Without a template the look is our own, on A4. With one (the bytes of a Word document) its styles, page size,
    margins, headers and footers rule and only what is missing is added.
    """
    import docx

    document = docx.Document() if template is None else docx.Document(io.BytesIO(template))
    body = document.element.body
    for child in list(body):
        if child.tag != f"{W}sectPr":
            body.remove(child)
    if template is None:
        _clear_builtin_look(document)
    _add_missing_styles(document)
    return document


def set_language(document: Any, language: str) -> None:
    """Declare ``language`` for every script in the defaults and in each style that names one."""
    from docx.oxml import OxmlElement

    styles = document.styles.element
    defaults = styles.find(f"{W}docDefaults")
    if defaults is None:
        defaults = OxmlElement("w:docDefaults")
        styles.insert(0, defaults)
    run = _child(_child(defaults, "w:rPrDefault", first=True), "w:rPr")
    _child(run, "w:lang")
    for tag in styles.iter(f"{W}lang"):
        for script in ("val", "eastAsia", "bidi"):
            tag.set(f"{W}{script}", language)
    theme = document.settings.element.find(f"{W}themeFontLang")
    if theme is not None:
        theme.attrib.clear()
        theme.set(f"{W}val", language)


def _clear_builtin_look(document: Any) -> None:
    """Take python-docx's bundled template back to bare paper: its styles, sample picture and settings."""
    from docx.oxml import parse_xml
    from docx.shared import Cm

    package = document.part.package
    for holder, wanted in (
        (package.rels, ("thumbnail",)),
        (document.part.rels, ("stylesWithEffects", "customXml")),
    ):
        for key in [key for key, rel in holder.items() if rel.reltype.rsplit("/", 1)[-1] in wanted]:
            del holder[key]
    styles = document.styles.element
    for child in list(styles):
        styles.remove(child)
    fonts = f'<w:rFonts w:ascii="{FONT}" w:hAnsi="{FONT}" w:eastAsia="{FONT}" w:cs="{FONT}"/>'
    styles.append(
        parse_xml(
            f"<w:docDefaults {XMLNS}><w:rPrDefault><w:rPr>{fonts}{letters(12)}</w:rPr></w:rPrDefault>"
            "<w:pPrDefault><w:pPr><w:widowControl/></w:pPr></w:pPrDefault></w:docDefaults>"
        )
    )
    styles.append(
        parse_xml(
            f'<w:style {XMLNS} w:type="paragraph" w:default="1" w:styleId="Normal">'
            f'<w:name w:val="Normal"/><w:qFormat/><w:pPr>{spacing(0, 8, 1.1)}</w:pPr></w:style>'
        )
    )
    styles.append(
        parse_xml(
            f'<w:style {XMLNS} w:type="table" w:default="1" w:styleId="TableNormal">'
            '<w:name w:val="Normal Table"/><w:tblPr><w:tblInd w:w="0" w:type="dxa"/></w:tblPr></w:style>'
        )
    )
    numbering = document.part.numbering_part.element
    for child in list(numbering):
        numbering.remove(child)
    for compat in document.settings.element.iter(f"{W}compatSetting"):
        if compat.get(f"{W}name") == "compatibilityMode":
            compat.set(f"{W}val", "15")  # below 15 Word opens the paper in "compatibility mode"
    for old in list(document.settings.element.iter(f"{W}useFELayout")):
        old.getparent().remove(old)
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21.0), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.0)
    section.top_margin = section.bottom_margin = Cm(2.0)
    section.header_distance = section.footer_distance = Cm(1.0)


def _add_missing_styles(document: Any) -> None:
    from docx.oxml import parse_xml

    styles = document.styles.element
    present = {_name(style): style.get(f"{W}styleId") for style in styles.findall(f"{W}style")}
    taken = {identifier.lower() for identifier in present.values()}
    base = present.get("normal", "Normal")
    for name, (based_on, following, look, lettering) in PARAGRAPH_STYLES.items():
        if name.lower() in present:
            continue
        list_number = _add_bullets(document) if LIST_NUMBER in look else 0
        parent = base if based_on == "Normal" else present.get(based_on.lower(), style_id(based_on))
        builtin = name[0].islower() or name in ("Title", "Subtitle", "List Bullet", "TOC Heading")
        identifier = style_id(name)
        while identifier.lower() in taken:  # a template may use our id for a style of another name
            identifier += "x"
        taken.add(identifier.lower())
        present[name.lower()] = identifier
        custom = "" if builtin else ' w:customStyle="1"'
        follows = base if following == "Normal" else present.get(following.lower(), style_id(following))
        styles.append(
            parse_xml(
                f'<w:style {XMLNS} w:type="paragraph"{custom} w:styleId="{identifier}">'
                f"<w:name w:val={quoteattr(name)}/><w:basedOn w:val={quoteattr(parent)}/>"
                f"<w:next w:val={quoteattr(follows)}/><w:qFormat/>"
                f"<w:pPr>{look.replace(LIST_NUMBER, str(list_number))}</w:pPr><w:rPr>{lettering}</w:rPr></w:style>"
            )
        )
    if TABLE_STYLE.lower() not in present:
        table_base = present.get("normal table", "TableNormal")
        styles.append(parse_xml(TABLE_STYLE_XML.format(base=table_base)))


def _name(style: Any) -> str:
    name = style.find(f"{W}name")
    return "" if name is None else str(name.get(f"{W}val", "")).lower()


def _add_bullets(document: Any) -> int:
    """Add a one-level bulleted list to the document's numbering; returns its number."""
    from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
    from docx.opc.packuri import PackURI
    from docx.oxml import parse_xml
    from docx.parts.numbering import NumberingPart

    part = document.part
    if not any(rel.reltype == RELATIONSHIP_TYPE.NUMBERING for rel in part.rels.values()):
        empty = parse_xml(f"<w:numbering {XMLNS}/>")
        uri = PackURI("/word/numbering.xml")
        part.relate_to(
            NumberingPart(uri, CONTENT_TYPE.WML_NUMBERING, empty, part.package), RELATIONSHIP_TYPE.NUMBERING
        )
    numbering = part.numbering_part.element
    abstract_ids = [int(found.get(f"{W}abstractNumId")) for found in numbering.findall(f"{W}abstractNum")]
    numbers = [int(found.get(f"{W}numId")) for found in numbering.findall(f"{W}num")]
    abstract, number = max(abstract_ids, default=-1) + 1, max(numbers, default=0) + 1
    definition = parse_xml(
        f'<w:abstractNum {XMLNS} w:abstractNumId="{abstract}">'
        '<w:multiLevelType w:val="singleLevel"/><w:lvl w:ilvl="0"><w:start w:val="1"/>'
        '<w:numFmt w:val="bullet"/><w:lvlText w:val="•"/>'
        '<w:lvlJc w:val="left"/><w:pPr><w:ind w:left="426" w:hanging="284"/></w:pPr></w:lvl></w:abstractNum>'
    )
    # the schema wants every definition before the first number
    first_number = numbering.find(f"{W}num")
    if first_number is None:
        numbering.append(definition)
    else:
        first_number.addprevious(definition)
    numbering.append(
        parse_xml(f'<w:num {XMLNS} w:numId="{number}"><w:abstractNumId w:val="{abstract}"/></w:num>')
    )
    return number


def _child(parent: Any, tag: str, *, first: bool = False) -> Any:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    found = parent.find(qn(tag))
    if found is None:
        found = OxmlElement(tag)
        if first:
            parent.insert(0, found)
        else:
            parent.append(found)
    return found
