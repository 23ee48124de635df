"""The people and bodies of an article: full names, offices, and whom a pronoun means."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from vallum.articles import words
from vallum.articles.names import canonical, titles
from vallum.articles.numerals import low
from vallum.articles.tokens import Sentence, Token, tokens

#: Nouns of bodies, documents and people that may speak without a name.
BODIES: Final = words.listed("people_bodies")
_NO_NAMES: Final = words.listed("people_no_names")
_NAMES: Final = (2, 3)
_SMALL: Final = ("von", "der", "van", "de", "al", "el", "bin")
_OFFICES: Final = words.listed("people_offices")
#: People who are named by their trade alone, what companies do, and what begins a sentence without being one.
_TRADES: Final = words.listed("people_trades")
_WORKS: Final = words.listed("people_works")
_NO_FIRMS: Final = words.listed("stops") | words.listed("english") | (_NO_NAMES - {"lockheed"})
_REACH: Final = 12


@dataclass(slots=True)
class People:
    """Full names by surname, offices, and the last person and body that were spoken of."""

    outlet: str = ""
    ukraine: bool = False
    named: dict[str, str] = field(default_factory=dict)
    offices: dict[str, str] = field(default_factory=dict)
    person: str = ""
    body: str = ""
    answering: str = ""
    firm: str = ""

    @classmethod
    def of(cls, text: str, found: Sequence[Sentence], outlet: str, title: str = "") -> People:
        """Who is named in an article; in an interview, who answers."""
        made = cls(outlet.lower(), "Ukrain" in text or "Zelensk" in text)
        for sentence in found:
            row = tokens(sentence.text)
            for first, last, name in full_names(row):
                made.named.setdefault(name.split()[-1], canonical(name))
                made._hold_office(row, first, last, canonical(name))
        asked = next((k for k, one in enumerate(found) if one.voice), len(found))
        before = [name for one in found[:asked] for _, _, name in full_names(tokens(one.text))]
        if asked < len(found):
            made.answering = canonical(before[0]) if before else made._titled(title)
        return made

    def _titled(self, title: str) -> str:
        """Who is named in the title of an interview: a person, else an office."""
        row = tokens(title)
        named = next((canonical(name) for _, _, name in full_names(row)), "")
        if named:
            return named
        known = next((self.known(bare(token)) for token in row if token.capital and " " in self.known(bare(token))), "")
        if known:
            return known
        last = next((k for k in range(len(row) - 1, -1, -1) if row[k].low in _OFFICES), -1)
        first = last
        while first > 0 and row[first - 1].word and row[first - 1].low in titles():
            first -= 1
        return joined(row[first : last + 1]) if last >= 0 else ""

    def voiced(self, name: str) -> str:
        """Who speaks under a name in capitals: ZELENSKY, MR. PRICE; the whole name where it was given."""
        said = " ".join(word.capitalize() for word in name.split() if word.rstrip(".").lower() not in titles())
        return self.known(said) if said else name.title()

    def _hold_office(self, row: Sequence[Token], first: int, last: int, name: str) -> None:
        """`Governor Ruslan Boiko`; `the governor, Ruslan Boiko,`; `Ruslan Boiko, the governor`."""
        near = (
            first - 1,
            first - 2 if low(row, first - 1) == "," else -1,
            *(range(last + 1, last + 5) if low(row, last) == "," else ()),
        )
        for at in near:
            if 0 <= at < len(row) and row[at].low in _OFFICES:
                self.offices.setdefault(row[at].low, name)

    def known(self, name: str) -> str:
        """The full name of a surname that was given; one spelling."""
        whole = canonical(name)
        return self.named.get(whole, whole) if " " not in whole else self.named.get(whole.split()[-1], whole)

    def office(self, phrase: str) -> str:
        """The person with an office (`the governor`), the one name of a body, or the phrase itself."""
        said = [word.removesuffix("'s") for word in phrase.lower().replace("’", "'").split()]
        if said and said[-1] in self.offices and len(said) <= _NAMES[1]:
            return self.offices[said[-1]]
        if (
            said
            and said[-1] == "president"
            and self.ukraine
            and (len(said) == 1 or {"ukrainian", "ukraine", "its"} & set(said))
        ):
            return canonical("Zelensky")
        if self.ukraine and said == ["air", "force"]:
            return "Ukrainian Air Force"
        return canonical(phrase)

    def state(self, name: str) -> str:
        """A state that speaks: Israel believes; empty for any other word."""
        return str(words.names("states").get(name.lower(), ""))

    def is_outlet(self, name: str) -> bool:
        """Whether a speaker is the paper itself."""
        return bool(self.outlet) and self.outlet in name.lower()

    def remember(self, row: Sequence[Token], said: bool) -> None:
        """Whom a pronoun of the next sentence means: its speaker, else the first person and the first body named."""
        if said:
            return
        first = next(self._persons(row), "")
        if first:
            self.person = first
        if not self.person and low(row, 0) in ("a", "an", "one") and low(row, 1) in _TRADES:
            self.person = row[1].low
        lead = [token for token in row[:6] if token.word]
        while lead and lead[0].low in ("the", "a", "an"):
            lead.pop(0)
        for last, token in enumerate(lead[:4], 1):
            if token.low in BODIES and low(lead, last) not in BODIES:
                self.body = self.office(joined(lead[:last]))
                break

    def watch(self, row: Sequence[Token]) -> None:
        """Keep the firm that a sentence begins with: capitals that make or deliver something."""
        first = 2 if low(row, 1) == ":" else 0
        last = first
        while last < len(row) and last - first < _NAMES[1] and row[last].word and row[last].capital:
            last += 1
        whole = joined(row[first:last], possessive=False)
        if not whole or row[last - 1].low in BODIES or self.state(whole) or low(row, first) in _NO_FIRMS:
            return
        works = next((k for k in range(last, min(last + _REACH, len(row))) if row[k].low in _WORKS), 0)
        if works and (works == last or low(row, last) == ","):
            self.firm = whole

    def _persons(self, row: Sequence[Token]) -> Iterator[str]:
        whole = {first: canonical(name) for first, _, name in full_names(row)}
        for at, token in enumerate(row):
            if at in whole:
                yield whole[at]
            elif token.capital and token.word and token.low not in titles():
                name = self.known(bare(token))
                if " " in name and name in (*self.named.values(), canonical(bare(token))):
                    yield name


def full_names(row: Sequence[Token]) -> Iterator[tuple[int, int, str]]:
    """Runs of two or three capitalised words that are no title and no body: first and last token (exclusive), name."""
    first = 0
    while first < len(row):
        last = first
        while last < len(row) and _in_name(row, last, first):
            last += 1
            if row[last - 1].text.endswith(("'s", "’s")):
                break
        yield from _person(row, first, last)
        first = max(last, first + 1)


def _in_name(row: Sequence[Token], at: int, first: int) -> bool:
    token = row[at]
    if at > first and ((token.text in ("-", "\u2011") and token.glued) or token.low in _SMALL):
        return True
    return token.word and token.capital and len(token.text) > 1 and token.low not in BODIES - {"house"}


def _person(row: Sequence[Token], first: int, last: int) -> Iterator[tuple[int, int, str]]:
    while first < last and (row[first].low in titles() or row[first].text in "-\u2011"):
        first += 1
    run = row[first:last]
    parts = [token for token in run if not token.glued]
    if len(parts) in _NAMES and not any(
        token.low in _NO_NAMES or (token.text.isupper() and len(token.text) > 1) for token in parts
    ):
        yield first, last, joined(run, possessive=False)


def person_in(run: Sequence[Token], people: People) -> str:
    """The person that a phrase ends with, or that stands before `of`; empty where there is none."""
    cut = next((k for k, token in enumerate(run) if token.low in ("of", "from", "at", "for", "in") and k > 0), len(run))
    before = [name for _, last, name in full_names(run[:cut]) if last == cut]
    parted = cut < len(run) and run[cut - 1].low in BODIES and run[cut - 1].low not in _OFFICES
    whole = [] if parted else [name for _, last, name in full_names(run) if last == len(run)]
    for name in (*before, *(name for name in whole if canonical(name) in people.named.values())):
        if canonical(name) in people.named.values() or canonical(name) != name or " " in name:
            return people.known(name)
    if cut < len(run) or not run or not run[-1].capital or run[-1].low in BODIES:
        return ""
    name = people.known(bare(run[-1]))
    rest = run[:-1]
    alone = all(token.low in titles() or token.text in "-.\u2011" for token in rest)
    return name if " " in name and name[0].isupper() and alone else ""


def bare(token: Token) -> str:
    """A word without its possessive ending."""
    text = token.text.replace("’", "'")
    return text[:-2] if text.endswith("'s") else text


def joined(run: Sequence[Token], possessive: bool = True) -> str:
    """The words of a phrase; possessives kept inside, where wanted."""
    parts = [
        ("" if token.glued or k == 0 else " ") + (token.text if possessive else bare(token))
        for k, token in enumerate(run)
    ]
    return "".join(parts)
