"""How well articles are read: candidates against labels, over a folder of anybody's articles.

The format of the labels is that of tests/articles/README.md: one JSON line a text, with its claims and its story.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any, Final

from vallum.articles import words
from vallum.articles.article import Article, open_article
from vallum.articles.claims import Candidate, read_articles
from vallum.articles.names import canonical
from vallum.errors import ArticleError

#: Standard normal quantile of a 95 % interval.
_Z: Final = 1.959963984540054
#: Numbers agree that differ by no more than the rounding of a fraction to two decimals.
_NEAR: Final = 0.0006
_SIZES: Final = {"trillion": 1e12, "billion": 1e9, "million": 1e6}
_TOKENS_ALIKE: Final = 0.5

Label = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Share:
    """A share with its 95 % interval (Wilson's, which takes the claims as independent)."""

    name: str
    right: int
    of: int

    @property
    def value(self) -> float | None:
        """Right of all; None of none."""
        return self.right / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Lower and upper end."""
        if not self.of:
            return None
        share, n = self.right / self.of, self.of
        middle = (share + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
        half = _Z * math.sqrt(share * (1 - share) / n + _Z**2 / (4 * n * n)) / (1 + _Z**2 / n)
        return max(0.0, middle - half), min(1.0, middle + half)

    def as_dict(self) -> dict[str, Any]:
        """Plain data."""
        low, high = self.interval or (None, None)
        return {"name": self.name, "right": self.right, "of": self.of, "share": self.value, "low": low, "high": high}


@dataclass(frozen=True, slots=True)
class Miss:
    """One thing that was read wrong: which measure, in which file, what was labelled and what was read."""

    measure: str
    file: str
    labelled: str
    read: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Score:
    """The shares over a folder, and every miss behind them."""

    folder: str
    texts: int
    labels: int
    shares: tuple[Share, ...]
    misses: tuple[Miss, ...]

    def share(self, name: str) -> Share:
        """One share by its name."""
        return next(one for one in self.shares if one.name == name)

    def as_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "schema": 1,
            "kind": "evidence_benchmark",
            "folder": self.folder,
            "texts": self.texts,
            "claims": self.labels,
            "shares": [one.as_dict() for one in self.shares],
            "misses": [{name: getattr(one, name) for name in Miss.__slots__} for one in self.misses],
        }


@dataclass(frozen=True, slots=True)
class _Pair:
    """A label and what was read at its place."""

    label: Label
    read: Candidate


def benchmark(folder: str | Path) -> Score:
    """Read every labelled article of a folder and set what was read against its labels.

    A quantity is right if it stands at the place of a label (in a page: in its sentence), with the same numbers.
    Of those that are right, unit, bound and rate, speaker and dates are judged. Stories are judged by pairs of texts.
    Raises ArticleError where there are no labels, or a labelled file is missing.
    """
    place = Path(folder)
    labels = list(_labels(place))
    articles = {row["file"]: _opened(place / row["file"]) for row in labels}
    kept = [article for article in articles.values() if article is not None]
    reading = read_articles(kept)
    pairs: list[_Pair] = []
    misses: list[Miss] = []
    extra = 0
    for row in labels:
        read = [claim for claim in reading.claims if claim.file == str(place / row["file"])]
        matched, left, unread = _matched(row["claims"], read)
        pairs += matched
        extra += len(left)
        misses += [Miss("precision", row["file"], "", _said(one), one.sentence) for one in left]
        misses += [Miss("recall", row["file"], _wanted(one), "", one["sentence"]) for one in unread]
    wanted = sum(len(row["claims"]) for row in labels)
    shares = [Share("recall", len(pairs), wanted), Share("precision", len(pairs), len(pairs) + extra)]
    for name, judge in _JUDGES.items():
        judged, wrong = _judged(name, judge, pairs)
        shares.append(judged)
        misses += wrong
    named = [_speaker(pair)[0] for pair in pairs if pair.label["speaker"]]
    at = [one.name for one in shares].index("speaker") + 1
    shares = [*shares[:at], Share("named speaker", sum(named), len(named)), *shares[at:], *_dates(shares, pairs)]
    shares += _stories(labels, {Path(claim).name: group.name for group in reading.groups for claim in group.files})
    return Score(str(folder), len(labels), wanted, tuple(shares), tuple(misses))


def _labels(folder: Path) -> Iterator[dict[str, Any]]:
    files = sorted(folder.glob("labels*.jsonl")) if folder.is_dir() else []
    if not files:
        raise ArticleError(f"{folder}: holds no labels*.jsonl; see docs/questions/articles.md for its format")
    for file in files:
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            try:
                row = json.loads(line)
                yield {"file": row["file"], "group": row.get("group"), "claims": row["claims"]}
            except (ValueError, KeyError, TypeError) as error:
                raise ArticleError(
                    f"{file}:{number}: is no label: {type(error).__name__} {error}; one JSON line a text"
                ) from None


def _opened(path: Path) -> Article | None:
    """An article; None where it is refused, from which nothing is read. Raises ArticleError where it is missing."""
    if not path.is_file():
        raise ArticleError(f"{path}: is labelled, but there is no such file")
    try:
        return open_article(path)
    except ArticleError:
        return None


def _matched(labels: Sequence[Label], read: Sequence[Candidate]) -> tuple[list[_Pair], list[Candidate], list[Label]]:
    """Pairs of label and candidate at one place with the same numbers; what is left of both."""
    left, unread, pairs = list(read), [], []
    for label in labels:
        found = next((one for one in left if _same_place(label, one) and _same_numbers(label, one)), None)
        if found is None:
            unread.append(label)
        else:
            left.remove(found)
            pairs.append(_Pair(label, found))
    return pairs, left, unread


def _same_place(label: Label, read: Candidate) -> bool:
    if label["start"] is not None:
        return bool(label["start"] < read.to and read.at < label["end"])
    one, other = _plain(label["sentence"]), _plain(read.sentence)
    return one in other or other in one


def _plain(text: str) -> str:
    return re.sub(r"\W+", " ", text).strip().lower()


def _same_numbers(label: Label, read: Candidate) -> bool:
    wanted = [float(label[name]) for name in ("value", "low", "high") if label[name] is not None]
    got = [number * scored(read.unit)[1] for number in read.numbers]
    return len(wanted) == len(got) and all(
        math.isclose(a, b, rel_tol=_NEAR, abs_tol=1e-9) for a, b in zip(wanted, got, strict=True)
    )


def scored(unit: str) -> tuple[str, float, str]:
    """A unit as the labels have it: its name, the factor to its amounts, and the time of its rate.

    >>> scored("USD billion per month")
    ('USD', 1000000000.0, 'month')
    """
    plain, _, time = unit.partition(" per ") if not unit.startswith("per ") else ("", "", unit[4:])
    name, _, size = plain.partition(" ")
    if name.isupper() and (not size or size in _SIZES):
        return name, _SIZES.get(size, 1.0), time
    if plain == "share":
        return "percent", 100.0, time
    return _labelled().get(plain, "other"), 1.0, time


@cache
def _labelled() -> dict[str, str]:
    return {unit: label for label, units in words.table("scored").items() for unit in units}


def _unit(pair: _Pair) -> tuple[bool, str, str]:
    wanted, got = str(pair.label["unit"]), scored(pair.read.unit)[0]
    return _coarse(wanted) == _coarse(got), wanted, got


def _coarse(unit: str) -> str:
    """Missiles and interceptors, systems and batteries are told apart by the noun alone, and are taken as one here."""
    return {"interceptors": "missiles", "batteries": "systems"}.get(unit, unit)


def _bound(pair: _Pair) -> tuple[bool, str, str]:
    wanted = ", ".join(name for name in ("value", "low", "high") if pair.label[name] is not None)
    got = ", ".join(name for name in ("value", "low", "high") if getattr(pair.read, name) is not None)
    return wanted == got, wanted, got


def _rate(pair: _Pair) -> tuple[bool, str, str]:
    wanted, got = str(pair.label["per"] or ""), scored(pair.read.unit)[2]
    return wanted == got, wanted, got


def _speaker(pair: _Pair) -> tuple[bool, str, str]:
    wanted, got = str(pair.label["speaker"] or ""), pair.read.speaker
    return same_speaker(wanted, got), wanted, got


def same_speaker(one: str, other: str) -> bool:
    """Whether two speakers are one: the same words in the main, without articles and endings, in one spelling; nobody
    only with nobody.
    """
    first, second = (
        {re.sub(r"(?:'s|s)$", "", word) for word in re.findall(r"[^\W_]+(?:'s)?", canonical(name).lower())}
        - {"the", "a", "an", "of"}
        for name in (one, other)
    )
    if not first or not second:
        return first == second
    shared = len(first & second)
    return shared / min(len(first), len(second)) > _TOKENS_ALIKE or first <= second or second <= first


def _said_on(pair: _Pair) -> tuple[bool, str, str]:
    wanted, got = str(pair.label["said_on"] or ""), pair.read.said_on
    return wanted == got, wanted, got


def _refers_to(pair: _Pair) -> tuple[bool, str, str]:
    wanted, got = str(pair.label["refers_to"] or ""), pair.read.about
    return wanted == got, wanted, got


_JUDGES: Final[Mapping[str, Callable[[_Pair], tuple[bool, str, str]]]] = {
    "unit": _unit,
    "bound": _bound,
    "rate": _rate,
    "speaker": _speaker,
    "said_on": _said_on,
    "refers_to": _refers_to,
}


def _judged(
    name: str, judge: Callable[[_Pair], tuple[bool, str, str]], pairs: Sequence[_Pair]
) -> tuple[Share, list[Miss]]:
    told = [(pair, judge(pair)) for pair in pairs]
    wrong = [
        Miss(name, Path(pair.read.file).name, f"{_wanted(pair.label)}: {wanted}", got, pair.read.sentence)
        for pair, (right, wanted, got) in told
        if not right
    ]
    return Share(name, len(told) - len(wrong), len(told)), wrong


def _dates(shares: Sequence[Share], pairs: Sequence[_Pair]) -> list[Share]:
    """Both dates of a claim together, the day of saying and the time that it is about; then those that are labelled
    alone.
    """
    both = [one for one in shares if one.name in ("said_on", "refers_to")]
    told = [
        judge(pair)[0]
        for name, judge in _JUDGES.items()
        if name in ("said_on", "refers_to")
        for pair in pairs
        if pair.label[name]
    ]
    return [
        Share("dates", sum(one.right for one in both), sum(one.of for one in both)),
        Share("dated", sum(told), len(told)),
    ]


def _stories(labels: Sequence[Label], read: Mapping[str, str]) -> list[Share]:
    """Pairs of texts of one story that were joined, and pairs of two stories that were not."""
    told = [(row["group"], read[row["file"]]) for row in labels if row["file"] in read]
    count: Counter[tuple[bool, bool]] = Counter()
    for (story, group), (other_story, other_group) in combinations(told, 2):
        count[story is not None and story == other_story, group == other_group] += 1
    return [
        Share("one story joined", count[True, True], count[True, True] + count[True, False]),
        Share("two stories kept apart", count[False, False], count[False, False] + count[False, True]),
    ]


def _wanted(label: Label) -> str:
    return (
        " ".join(f"{name} {label[name]:g}" for name in ("value", "low", "high") if label[name] is not None)
        + f" {label['unit']}"
    )


def _said(claim: Candidate) -> str:
    return f"{claim.words} ({', '.join(f'{number:g}' for number in claim.numbers)} {claim.unit})"
