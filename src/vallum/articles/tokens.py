"""A text as paragraphs, sentences and tokens, each with its place in the text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from vallum.articles import words

_TOKEN: Final = re.compile(
    r"\d{1,3}(?:[,\u00a0\u202f]\d{3})+(?!\d)(?:\.\d+)?"  # 1,970 or 13 773 with a narrow blank
    r"|\d+\.\d+(?!\.?\d)|\d+"
    r"|(?:[A-Z]\.){2,}"  # U.S.
    r"|(?i:us\$|a\.m\.|p\.m\.|sq\.? km)"
    r"|[^\W\d_]+(?:['’][^\W\d_]+)*(?:\.(?=[^\W\d_]))?"
    r"|[^\w\s]"
)
#: Words before a full stop that does not end a sentence.
_SHORT: Final = words.listed("tokens_short")
#: A line that is shorter, before a capital, is a line of its own: a time stamp, a heading.
_SHORT_LINE: Final = 50
_ENOUGH_TO_HAVE_HEADINGS: Final = 3
_MARK: Final = re.compile(r"(?:[*•\-–]\s+|[QA][:.]\s+)")
#: The name of who speaks in a transcript: `ZELENSKY:`, `Question:`, `Host:`.
_VOICE: Final = re.compile(
    r"\s*(?:(?P<mark>[QA])[:.]\s|(?P<asks>Q(?:uestion)?|Host|Moderator|Interviewer|Reporter|Journalist|Anchor)\s?:\s"
    r"|(?P<answers>A|Answer)\s?:\s"
    r"|(?P<name>(?:[A-Z]\w*\.? )?[A-Z][A-Z'’\-]{2,}(?: [A-Z][A-Z'’\-]+){0,2})(?: \([^)]*\))?\s?:\s)"
)
_ASKING: Final = re.compile(r"Q(?:UESTION)?|HOST|MODERATOR|INTERVIEWER|REPORTER|JOURNALIST|ANCHOR")
_CLOSED: Final = re.compile(r"[.!?:;…][\"'”’»)\]]*$")
_ASIDE: Final = re.compile(
    r"(?:photo|picture|image|caption|graphic|see also|sources?|(?:press )?contact|telephone|tel|copyright|©"
    r"|editing|reporting)\b[^.]{0,30}[:©]",
    re.IGNORECASE,
)
#: A row of a table, which is read only among others: `Germany: 3`.
_ROW: Final = re.compile(r"[A-Z][^:.!?\n]{1,40}:\s*[~$€£]?\d[\d.,]*%?(?:\s[^:.!?\n]{1,40})?")
_ENOUGH_ROWS: Final = 2
_END: Final = re.compile(r"[.!?…]+[\"'”’»)\]]*(?=\s+|$)")


@dataclass(frozen=True, slots=True)
class Token:
    """A word, a number or a sign; `glued` if no blank stands before it."""

    text: str
    start: int
    end: int
    glued: bool

    @property
    def low(self) -> str:
        """The word in small letters, without a possessive ending."""
        word = self.text.lower().replace("’", "'")
        return word[:-2] if word.endswith("'s") else word

    @property
    def number(self) -> bool:
        """Whether it is written in digits."""
        return self.text[0].isdigit()

    @property
    def word(self) -> bool:
        """Whether it is a word."""
        return self.text[0].isalpha()

    @property
    def capital(self) -> bool:
        """Whether it begins with a capital letter."""
        return self.text[0].isupper()


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence: its text, where it stands, in which paragraph; voice is Q, A or a name in an interview; row says
    that it is one of a table.
    """

    text: str
    start: int
    end: int
    paragraph: int
    voice: str = ""
    row: bool = False


def tokens(text: str) -> list[Token]:
    """The tokens of a sentence; places count from its start."""
    found: list[Token] = []
    for match in _TOKEN.finditer(text):
        glued = bool(found) and found[-1].end == match.start()
        found.append(Token(match.group(), match.start(), match.end(), glued))
    return found


def sentences(text: str, begins: int = 0) -> list[Sentence]:
    """The sentences of a text from a place on, without headings, captions and contact lines."""
    parts = list(_paragraphs(text, begins))
    whole = len(parts) >= _ENOUGH_TO_HAVE_HEADINGS
    tabled = sum(bool(_ROW.fullmatch(text[start:end].strip())) for start, end in parts) >= _ENOUGH_ROWS
    found: list[Sentence] = []
    for number, (start, end) in enumerate(parts):
        said = text[start:end].strip()
        is_row = tabled and bool(_ROW.fullmatch(said))
        if whole and (_ASIDE.match(said) or (not _CLOSED.search(said) and not _MARK.match(said) and not is_row)):
            continue
        for left, right in _cut(text, start, end):
            said = text[left:right]
            mark = _MARK.match(said) or (
                _VOICE.match(said) if left == start + len(text[start:end]) - len(text[start:end].lstrip()) else None
            )
            first = left + mark.end() if mark else left
            found.append(Sentence(text[first:right], first, right, number, _voice(text[start:end]), is_row))
    return found


def _voice(paragraph: str) -> str:
    """Q or A where a paragraph is a question or an answer of an interview; the name where it begins with one."""
    match = _VOICE.match(paragraph)
    if not match:
        return ""
    if match["name"]:
        return "Q" if _ASKING.fullmatch(match["name"]) else match["name"]
    return match["mark"] or ("Q" if match["asks"] else "A")


def _paragraphs(text: str, begins: int) -> Iterator[tuple[int, int]]:
    """Paragraphs: parted by blank lines, by bullets, and by short lines or whole ones before a capital."""
    start, place = begins, begins
    lines = text[begins:].splitlines(keepends=True)
    for number, line in enumerate(lines):
        place += len(line)
        following = lines[number + 1].strip() if number + 1 < len(lines) else ""
        if following and line.strip() and not _parts(line.rstrip(), following):
            continue
        if text[start:place].strip():
            yield start, place
        start = place


def _parts(line: str, following: str) -> bool:
    if _MARK.match(following) or _VOICE.match(following):
        return True
    return not following[0].islower() and (len(line) < _SHORT_LINE or bool(_CLOSED.search(line)))


def _cut(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    left = start
    for match in _END.finditer(text, start, end):
        if _ends(text, match.start(), match.end(), end):
            yield from _trimmed(text, left, match.end())
            left = match.end()
    yield from _trimmed(text, left, end)


def _ends(text: str, stop: int, after: int, end: int) -> bool:
    """Whether a full stop ends a sentence: not after `Gen.`, nor before a small letter."""
    if text[stop] == ".":
        word = re.search(r"[^\s(\"“\u2018']*$", text[:stop])
        said = word.group().lower() if word else ""
        if said in _SHORT or re.fullmatch(r"[a-z]", said):
            following = text[after:end].lstrip()
            return said in ("u.s", "u.k", "e.u", "u.n", "a.m", "p.m") and bool(
                re.match(r"[\"“]?(The|He|She|It|In|But|A|On|They|We)\b", following)
            )
    following = text[after:end].lstrip()
    return not following or not following[0].islower()


def _trimmed(text: str, left: int, right: int) -> Iterator[tuple[int, int]]:
    while left < right and text[left].isspace():
        left += 1
    while right > left and text[right - 1].isspace():
        right -= 1
    if left < right:
        yield left, right
