"""How each style of the Word paper looks, as the file format writes it down.

Nothing here knows a document: ``word_styles.py`` puts these styles into one.
"""

from __future__ import annotations

NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
W = f"{{{NAMESPACE}}}"
XMLNS = f'xmlns:w="{NAMESPACE}"'
DARK, INK, RULE, SHADE = "12436D", "1A1A1A", "6B6B6B", "E6E9EC"
FONT = "Arial"  # on every Windows and macOS machine; Liberation Sans has the same widths elsewhere
TABLE_STYLE = "Published table"
LIST_NUMBER = "LIST-NUMBER"  # replaced by the number of the bulleted list in the document at hand


def spacing(before: float, after: float, line: float = 1.0) -> str:
    """Space before and after in points and the line height as a multiple."""
    return (
        f'<w:spacing w:before="{before * 20:.0f}" w:after="{after * 20:.0f}" '
        f'w:line="{line * 240:.0f}" w:lineRule="auto"/>'
    )


def letters(points: float, *, bold: bool = False, colour: str = "") -> str:
    size = f'<w:sz w:val="{points * 2:.0f}"/><w:szCs w:val="{points * 2:.0f}"/>'
    return ("<w:b/><w:bCs/>" if bold else "") + (f'<w:color w:val="{colour}"/>' if colour else "") + size


def _rules(*sides: str, width: int, colour: str = RULE, space: int = 0) -> str:
    return "".join(
        f'<w:{side} w:val="single" w:sz="{width}" w:space="{space}" w:color="{colour}"/>' for side in sides
    )


_HEADINGS = ((18, 20, 8), (15, 16, 6), (13, 14, 4), (12, 12, 4), (12, 12, 4))  # points, before, after
_KEEP = "<w:keepNext/><w:keepLines/>"
_RIGHT = '<w:jc w:val="right"/>'
_BOX = f"<w:pBdr>{_rules('top', 'left', 'bottom', 'right', width=12, colour=INK, space=6)}</w:pBdr>"

# style name as the file spells it: based on, style of the next paragraph, paragraph look, letter look
PARAGRAPH_STYLES: dict[str, tuple[str, str, str, str]] = {
    "Title": ("Normal", "Subtitle", _KEEP + spacing(0, 6), letters(26, bold=True, colour=DARK)),
    "Subtitle": ("Normal", "Normal", _KEEP + spacing(0, 6), letters(15, colour=INK)),
    "Document details": ("Normal", "Normal", spacing(0, 18), letters(11)),
    **{
        f"heading {level}": (
            "Normal",
            "Normal",
            f'{_KEEP}{spacing(before, after)}<w:outlineLvl w:val="{level - 1}"/>',
            letters(points, bold=True, colour=DARK),
        )
        for level, (points, before, after) in enumerate(_HEADINGS, start=1)
    },
    "Lead paragraph": ("Normal", "Normal", spacing(0, 10, 1.15), letters(14)),
    "Note paragraph": ("Normal", "Normal", spacing(0, 8, 1.1), letters(10.5)),
    "Warning paragraph": (
        "Normal",
        "Normal",
        f'<w:keepLines/>{_BOX}{spacing(10, 14, 1.1)}<w:ind w:left="140" w:right="140"/>',
        letters(12, bold=True),
    ),
    "List Bullet": (
        "Normal",
        "List Bullet",
        f'<w:numPr><w:numId w:val="{LIST_NUMBER}"/></w:numPr>'
        f'{spacing(0, 4, 1.1)}<w:ind w:left="426" w:hanging="284"/>',
        "",
    ),
    "caption": ("Normal", "Normal", _KEEP + spacing(14, 5), letters(12, bold=True, colour=INK)),
    "Picture": ("Normal", "Normal", spacing(0, 4), ""),
    "Table note": ("Normal", "Table note", "<w:keepLines/>" + spacing(4, 0), letters(10)),
    "Table note last": ("Table note", "Normal", spacing(4, 16), ""),
    "Table text": ("Normal", "Table text", spacing(1.5, 1.5), letters(10)),
    "Table number": ("Table text", "Table number", _RIGHT, ""),
    "Table heading": ("Table text", "Table text", "<w:keepNext/>", "<w:b/><w:bCs/>"),
    "Table heading number": ("Table heading", "Table text", _RIGHT, ""),
    "Table text small": ("Table text", "Table text small", "", letters(8.5)),
    "Table number small": ("Table number", "Table number small", "", letters(8.5)),
    "Table heading small": ("Table heading", "Table text small", "", letters(8.5)),
    "Table heading number small": ("Table heading number", "Table text small", "", letters(8.5)),
    "TOC Heading": ("Normal", "Normal", _KEEP + spacing(12, 6), letters(15, bold=True, colour=DARK)),
    "toc 1": ("Normal", "Normal", spacing(3, 0), ""),
    "toc 2": ("Normal", "Normal", spacing(1, 0) + '<w:ind w:left="284"/>', letters(11)),
    "Page break": (
        "Normal",
        "Normal",
        '<w:spacing w:before="0" w:after="0" w:line="20" w:lineRule="exact"/>',
        letters(1),
    ),
    "footer": ("Normal", "footer", spacing(0, 0) + '<w:jc w:val="center"/>', letters(10)),
}

TABLE_STYLE_XML = (
    f'<w:style {XMLNS} w:type="table" w:customStyle="1" w:styleId="PublishedTable">'
    f'<w:name w:val="{TABLE_STYLE}"/><w:basedOn w:val="{{base}}"/><w:uiPriority w:val="99"/><w:qFormat/>'
    '<w:tblPr><w:tblInd w:w="0" w:type="dxa"/>'
    "<w:tblBorders>"
    f"{_rules('top', 'bottom', width=12, colour=INK)}{_rules('insideH', width=4)}</w:tblBorders>"
    '<w:tblCellMar><w:left w:w="95" w:type="dxa"/><w:right w:w="95" w:type="dxa"/></w:tblCellMar></w:tblPr>'
    '<w:tblStylePr w:type="firstRow"><w:tblPr/><w:tcPr>'
    f"<w:tcBorders>{_rules('bottom', width=12, colour=INK)}</w:tcBorders>"
    f'<w:shd w:val="clear" w:color="auto" w:fill="{SHADE}"/><w:vAlign w:val="bottom"/>'
    "</w:tcPr></w:tblStylePr>"
    "</w:style>"
)
