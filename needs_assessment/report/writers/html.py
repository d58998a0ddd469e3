"""The paper as one HTML file that stands alone: no script, nothing loaded from anywhere, pictures inside.

Written to WCAG 2.2 AA: language, one h1, landmarks, a way past the contents, headings in order, captions and
header cells on tables, alternative text on pictures, contrast of at least 4.5 to 1.
"""

from __future__ import annotations

import base64
import functools
import hashlib
from pathlib import Path
from typing import Any

from needs_assessment.report.writers.document import (
    Block,
    Bullets,
    Document,
    FigureBlock,
    Heading,
    PageBreak,
    Paragraph,
    TableBlock,
    clean_text,
    details_line,
    figure_notes,
    numbered,
    page_breaks_tidied,
    paragraph_text,
    table_notes,
    table_text,
)

CONTENTS_LEVEL = 3  # h2 and h3 are listed in the contents
KEPT_WHOLE = 14  # a table of at most this many rows is not split when the page is printed
PICTURE_SHARPNESS = 2  # pictures are drawn at twice the size they are shown, for sharp screens and print

SORT_SCRIPT = Path(__file__).parents[1] / "templates" / "sort_tables.js"

STYLE = """
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0; font-family: Arial, "Liberation Sans", Helvetica, sans-serif; font-size: 1.1875rem;
  line-height: 1.5; color: #1a1a1a; background: #ffffff; overflow-wrap: anywhere; }
header, nav, main, footer { max-width: 62rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 1.5rem; border-bottom: 4px solid #12436d; }
h1, h2, h3, h4, h5, h6 { color: #12436d; line-height: 1.25; margin: 2rem 0 0.75rem; }
h1 { font-size: 2.25rem; margin-top: 0.5rem; } h2 { font-size: 1.75rem; } h3 { font-size: 1.4rem; }
h4, h5, h6 { font-size: 1.19rem; }
a { color: #12436d; } a:focus, [tabindex]:focus { outline: 3px solid #12436d; outline-offset: 2px; }
.skip { position: absolute; left: -999rem; } .skip:focus { left: 1rem; top: 0.5rem; background: #ffffff;
  padding: 0.5rem 1rem; }
.lead { font-size: 1.375rem; } .note, .below { font-size: 1rem; } .below { margin: 0.25rem 0; }
.warning { border: 3px solid #1a1a1a; border-left-width: 12px; padding: 0.75rem 1rem; font-weight: bold; }
nav ol { list-style: none; padding-left: 0; } nav li.level-3 { padding-left: 1.5rem; }
.wide { overflow-x: auto; margin: 1.5rem 0 0.5rem; }
table { border-collapse: collapse; width: 100%; font-size: 1rem; font-variant-numeric: tabular-nums;
  overflow-wrap: break-word; border-bottom: 2px solid #1a1a1a; }
caption, figcaption .title { text-align: left; font-weight: bold; font-size: 1.19rem; }
caption { padding-bottom: 0.5rem; }
th, td { padding: 0.35rem 0.5rem; text-align: left; vertical-align: top; border-bottom: 1px solid #6b6b6b; }
thead th { background: #e6e9ec; vertical-align: bottom; border-top: 2px solid #1a1a1a;
  border-bottom: 2px solid #1a1a1a; }
tbody th { font-weight: normal; min-width: 9rem; overflow-wrap: anywhere; }
.number { text-align: right; }
.sort { font: inherit; font-weight: bold; text-align: inherit; color: #12436d; background: none; border: 0; padding: 0;
  cursor: pointer; text-decoration: underline; } .sort:focus { outline: 3px solid #12436d; }
figure { margin: 1.5rem 0; } figcaption p { margin: 0.25rem 0; }
figure img { display: block; max-width: 100%; height: auto; }
footer { margin-top: 3rem; padding-bottom: 2rem; font-size: 1rem; }
@page { size: A4; margin: 20mm; }
@media print { html { font-size: 9pt; } nav, .skip { display: none; } table { font-size: 0.9rem; }
  header, main, footer { max-width: none; padding: 0; }
  .wide { overflow: visible; } thead { display: table-header-group; break-inside: avoid; break-after: avoid; }
  tr, figure, .warning, .short { break-inside: avoid; }
  tbody tr:first-child, tbody tr:last-child, .below { break-before: avoid; }
  h2, h3, h4, h5, h6, caption, figcaption .title { break-after: avoid; } .new-page { break-before: page; }
  figure img { max-height: 180mm; width: auto; } tbody th { overflow-wrap: break-word; } }
"""

TEMPLATE = """<!DOCTYPE html>
<html lang="{{ paper.language }}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy"
  content="default-src 'none'; img-src data:; style-src 'unsafe-inline'
  {%- if script %}; script-src 'sha256-{{ script_digest }}'{% endif %}">
<title>{{ paper.title }}</title>
<meta name="author" content="{{ paper.author }}">
<meta name="date" content="{{ paper.date }}">
<style>{{ style }}</style>
</head>
<body>
<a class="skip" href="#content">Skip to the paper</a>
<header>
<h1>{{ paper.title }}</h1>
{% if paper.subtitle %}<p class="lead">{{ paper.subtitle }}</p>
{% endif %}<p>{{ details }}</p>
</header>
{% if sections %}<nav aria-labelledby="contents">
<h2 id="contents">Contents</h2>
<ol>
{% for section in sections %}<li class="level-{{ section.level }}">
{{- "" }}<a href="#{{ section.id }}">{{ section.text }}</a></li>
{% endfor %}</ol>
</nav>
{% endif %}<main id="content" tabindex="-1">
{% for part in parts %}{% if part.kind == "heading" %}
<h{{ part.level }} id="{{ part.id }}"{% if part.new_page %} class="new-page"{% endif %}>
{{- part.text }}</h{{ part.level }}>
{% elif part.kind == "paragraph" %}
<p class="{{ part.style }}{% if part.new_page %} new-page{% endif %}">{{ part.text }}</p>
{% elif part.kind == "bullets" %}
<ul{% if part.new_page %} class="new-page"{% endif %}>
{% for item in part.lines %}<li>{{ item }}</li>
{% endfor %}</ul>
{% elif part.kind == "table" %}
<div class="wide{% if part.rows|length <= short %} short{% endif %}{% if part.new_page %} new-page{% endif %}"
  role="region" aria-labelledby="{{ part.id }}" tabindex="0">
<table>
<caption id="{{ part.id }}">{{ part.title }}</caption>
<thead><tr>{% for cell in part.headings %}
{% set number = part.numeric[loop.index0] %}<th scope="col"{% if number %} class="number"{% endif %}>
{{- cell }}</th>{% endfor %}</tr></thead>
<tbody>
{% for row in part.rows %}<tr>{% for cell in row %}
{% if part.numeric[loop.index0] %}<td class="number">{{ cell }}</td>
{%- elif loop.first and cell.strip() %}<th scope="row">{{ cell }}</th>
{%- else %}<td>{{ cell }}</td>
{%- endif %}{% endfor %}</tr>
{% endfor %}</tbody>
</table>
</div>
{% for note in part.notes %}<p class="below">{{ note }}</p>
{% endfor %}{% elif part.kind == "figure" %}
<figure{% if part.new_page %} class="new-page"{% endif %}>
<figcaption><p class="title">{{ part.title }}</p></figcaption>
<img src="data:image/png;base64,{{ part.png }}" alt="{{ part.alt }}"
  width="{{ part.width }}" height="{{ part.height }}">
{% for note in part.notes %}<p class="below">{{ note }}</p>
{% endfor %}</figure>
{% endif %}{% endfor %}</main>
<footer><p>{{ paper.title }}. {{ details }}.</p></footer>
{% if script %}<script>{{ script|safe }}</script>
{% endif %}</body>
</html>
"""


def write_html(document: Document, path: Path, *, sortable: bool = False) -> None:
    """Write ``document`` to ``path`` as UTF-8; the same document gives the same bytes.

    sortable: the page's own script lets a reader sort its tables; without scripts the page is as complete.
    """
    script = SORT_SCRIPT.read_text(encoding="utf-8") if sortable else ""
    parts = _parts(document)
    page = _template().render(
        paper={
            "language": document.language,
            "title": clean_text(document.title),
            "subtitle": clean_text(document.subtitle).strip(),
            "author": clean_text(document.author),
            "date": document.date,
        },
        details=details_line(document),
        style=STYLE,
        sections=[part for part in parts if part["kind"] == "heading" and part["level"] <= CONTENTS_LEVEL],
        parts=parts,
        short=KEPT_WHOLE,
        script=script,
        # the page allows this script and no other
        script_digest=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
    )
    path.write_bytes(page.encode("utf-8"))


@functools.cache
def _template() -> Any:
    from jinja2 import Environment, StrictUndefined

    return Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True).from_string(TEMPLATE)


def _parts(document: Document) -> list[dict[str, Any]]:
    parts: list[dict[str, Any]] = []
    new_page = False
    headings = 0
    for block, number in numbered(page_breaks_tidied(document.blocks)):
        if isinstance(block, PageBreak):
            new_page = True
            continue
        headings += isinstance(block, Heading)
        parts.append({**_part(block, number, headings), "new_page": new_page})
        new_page = False
    return parts


def _part(block: Block, number: int, headings: int) -> dict[str, Any]:
    if isinstance(block, Heading):
        # the title is the h1, so the paper's first level is h2
        return {
            "kind": "heading",
            "level": block.level + 1,
            "id": f"section-{headings}",
            "text": clean_text(block.text),
        }
    if isinstance(block, Paragraph):
        return {"kind": "paragraph", "style": block.style, "text": paragraph_text(block)}
    if isinstance(block, Bullets):
        return {"kind": "bullets", "lines": [clean_text(item) for item in block.items]}
    if isinstance(block, TableBlock):
        headings_row, rows = table_text(block.table)
        return {
            "kind": "table",
            "id": f"table-{number}",
            "title": f"Table {number}: {clean_text(block.table.title)}",
            "headings": headings_row,
            "rows": rows,
            "numeric": [column.kind != "text" for column in block.table.columns],
            "notes": table_notes(block.table, rows),
        }
    if isinstance(block, FigureBlock):
        figure = block.figure
        return {
            "kind": "figure",
            "title": f"Figure {number}: {clean_text(figure.title)}",
            "alt": clean_text(figure.alt),
            "png": base64.b64encode(figure.png).decode("ascii"),
            "width": figure.width_px // PICTURE_SHARPNESS,
            "height": figure.height_px // PICTURE_SHARPNESS,
            "notes": figure_notes(figure),
        }
    raise TypeError(f"no HTML for a {type(block).__name__}")
