"""Checks of what a scenario chooses and asks for: batteries, supply, pauses, tempo, outcomes, reports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from vallum import terms
from vallum.scenario import paths
from vallum.scenario.checking import (
    Check,
    check_month,
    day_number,
    inside,
    named_day,
    not_after_end,
    within_or_across,
)
from vallum.scenario.paths import Keys
from vallum.scenario.quantity import When
from vallum.scenario.schema import Line, Pause, Post, Wish

#: Scopes of an outcome besides the name of an asset.
SCOPES: Final = ("anywhere", "national")
#: No reason, but an outcome of its own: missed with fewer shots than the doctrine asks (rule E10).
THIN: Final = "thin"


def _batteries(check: Check) -> None:
    keys: Keys = ("choices", "batteries")
    check.all_known("system", keys, check.schema.choices.batteries)
    for name, posts in check.schema.choices.batteries.items():
        for index, post in enumerate(posts if isinstance(posts, list) else []):
            _post(check, (*keys, name, index), post)
    check.all_known("interceptor", ("choices", "stock"), check.schema.choices.stock)


def _post(check: Check, keys: Keys, post: Post) -> None:
    check.known("asset", (*keys, "site"), post.site)
    if post.start is not None:
        not_after_end(check, (*keys, "from"), day_number(check, post.start))


def _supply(check: Check) -> None:
    for name, line in check.schema.choices.supply.items():
        keys: Keys = ("choices", "supply", name)
        if line.interceptor is not None:
            check.known("interceptor", (*keys, "interceptor"), line.interceptor)
        if line.system is not None and check.known("system", (*keys, "system"), line.system):
            _can_land(check, (*keys, "system"), line.system)
        for index, delivery in enumerate(line.deliveries):
            inside(check, (*keys, "deliveries", index, "on"), day_number(check, delivery.on))
        for index, order in enumerate(line.orders):
            not_after_end(check, (*keys, "orders", index, "on"), day_number(check, order.on))
        within_or_across(check, keys, line.start, line.to)
        _output(check, keys, line)
        if line.fund is not None:
            _known(check, "fund", (*keys, "fund"), line.fund, check.names("choices", "funds"))


def _can_land(check: Check, keys: Keys, system: str) -> None:
    made = check.schema.fixed.systems.get(system)
    if made is not None and made.kind == "soft":
        way_out = f"give choices.batteries.{system}: [{{site, from}}]"
        check.say(keys, f"{system} is a soft layer, which stands or does not: no number of it lands; {way_out}")


def _output(check: Check, keys: Keys, line: Line) -> None:
    """Dates of what is made, and of who else wants it (S1, S4)."""
    begins = line.signed if line.start is None else line.start
    not_after_end(check, (*keys, "signed"), day_number(check, line.signed))
    if line.ramp is not None and line.ramp.reach is not None:
        _after(check, (*keys, "ramp", "reach"), begins, line.ramp.reach)
    if line.signed is not None and line.to is not None:
        _after(check, (*keys, "to"), line.signed, line.to)
    for name, rival in line.rivals.items():
        within_or_across(check, (*keys, "rivals", name), rival.start, rival.to)
        for surge_name, surge in rival.surges.items():
            within_or_across(check, (*keys, "rivals", name, "surges", surge_name), surge.start, surge.to)


def _after(check: Check, keys: Keys, begins: When | None, ends: When) -> None:
    first, last = day_number(check, begins), day_number(check, ends)
    if first is not None and last is not None and last < first:
        check.say(keys, f"{named_day(check, last)} is before the line begins, {named_day(check, first)}")


def _funds(check: Check) -> None:
    for name, fund in check.schema.choices.funds.items():
        keys: Keys = ("choices", "funds", name)
        within_or_across(check, keys, fund.start, fund.to)
        for month in fund.monthly:
            check_month(check, (*keys, "monthly", month), month)


def _pauses(check: Check) -> None:
    donors = [line.donor for line in check.schema.choices.supply.values() if line.donor is not None]
    for name, pause in check.schema.choices.pauses.items():
        keys: Keys = ("choices", "pauses", name)
        if pause.donor is not None and pause.donor not in _raw_donors(check):
            _known(check, "donor", (*keys, "donor"), pause.donor, donors, "no supply line has a donor")
        if pause.line is not None:
            _paused_line(check, keys, pause)
        within_or_across(check, keys, pause.start, pause.to)


def _paused_line(check: Check, keys: Keys, pause: Pause) -> None:
    lines = check.schema.choices.supply
    if not _known(check, "supply line", (*keys, "line"), str(pause.line), check.names("choices", "supply")):
        return
    giver = lines[str(pause.line)].donor or pause.line if pause.line in lines else pause.donor
    if pause.donor is not None and pause.donor != giver:
        told = f"{pause.line} is a line of {giver}, not of {pause.donor}: the pause stops nothing"
        check.say((*keys, "line"), f"{told}; take out donor or line")


def _known(check: Check, kind: str, keys: Keys, name: str, names: Iterable[str], none: str = "") -> bool:
    """Check that a name is one of those given."""
    listed = sorted(set(names))
    if name in listed:
        return True
    known = f"; known: {', '.join(listed)}" if listed else f"; {none or f'the scenario has no {kind}'}"
    near = paths.nearest(name, listed)
    check.say(keys, f"unknown {kind} {name}{known}" + (f"; did you mean {near}?" if near else ""))
    return False


def _raw_donors(check: Check) -> list[str]:
    lines = paths.look(check.data, ("choices", "supply"))[1]
    lines = lines.values() if isinstance(lines, Mapping) else ()
    return [str(line.get("donor")) for line in lines if isinstance(line, Mapping)]


def _tempo(check: Check) -> None:
    for class_, factors in check.schema.choices.tempo.items():
        keys: Keys = ("choices", "tempo", class_)
        check.known("class", keys, class_)
        for index, part in enumerate(factors if isinstance(factors, list) else []):
            within_or_across(check, (*keys, index), part.start, part.to)
    ceasefire = check.schema.choices.ceasefire
    if ceasefire is not None:
        within_or_across(check, ("choices", "ceasefire"), ceasefire.start, ceasefire.to)


# ---- outcomes and what was reported ----


def _outcomes(check: Check) -> None:
    for index, wish in enumerate(check.schema.outcomes):
        keys: Keys = ("outcomes", index)
        if wish.threat_class is not None:
            check.known("class", (*keys, "class"), wish.threat_class)
        if wish.asset is not None:
            check.known("asset", (*keys, "asset"), wish.asset)
        if wish.type is not None:
            check.known("interceptor", (*keys, "type"), wish.type)
        _scope(check, (*keys, "scope"), wish.scope)
        _reason(check, (*keys, "reason"), wish.reason)
        inside(check, (*keys, "by"), day_number(check, wish.by))
        if wish.by is not None and wish.name not in terms.DAYS:
            told = f"{wish.name} is no day, so it is not there by a date"
            check.say((*keys, "by"), f"{told}; days are: {', '.join(terms.DAYS)}")
        _by_place(check, keys, wish)
    _one_size(check)


def _by_place(check: Check, keys: Keys, wish: Wish) -> None:
    """Refuse outcomes by place of a live theatre (scope)."""
    placed = wish.asset is not None or wish.scope in check.names("fixed", "assets")
    if check.schema.live and placed:
        check.say(keys, "the theatre is live: no outcome is told by place; ask for the country, or set live: false")


def _one_size(check: Check) -> None:
    """Check that all wishes for massed raids name one size: a run counts one (O)."""
    asked = [(index, wish) for index, wish in enumerate(check.schema.outcomes) if wish.name in terms.MASSED]
    for index, wish in asked[1:]:
        first = asked[0][1]
        if wish.k != first.k:
            told = f"{wish.name} asks for {wish.k} threats, and outcomes.{asked[0][0]} for {first.k}"
            check.say(("outcomes", index, "k"), f"{told}; a run counts one size: run the other by itself")
    for index, wish in enumerate(check.schema.outcomes):
        if "k" in wish.model_fields_set and wish.name not in terms.MASSED:
            check.say(("outcomes", index, "k"), f"is the size of {terms.MASSED[0]}; {wish.name} has none")


def _scope(check: Check, keys: Keys, scope: str | None) -> None:
    if scope is not None and scope not in SCOPES and scope not in check.names("fixed", "assets"):
        names = [*SCOPES, *check.names("fixed", "assets")]
        check.say(keys, f"unknown scope {scope}" + paths.hint(scope, names))


def _reason(check: Check, keys: Keys, reason: str | None) -> None:
    if reason == THIN:
        check.say(keys, "thin is no reason but an outcome of its own; ask for name: thin")
    elif reason is not None and reason not in terms.REASONS:
        check.say(keys, f"unknown reason {reason}" + paths.hint(reason, terms.REASONS))


def _reported(check: Check) -> None:
    for index, event in enumerate(check.schema.reported):
        keys: Keys = ("reported", index)
        if event.threat_class is not None:
            check.known("class", (*keys, "class"), event.threat_class)
        if event.month is not None:
            check_month(check, (*keys, "month"), event.month)
        if event.at_least is not None and event.at_most is not None and event.at_least > event.at_most:
            check.say(keys, f"at_least <= at_most does not hold: {event.at_least:g}, {event.at_most:g}")
        inside(check, (*keys, "by"), day_number(check, event.by))


CHECKS: Final = (_batteries, _supply, _funds, _pauses, _tempo, _outcomes, _reported)
