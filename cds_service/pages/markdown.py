r"""The part of GitHub-flavoured Markdown that cards are written in, as safe HTML.

Everything is escaped; only the marks below become elements, so no text from a request becomes HTML.
Blocks: paragraphs, headings, lists, tables. Inline: strong, emphasis, code, https links, backslash escapes.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from markupsafe import Markup, escape

# Lengths are bounded so that no text can make the search slow.
_INLINE = re.compile(
    r"\\(?P<literal>[!-/:-@\[-`{-~])"
    r"|&(?P<entity>lt|gt|amp|quot|nbsp|#\d{1,6});"
    r"|`(?P<code>[^`]{1,500})`"
    r"|\*\*(?=\S)(?P<strong>(?:\\.|[^\\*]|\*(?!\*)){1,500})(?<=\S)\*\*"
    r"|\*(?=\S)(?P<starred>(?:\\.|[^\\*]){1,500})(?<=\S)\*"
    r"|(?<!\w)_(?=\S)(?P<underlined>(?:\\.|[^\\_]){1,500})(?<=\S)_(?!\w)"
    r"|\[(?P<words>(?:\\.|[^\\\]]){1,500})\]\((?P<url>https://[^\s()<>]{1,500})\)"
)
_MARKED = {
    "h4": re.compile(r"#{1,6}\s+(?P<words>.+)"),
    "ul": re.compile(r"\s*[-*+]\s+(?P<words>.+)"),
    "ol": re.compile(r"\s*\d{1,9}[.)]\s+(?P<words>.+)"),
}
"""The element that each mark at the beginning of a line stands for."""
_RULE = re.compile(r"\s*\|?(\s*:?-+:?\s*\|)+\s*(:?-+:?\s*)?")
_CELL_BORDER = re.compile(r"(?<!\\)\|")


def render(text: str) -> Markup:
    """Markdown as HTML that is safe whatever the text holds."""
    return Markup("\n").join(_block(kind, lines) for kind, lines in _blocks(text))


def _blocks(text: str) -> Iterator[tuple[str, list[str]]]:
    """Lines without their marks that belong together: neighbours of one kind; a heading stands alone."""
    before, block = "", list[str]()
    for line in text.splitlines():
        kind, words = _read(line)
        if block and (kind != before or kind == "h4"):
            yield before, block
            block = []
        if kind:
            block.append(words)
        before = kind
    if block:
        yield before, block


def _read(line: str) -> tuple[str, str]:
    """What a line is part of, "" for a blank one, and its words."""
    for kind, mark in _MARKED.items():
        if match := mark.fullmatch(line):
            return kind, match["words"]
    words = line.strip()
    return ("table" if words.startswith("|") else "p" if words else ""), words


def _block(kind: str, lines: list[str]) -> Markup:
    if kind == "h4":
        return _wrapped(kind, _inline(lines[0]))
    if kind in ("ul", "ol"):
        return _wrapped(kind, Markup("").join(_wrapped("li", _inline(item)) for item in lines))
    if kind == "table" and len(lines) > 1 and _RULE.fullmatch(lines[1]):
        return _table(lines)
    return _wrapped("p", Markup("<br>").join(map(_inline, lines)))


def _table(lines: list[str]) -> Markup:
    head = Markup("").join(Markup('<th scope="col">{}</th>').format(_inline(cell)) for cell in _cells(lines[0]))
    rows = Markup("").join(
        _wrapped("tr", Markup("").join(_wrapped("td", _inline(cell)) for cell in _cells(line))) for line in lines[2:]
    )
    return Markup(
        '<div class="scroll" tabindex="0" role="group" aria-label="Table">'
        "<table><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>"
    ).format(head, rows)


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in _CELL_BORDER.split(line.removeprefix("|").removesuffix("|"))]


def _inline(text: str) -> Markup:
    pieces: list[Markup] = []
    end = 0
    for match in _INLINE.finditer(text):
        pieces.append(escape(text[end : match.start()]))
        pieces.append(_mark(match))
        end = match.end()
    pieces.append(escape(text[end:]))
    return Markup("").join(pieces)


def _mark(match: re.Match[str]) -> Markup:
    found = match.groupdict()
    if found["literal"]:
        return escape(found["literal"])
    if found["entity"]:
        return escape(html.unescape(match[0]))
    if found["code"]:
        return _wrapped("code", escape(found["code"]))
    if found["strong"]:
        return _wrapped("strong", _inline(found["strong"]))
    if found["url"]:
        link = Markup('<a href="{}" rel="noopener noreferrer">{}</a>')
        return link.format(found["url"], _inline(found["words"]))
    return _wrapped("em", _inline(found["starred"] or found["underlined"]))


def _wrapped(element: str, content: Markup) -> Markup:
    return Markup("<{0}>{1}</{0}>").format(element, content)
