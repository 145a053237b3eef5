"""Floor 7. The text of a web page, as a reader sees it: no scripts, no menus; nothing is run, nothing is loaded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

from bot.values import When

_MARKUP = re.compile(
    r"<(?:!doctype\s+html|html|head|meta|body|article|section|table|div|p|br|span|h[1-6])\b[^<>]{0,500}>",
    re.IGNORECASE,
)
# What is not text, and what stands around the text of every page of a site.
_SILENT = ("script", "style", "noscript", "template", "iframe", "object", "svg", "select", "button", "input",
           "nav", "footer", "aside", "title", "head", "textarea", "video", "audio", "canvas")  # fmt: skip
_BLOCKS = frozenset(
    ("p", "div", "section", "article", "header", "main", "ul", "ol", "li", "dl", "dt", "dd", "table", "thead", "tbody",
     "tr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "center", "figure", "figcaption", "br", "hr")
)  # fmt: skip
_CELLS = frozenset(("td", "th"))
# Where the text stands on pages of governments, of WeChat, and of those that say so.
_MAIN = ("#js_content", "#UCAP-CONTENT", "#zoom", ".TRS_Editor", "[itemprop=articleBody]", "article")
_DATES = ("PubDate", "publishdate", "article:published_time", "ArticleDate")
_TITLES = ("ArticleTitle", "og:title")
_DAY = re.compile(r"([12]\d{3})[-/年.](\d{1,2})[-/月.](\d{1,2})")
_SPACES = re.compile(r"[ \t\r\n\f]+")
_LINES = re.compile(r"[ \t]*\n[ \t\n]*")
# No page of a person has more tags; those of a machine could take minutes to sort out.
MOST_TAGS = 25_000
# A container with less than this is a heading or a caption, and not the text.
_FEWEST = 40


@dataclass(frozen=True, slots=True)
class PageText:
    """What a page says, and the day it says it was published."""

    text: str
    date: When | None


def looks_like_markup(text: str) -> bool:
    """Tell whether a text is that of a web page rather than the one a reader sees."""
    return _MARKUP.search(text[:20_000]) is not None


def page_text(source: str) -> PageText | None:
    """Return what a page says; `None` when it has more tags than any page of a person."""
    if source.count("<") > MOST_TAGS:
        return None
    tree = LexborHTMLParser(source)
    titles = [t for name in _TITLES if (t := _meta(tree, name))]
    date = next((d for name in _DATES if (d := _day(_meta(tree, name)))), None)
    tree.strip_tags(list(_SILENT), recursive=True)
    root = tree.body or tree.root
    whole = _text(root) if root else ""
    main = max((_text(n) for css in _MAIN for n in tree.css(css)[:5]), key=len, default="")
    if len(main) < _FEWEST:
        return PageText(whole, date)
    title = next((t for t in titles if t not in main), "")
    return PageText("\n".join(filter(None, (title, main))), date)


def _meta(tree: LexborHTMLParser, name: str) -> str:
    """Return what a page says of itself under a name, whatever the case of that."""
    for node in tree.css("meta"):
        said = node.attributes.get("name") or node.attributes.get("property") or ""
        if said.lower() == name.lower():
            return (node.attributes.get("content") or "").strip()
    return ""


def _day(text: str) -> When | None:
    found = _DAY.search(text)
    try:
        return When(f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}") if found else None
    except ValueError:
        return None


def _text(root: LexborNode) -> str:
    """Return the text below a node, a line for each block and a tab between cells."""
    return _LINES.sub("\n", "".join(_pieces(root))).strip()


def _pieces(root: LexborNode) -> Iterator[str]:
    """Yield what stands below a node, in order, however deep: no call for each depth."""
    ahead: list[LexborNode | str] = [child for child in [root.child] if child]
    while ahead:
        node = ahead.pop()
        if isinstance(node, str):
            yield node
            continue
        if node.next:
            ahead.append(node.next)
        name = node.tag or ""
        if name == "-text":
            yield _SPACES.sub(" ", node.text_content or "")
            continue
        if name in _BLOCKS or name in _CELLS:
            mark = "\t" if name in _CELLS else "\n"
            yield "\n" if name in _BLOCKS else ""
            ahead.append(mark)
        if node.child:
            ahead.append(node.child)
