"""An article as text with its title, outlet and day: from text, HTML or PDF, without the page around it."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass, replace
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from vallum.articles import words
from vallum.articles.moments import stated_day
from vallum.errors import ArticleError

#: Files above this are no articles, bytes.
LARGEST: Final = 20_000_000
#: Pages of a PDF that are read at most.
MOST_PAGES: Final = 400
#: Characters of text that are read at most: a book is no article.
MOST_TEXT: Final = 1_000_000
#: An article has at least so many words, and so large a share of English function words.
FEWEST_WORDS: Final = 5
LEAST_ENGLISH: Final = 0.12
LEAST_LATIN: Final = 0.5
#: A short text may be a headline without function words.
SHORT: Final = 12
_TITLE: Final = 160
#: A line of a PDF that is shorter than this part of the usual one, before a capital, ends a paragraph or is a heading.
_SHORT_PART: Final = 0.6
_ENDS: Final = (".", "!", "?", ":", "”", '"')
_HEAD_LINES: Final = 5
_HEAD: Final = 600
_HTML: Final = re.compile(r"<(?:!doctype html|html|head|body|article|div|p)\b", re.IGNORECASE)
_FIELD: Final = re.compile(r"^(title|headline|outlet|source|publisher|date|published)\s*:\s*(.+)$", re.IGNORECASE)
_NAMES: Final = {"headline": "title", "source": "outlet", "publisher": "outlet", "published": "date"}


@dataclass(frozen=True, slots=True)
class Article:
    """The text of one file. Offsets of claims count its characters; its story begins at `begins`, behind the lines
    about it.
    """

    file: str
    text: str
    title: str = ""
    outlet: str = ""
    published: date | None = None
    begins: int = 0


def open_article(file: str | Path, published: date | None = None, outlet: str = "") -> Article:
    """Read an article: plain text, HTML or PDF, told apart by what is in the file.

    published, outlet : what the user says about it, which goes before what the file says
    Raises ArticleError with the way out where the file is missing, too large, binary, empty, without text or not
    English.
    """
    path = Path(file)
    content = _content(path)
    if content.startswith(b"%PDF"):
        made = _from_pdf(str(file), content)
    else:
        text = _decoded(str(file), content)
        made = _from_html(str(file), text) if _is_html(path, text) else from_text(text, str(file))
    refuse_unreadable(made)
    return replace(made, published=published or made.published, outlet=outlet or made.outlet)


def from_text(text: str, file: str = "text") -> Article:
    """An article from plain text.

    Its first lines may say title, outlet and day: as `Title: ...`, or as a block of short lines before the first
    blank one.
    """
    text = text.replace("\r\n", "\n").removeprefix("\ufeff")
    begins, told = _headed(text) or _blocked(text)
    body = text[begins:]
    day = stated_day(told.get("date", "")) or _dateline(body)
    return Article(file, text, told.get("title", ""), told.get("outlet") or _agency(body), day, begins)


def refuse_unreadable(article: Article, fewest: int = FEWEST_WORDS) -> None:
    """Raise ArticleError where a text is empty, too long, or not English: nothing is better than nonsense.

    fewest : words that the text must have
    """
    said = [word.lower() for word in re.findall(r"[^\W\d_]+", article.text)]
    if len(said) < fewest:
        raise ArticleError(
            f"{article.file}: holds too little text (words: {len(said)}), so nothing was read; give the article's "
            f"text, "
            f"saved as .txt or .html"
        )
    if len(article.text) > MOST_TEXT:
        raise ArticleError(
            f"{article.file}: {len(article.text):,} characters are no article (at most {MOST_TEXT:,}); cut it "
            f"into its articles"
        )
    share = sum(word in words.listed("english") for word in said) / len(said)
    latin = sum(word.isascii() for word in said) / len(said)
    if latin < LEAST_LATIN or (len(said) > SHORT and share < LEAST_ENGLISH):
        raise ArticleError(
            f"{article.file}: does not look like English ({share:.0%} of its words are common English ones), so "
            f"nothing was read; "
            "the rules read English only: give a translation, and say so in the notes"
        )


def _content(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise ArticleError(f"{path}: is a folder; give its files: {path}/*.txt")
        size = path.stat().st_size
        if size > LARGEST:
            raise ArticleError(
                f"{path}: {size / 1e6:.0f} MB is too large for an article (at most {LARGEST / 1e6:.0f} MB); give "
                f"its text alone"
            )
        return path.read_bytes()
    except OSError as error:
        raise ArticleError(f"{path}: cannot be read: {error.strerror or error}; check the name") from None


def _decoded(file: str, content: bytes) -> str:
    if b"\0" in content and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ArticleError(f"{file}: is no text but binary; give the article as .txt, .html or .pdf")
    for encoding in ("utf-16",) if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ArticleError(f"{file}: is neither UTF-8 nor Windows-1252 text; save it as UTF-8")


def _is_html(path: Path, text: str) -> bool:
    return path.suffix.lower() in (".html", ".htm", ".xhtml") or bool(_HTML.search(text[:_HEAD]))


def _from_html(file: str, text: str) -> Article:
    """The main text by an extractor; navigation, advertisements and comments stay outside."""
    extractor = _extractor()
    found = extractor.bare_extraction(
        text, with_metadata=True, include_comments=False, include_tables=False, favor_precision=True
    )
    if found is None or not found.text:
        raise ArticleError(f"{file}: no article was found in this page; copy its text into a .txt file")
    day = date.fromisoformat(found.date) if found.date and _really_dated(text, found.date) else None
    text = re.sub(r"\n+", "\n\n", found.text)
    title = found.title or ""
    begins = len(title) if title and text.startswith(title) else 0
    return Article(file, text, title, found.sitename or "", day, begins)


def _really_dated(text: str, day: str) -> bool:
    """Whether the page itself holds the day, so that no guess is taken for a fact."""
    return day in text or stated_day(re.sub(r"<[^>]+>", " ", text)) == date.fromisoformat(day)


def _extractor() -> Any:
    try:
        import trafilatura  # heavy, and only for pages
    except ModuleNotFoundError as error:
        raise ArticleError(
            f"reading HTML needs {error.name}: pip install 'vallum[read]', or give the text as .txt"
        ) from None
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    return trafilatura


def _from_pdf(file: str, content: bytes) -> Article:
    try:
        import pypdf  # only for PDF
    except ModuleNotFoundError as error:
        raise ArticleError(
            f"reading PDF needs {error.name}: pip install 'vallum[read]', or give the text as .txt"
        ) from None
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        document = pypdf.PdfReader(BytesIO(content))
        if document.is_encrypted and not document.decrypt(""):
            raise ArticleError(f"{file}: is locked with a password; unlock it, or copy its text into a .txt file")
        pages = [page.extract_text() for page in document.pages[:MOST_PAGES]]
    except ArticleError:
        raise
    except Exception as error:  # a broken file may raise anything
        raise ArticleError(
            f"{file}: is no readable PDF ({type(error).__name__}: {error}); copy its text into a .txt file"
        ) from None
    raw = "\n\n".join(pages)
    text = _joined_lines(raw)
    if len(re.findall(r"[^\W\d_]+", text)) < FEWEST_WORDS:
        raise ArticleError(
            f"{file}: a PDF without text (pages: {len(pages)}), perhaps a scan; run it through text recognition "
            f"(OCR) first"
        )
    told = document.metadata
    made = from_text(text, file)
    title = told.title if told and told.title else made.title or _first_line(text)
    return replace(made, title=title, published=made.published or _dateline(raw))


def _first_line(text: str) -> str:
    """The first line of a text where it stands alone and is no sentence."""
    line = text.strip().partition("\n\n")[0].strip()
    return line if 0 < len(line) <= _TITLE and "\n" not in line and not line.endswith(_ENDS) else ""


def _joined_lines(text: str) -> str:
    """Lines of a page made into paragraphs; a word parted at a line end made whole."""
    whole = re.sub(r"(?<=[a-z])-\n(?=[a-z])", "", text)
    lines = whole.split("\n")
    usual = sorted(len(line) for line in lines if line.strip())
    short = _SHORT_PART * usual[len(usual) * 3 // 4] if usual else 0.0
    made: list[str] = []
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        alone = len(line) < short and bool(re.match(r"\s*[A-Z0-9“\"]", following))
        ends = alone or not line.strip() or not following.strip() or line.rstrip().endswith(_ENDS)
        made.append(line.rstrip() + ("\n\n" if alone and line.strip() else "\n" if ends else " "))
    return "".join(made)


def _headed(text: str) -> tuple[int, dict[str, str]] | None:
    """Where the story begins behind the lines at the top that say `Title: ...`, and what they say."""
    told: dict[str, str] = {}
    begins = 0
    for line in text.splitlines(keepends=True):
        match = _FIELD.match(line.strip())
        if not match and (line.strip() or not told):
            break
        begins += len(line)
        if match:
            told[_NAMES.get(match[1].lower(), match[1].lower())] = match[2].strip()
    return (begins, told) if told else None


def _blocked(text: str) -> tuple[int, dict[str, str]]:
    """The same for a block of short lines before the first blank line: title, outlet, date line."""
    block, blank, _ = text.partition("\n\n")
    lines = [line.strip() for line in block.splitlines() if line.strip()]
    if not blank or not 0 < len(lines) <= _HEAD_LINES or any(len(line) > _TITLE for line in lines):
        return 0, {}
    dated = [line for line in lines[1:] if stated_day(line)]
    if not dated and (len(lines) > 1 or lines[0].endswith((".", "”", '"', "!"))):
        return 0, {}
    plain = [line for line in lines[1:] if line not in dated]
    told = {"title": lines[0], "outlet": plain[0] if plain else ""}
    return len(block) + len(blank), told | ({"date": dated[0]} if dated else {})


def _dateline(text: str) -> date | None:
    """A whole date that stands alone in a line at the top, or in the dateline of an agency."""
    for line in text[:_HEAD].splitlines():
        said = line.strip()
        if 0 < len(said) < len("Wednesday, 30 September 2025, 10:30 p.m. local time") and (day := stated_day(said)):
            return day
        dateline = re.match(
            r"^[A-Z][A-Za-z/,. ]{2,40}?,? (\w+\.? \d{1,2},? \d{4}|\d{1,2} \w+ \d{4})\s*(?:\([^)]*\)\s*)?[-–—]", said
        )
        if dateline and (day := stated_day(dateline[1])):
            return day
    return None


def _agency(text: str) -> str:
    """The agency of a dateline: KYIV, July 4 (Reuters) -."""
    match = re.search(r"\(([A-Z][\w &.-]{1,30})\)\s*[-–—]", text[:_HEAD])
    return match[1] if match else ""
