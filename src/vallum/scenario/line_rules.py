"""What a supply line of each kind needs, may have and refuses (S1, S4), in words for the user."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vallum.scenario.schema import Line, Ramp

#: How a kind of line is called, the keys that it needs and those that it may have besides.
KINDS: Final[dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]]] = {
    "delivery": ("a delivery line", ("deliveries",), ()),
    "stream": ("a stream", ("per_month",), ("from", "to")),
    "purchase": ("a purchase", ("orders", "lead", "unit_price", "fund"), ("unpaid",)),
    "production": ("a production line", ("from", "ramp"), ("to",)),
    "licence": ("a licence", ("signed", "lag", "ramp"), ("lacks", "to")),
}
#: Keys of every line, and those of a line whose output is made and divided (production, licence).
EVERY_LINE: Final = ("kind", "interceptor", "system", "donor", "stops")
DIVIDED: Final = ("share", "rank", "ordered_per_month", "rivals")
#: How a key that is missing is written.
WRITTEN: Final = {
    "deliveries": "deliveries: [{on, quantity}]",
    "orders": "orders: [{on, quantity}]",
    "lead": "lead: {days: N} or {months: N}",
    "lag": "lag: {days: N} or {months: N}",
    "ramp": "ramp: {start, per}",
    "unit_price": "unit_price, in USD million",
    "fund": "fund, one of choices.funds",
    "from": "from, the day on which its first period begins",
}


def whole_line(line: Line) -> None:
    """Check the keys of a line against its kind; ValueError says what is wrong."""
    if line.interceptor is not None and line.system is not None:
        raise ValueError("delivers both an interceptor and a system; a line delivers one of them")
    called, needed, besides = KINDS[line.kind]
    for key in needed:
        if not getattr(line, "start" if key == "from" else key):
            raise ValueError(f"{called} needs {WRITTEN.get(key, key)}")
    allowed = {*EVERY_LINE, *needed, *besides, *(DIVIDED if "ramp" in needed else ())}
    for key in sorted("from" if name == "start" else name for name in line.model_fields_set):
        if key not in allowed:
            raise ValueError(f"{called} takes no {key}; it belongs to {_owners(key)}")
    for problem in _division(line):
        raise ValueError(problem)


def _owners(key: str) -> str:
    kinds = [kind for kind, (_, needed, besides) in KINDS.items() if key in (*needed, *besides)]
    return ", ".join(kinds or [kind for kind, (_, needed, _) in KINDS.items() if "ramp" in needed])


def _division(line: Line) -> Iterator[str]:
    """A line is divided by share or by rank, and nobody stands where we stand (S4)."""
    ranked = [name for name, rival in line.rivals.items() if rival.rank is not None]
    if line.share is not None and line.rank is not None:
        yield "has share and rank; a line is divided by one of them"
    for name, rival in line.rivals.items():
        if (rival.share is None) == (rival.rank is None):
            yield f"rival {name} needs either share or rank"
        if rival.share is not None and {"per_month", "start", "to"} & rival.model_fields_set:
            yield f"rival {name} has a share of what is made; per_month, from and to belong to a rival with a rank"
        for surge_name, surge in rival.surges.items():
            if surge.rank is not None and rival.rank is None:
                yield f"rival {name}: surge {surge_name} has a rank, but {name} has a share; surges go before shares"
            if surge.rank is not None and surge.rank == line.rank:
                yield f"rival {name}: surge {surge_name} has our rank {line.rank}; one of the two goes first"
        if line.rank is not None and rival.rank == line.rank:
            yield f"rival {name} has our rank {line.rank}; one of the two goes first"
    if ranked and line.rank is None:
        yield f"needs our rank beside that of {', '.join(ranked)}"
    if line.rank is not None and len(ranked) < len(line.rivals):
        yield "is divided by rank, but not every rival has a rank"
    yield from _shares(line)


def _shares(line: Line) -> Iterator[str]:
    given = [line.share, *(rival.share for rival in line.rivals.values())]
    total = sum(share.value for share in given if share is not None and share.value is not None)
    if total > 1.0 + 1e-9:
        yield f"shares out {total:g} of what is made; the shares of all customers make 1 at most"


def whole_ramp(ramp: Ramp) -> None:
    """Check that a ramp says how it climbs, once; ValueError says what is wrong."""
    ends = [given for given in (ramp.reach, ramp.over) if given is not None]
    if ramp.shape == "learning":
        _learns(ramp)
    elif ramp.learning is not None or ramp.theory is not None:
        raise ValueError("learning and theory belong to shape learning")
    elif ramp.increment is not None:
        if ramp.shape == "s_curve" or ends:
            raise ValueError("increment belongs to shape linear, without reach and over")
    elif ramp.target is None and (ends or ramp.shape == "s_curve"):
        raise ValueError(f"a ramp of shape {ramp.shape} with an end needs target")
    elif ramp.target is not None and len(ends) != 1:
        raise ValueError("target needs one of reach: DAY, over: {months: N} and increment")


def _learns(ramp: Ramp) -> None:
    if ramp.learning is None:
        raise ValueError("shape learning needs learning: what each doubling leaves of the cost, such as 0.9")
    if ramp.increment is not None or ramp.reach is not None or ramp.over is not None:
        raise ValueError("shape learning takes no increment, reach or over; learning sets the pace")
    if ramp.learning.value == 0:
        raise ValueError("learning is 0; allowed: above 0, up to 1")
    if ramp.start.value == 0:
        raise ValueError("shape learning needs a start above 0: each step has the effort of the first one's rounds")
