"""Checks of what a scenario holds fixed: assets, classes, interceptors, systems, raids, doctrine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, Final

from vallum import terms
from vallum.scenario import trail
from vallum.scenario.cast import Cast
from vallum.scenario.check_uncertain import span
from vallum.scenario.checking import Check, check_month, day_number, not_after_end
from vallum.scenario.document import Problem
from vallum.scenario.paths import Keys
from vallum.scenario.quantity import Quantity
from vallum.scenario.schema import Asset, Change, Interceptor, RaidsADay, Size, System

_MONTHS_A_YEAR: Final = 12


def _calendar(check: Check) -> None:
    fixed = check.schema.fixed
    try:
        fixed.start + timedelta(days=fixed.days)
    except OverflowError:
        check.say(("fixed", "start"), f"{fixed.start} is too late for a campaign of {fixed.days} days")


def _assets(check: Check) -> None:
    fixed = check.schema.fixed
    reach = any(system.radius for system in fixed.systems.values())
    for name, asset in fixed.assets.items():
        keys: Keys = ("fixed", "assets", name)
        if (asset.lat is None) != (asset.lon is None):
            check.say(keys, "has one of lat and lon; give both")
        elif reach and len(fixed.assets) > 1 and not _placed(asset):
            check.say(
                keys,
                "has neither lat and lon nor coverage, but systems have a radius and there are other assets",
            )
        if asset.coverage is not None:
            _coverage(check, (*keys, "coverage"), asset.coverage)
        for part in ("population", "weight"):
            _the_same_for_all(check, (*keys, part), getattr(asset, part))


def _the_same_for_all(check: Check, keys: Keys, given: Quantity | None) -> None:
    """Check that a number is one that all futures share: a place or the size of a magazine hangs on it (W1, W4)."""
    name = None if given is None else given.name
    ends = span(check.schema.uncertain[name]) if name in check.schema.uncertain else None
    if name is not None and ends is not None and ends[0] < ends[1]:
        told = f"{name} is uncertain, from {ends[0]:g} to {ends[1]:g} (uncertain.{name})"
        check.say(keys, f"{told}; this number is the same in all futures: give one, or uncertain.{name}=NUMBER")


def _placed(asset: Asset) -> bool:
    return asset.lat is not None or asset.coverage is not None


def _coverage(check: Check, keys: Keys, name: str) -> None:
    problem = trail.coverage_problem(name)
    if problem is not None:
        check.say(keys, problem)


def _classes(check: Check) -> None:
    for name, threat in check.schema.fixed.classes.items():
        if threat.yearly_range is not None:
            low, high = threat.yearly_range.low.value, threat.yearly_range.high.value
            if low is not None and high is not None and low > high:
                keys = ("fixed", "classes", name, "yearly_range")
                check.say(keys, f"low <= high does not hold: {low:g}, {high:g}")


def _interceptors(check: Check) -> None:
    for name, interceptor in check.schema.fixed.interceptors.items():
        keys: Keys = ("fixed", "interceptors", name, "kill")
        check.all_known("class", keys, interceptor.kill)
        for class_, kill in interceptor.kill.items():
            _dated(check, (*keys, class_), kill)


def _dated(check: Check, keys: Keys, given: object) -> None:
    """Check the dates of a probability that changes (K3); any other way of giving it passes."""
    if not isinstance(given, list):
        return
    starts = [change.start for change in given if isinstance(change, Change)]
    if not starts:
        check.say(keys, "is an empty list; give a value or [{from, value}]")
    days = [day_number(check, start) for start in starts]
    for index, day in enumerate(days):
        not_after_end(check, (*keys, index, "from"), day)
    known = [day for day in days if day is not None]
    if known != sorted(set(known)):
        check.say(keys, "the dates do not go forward")


def _systems(check: Check) -> None:
    for name, system in check.schema.fixed.systems.items():
        keys: Keys = ("fixed", "systems", name)
        for part in ("radius", "track", "success"):
            given = getattr(system, part)
            by_class = given if isinstance(given, dict) else {}
            check.all_known("class", (*keys, part), by_class)
            for class_, changes in by_class.items():
                _dated(check, (*keys, part, class_), changes)
        _dated(check, (*keys, "track"), system.track)
        _dated(check, (*keys, "reliability"), system.reliability)
        for part in ("per_launcher", "reload", "launchers"):
            given = getattr(system, part)
            check.all_known("interceptor", (*keys, part), given if isinstance(given, dict) else ())
        _idle(check, keys, system)
        _magazine(check, keys, system)


#: Keys that only one kind of system reads, and why others cannot have them (W4, E2, E9, E11).
_OF_BATTERIES: Final = {
    **dict.fromkeys(("launchers", "per_launcher", "reload", "reload_rate"), "has no magazine"),
    "radius": "has no place; it protects every asset",
    "channels": "has no channels; a team takes capacity",
    **dict.fromkeys(("loss", "lost"), "is never lost"),
}


def _idle(check: Check, keys: Keys, system: System) -> None:
    """Refuse what a kind of system would not read."""
    given = [name for name in type(system).model_fields if name in system.model_fields_set]
    for name in given:
        if system.kind != "battery" and name in _OF_BATTERIES:
            check.say((*keys, name), f"a {system.kind} layer {_OF_BATTERIES[name]}; take it out, or set kind: battery")
        elif system.kind == "battery" and name in ("success", "capacity"):
            check.say((*keys, name), "a battery fires interceptors; take it out, or set kind: soft or kind: team")
        elif system.kind == "soft" and name == "capacity":
            check.say((*keys, name), "a soft layer has no limit; take it out, or set kind: team")


def _magazine(check: Check, keys: Keys, system: System) -> None:
    if system.kind != "battery":
        return
    for part in ("launchers", "per_launcher", "reload"):
        given = getattr(system, part)
        parts = {(): given} if not isinstance(given, dict) else {(name,): value for name, value in given.items()}
        for inner, quantity in parts.items():
            _the_same_for_all(check, (*keys, part, *inner), quantity)
    if not system.per_launcher:
        return
    if system.launchers is None:
        check.say(keys, "has per_launcher, but no launchers; say how many launchers a battery has")
    elif isinstance(system.launchers, dict):
        for name in sorted(set(system.per_launcher) - set(system.launchers)):
            check.say((*keys, "launchers"), f"leaves out {name}, which per_launcher has")
    elif len(system.per_launcher) > 1:
        types = ", ".join(f"{name}: N" for name in system.per_launcher)
        check.say((*keys, "launchers"), f"is one number for several types; say how many carry each: {{{types}}}")


# ---- what comes ----

_SIZE_NEEDS: Final = {
    "fixed": ("n",),
    "table": ("values", "weights"),
    "poisson": ("mean",),
    "geometric": ("mean",),
    "negative_binomial": ("mean", "dispersion"),
    "bernoulli": ("p",),
}


def _raids(check: Check) -> None:
    raids = check.schema.fixed.raids
    keys: Keys = ("fixed", "raids")
    check.all_known("class", (*keys, "size"), raids.size)
    check.all_known("class", (*keys, "classes"), raids.classes)
    check.all_known("class", (*keys, "targets"), raids.targets)
    for class_, weights in raids.targets.items():
        check.all_known("asset", (*keys, "targets", class_), weights)
    for class_, size in raids.size.items():
        _law(check, (*keys, "size", class_), size)
    if raids.raids_a_day is not None:
        _law(check, (*keys, "raids_a_day"), raids.raids_a_day)
    _raids_complete(check, keys)
    _intensities(check, (*keys, "classes"))


def _raids_complete(check: Check, keys: Keys) -> None:
    raids = check.schema.fixed.raids
    if raids.kind == "law" and not raids.size:
        check.say(keys, "kind law needs size: {CLASS: {kind, ...}}")
    if raids.kind == "parametric" and not raids.classes:
        check.say(keys, "kind parametric needs classes: {CLASS: {mean or monthly, dispersion}}")
    if raids.kind not in ("replay", "resample"):
        return
    if raids.path is None:
        check.say(
            keys,
            f"kind {raids.kind} needs path, a night table (CSV: night, class, launched), or path: sample",
        )
    elif check.night_table is None or not check.night_table.is_file():
        check.say(
            (*keys, "path"),
            f"{raids.path}: there is no such night table; the path is relative to the scenario",
        )


def _law(check: Check, keys: Keys, law: Size | RaidsADay) -> None:
    for need in _SIZE_NEEDS[law.kind]:
        if law.kind == "fixed" or need != "n":
            given = getattr(law, need)
            if given is None:
                check.say(keys, f"kind {law.kind} needs {need}")
    if isinstance(law, Size):
        _table(check, keys, law)
        mean = law.mean.value if law.mean else None
        if law.kind == "geometric" and mean is not None and mean < 1:
            check.say((*keys, "mean"), f"{mean:g} is out of range; a geometric size has mean 1 or more")


def _table(check: Check, keys: Keys, size: Size) -> None:
    values, weights = size.values, size.weights
    if size.kind != "table" or values is None or weights is None:
        return
    if len(values) != len(weights) or not values:
        check.say(keys, f"values and weights have {len(values)} and {len(weights)} entries; they go in pairs")
    if any(value < 0 for value in values):
        check.say((*keys, "values"), "a size is negative; allowed: 0 or more")
    if any(weight < 0 for weight in weights) or (weights and not sum(weights) > 0):
        check.say((*keys, "weights"), "weights are 0 or more, and not all 0")


def _intensities(check: Check, keys: Keys) -> None:
    for class_, intensity in check.schema.fixed.raids.classes.items():
        if intensity.mean is None and not intensity.monthly:
            check.say((*keys, class_), "needs mean or monthly")
        for month in intensity.monthly:
            check_month(check, (*keys, class_, "monthly", month), month)
        peak = (intensity.season or {}).get("peak_month")
        if peak is not None and peak.value is not None and not 0 <= peak.value <= _MONTHS_A_YEAR:
            check.say((*keys, class_, "season", "peak_month"), f"{peak.value:g} is out of range; allowed: 0..12")


# ---- how the defence fights ----
def _doctrine(check: Check) -> None:
    doctrine = check.schema.fixed.doctrine
    keys: Keys = ("fixed", "doctrine")
    if "priority" in check.names("fixed", "doctrine"):
        _priority(check, (*keys, "priority"), doctrine.priority)
    _layers(check, (*keys, "layers"), doctrine.layers)
    _salvos(check, (*keys, "salvos"))
    _loads(check, (*keys, "loads"))
    _reserve(check, (*keys, "reserve"))
    if doctrine.magazine == "pooled":
        for index, wish in enumerate(check.schema.outcomes):
            if wish.name == "eight_and_none":
                why = "with a pooled magazine no site runs dry by itself; set fixed.doctrine.magazine=split"
                check.say(("outcomes", index), f"eight_and_none is refused: {why}")


def _priority(check: Check, keys: Keys, classes: list[str]) -> None:
    if tuple(classes) == terms.PRIORITY:
        return
    for index, name in enumerate(classes):
        check.known("class", (*keys, index), name)
    for name in _repeated(classes):
        check.say(keys, f"names {name} twice")


def _repeated(names: Iterable[str]) -> list[str]:
    return [name for name, count in Counter(names).items() if count > 1]


def _layers(check: Check, keys: Keys, layers: Mapping[str, list[str]] | None) -> None:
    if layers is None:
        return
    home: dict[str, str] = {}
    for layer, systems in layers.items():
        if not systems:
            check.say((*keys, layer), "has no system; name one, or take the layer out")
        for index, system in enumerate(systems):
            check.known("system", (*keys, layer, index), system)
        for system in _repeated(systems):
            check.say((*keys, layer), f"names {system} twice")
        _one_kind(check, (*keys, layer), systems)
        _one_mind(check, (*keys, layer), layer)
        for system in dict.fromkeys(systems):
            if system in home:
                check.say((*keys, layer), f"{system} is in layer {home[system]} already; a system is in one layer")
            home.setdefault(system, layer)
    for system in sorted(set(check.names("fixed", "systems")) - set(home)):
        check.warnings.append(Problem(keys, f"{system} is in no layer and never fights"))


def _one_kind(check: Check, keys: Keys, systems: list[str]) -> None:
    made = check.schema.fixed.systems
    kinds = sorted({made[system].kind for system in systems if system in made})
    if len(kinds) > 1:
        check.say(keys, f"mixes the kinds {', '.join(kinds)}; a layer has systems of one kind")


def _one_mind(check: Check, keys: Keys, layer: str) -> None:
    """Warn where the systems of a layer differ in what a layer has once, and say what then holds (E1b)."""
    fixed = check.schema.fixed
    if not set((fixed.doctrine.layers or {})[layer]) <= set(fixed.systems):
        return
    cast = Cast(fixed, check.schema.choices, {})
    for name in fixed.classes:
        systems = cast.engaging(layer, name)
        told: dict[str, list[Any]] = {
            "track": [_said(fixed.systems[system].track_of(name)) for system in systems],
            "success": [_said(fixed.systems[system].success.get(name)) for system in systems],
            "salvos": [fixed.doctrine.salvos.get(system, {}).get(name, [1]) for system in systems],
        }
        if name in fixed.doctrine.salvos.get(layer, {}):
            del told["salvos"]
        for what, values in told.items():
            if all(value == values[0] for value in values):
                continue
            said = f"{', '.join(systems)} differ in {what} against {name}, which a layer has once"
            holds, way_out = f"that of {systems[0]} holds", "give each a layer of its own"
            if what == "salvos":
                holds = f"{list(cast.salvo(layer, name))} holds"
                way_out = f"say fixed.doctrine.salvos.{layer}.{name}, or {way_out}"
            check.warnings.append(Problem(keys, f"{said}: {holds} for all; {way_out}"))


def _said(given: Quantity | list[Change] | None) -> object:
    """What a probability says, whoever says it."""
    if isinstance(given, list):
        return [(change.start, change.value.said) for change in given]
    return None if given is None else given.said


def _system_or_layer(check: Check, keys: Keys, name: str) -> None:
    if name not in (check.schema.fixed.doctrine.layers or {}):
        check.known("system", (*keys, name), name)


def _salvos(check: Check, keys: Keys) -> None:
    for name, by_class in check.schema.fixed.doctrine.salvos.items():
        _system_or_layer(check, keys, name)
        check.all_known("class", (*keys, name), by_class)
        for class_, shots in by_class.items():
            if not sum(shots):
                check.say(
                    (*keys, name, class_),
                    f"{shots} fires nothing; give shots per look, such as [2] or [1, 1]",
                )


def _loads(check: Check, keys: Keys) -> None:
    for name, by_class in check.schema.fixed.doctrine.loads.items():
        check.known("system", (*keys, name), name)
        check.all_known("class", (*keys, name), by_class)
        for class_, types in by_class.items():
            for index, type_ in enumerate(types):
                inner = (*keys, name, class_, index)
                if check.known("interceptor", inner, type_):
                    _can_be_fired(check, inner, name, class_, type_)


def _can_be_fired(check: Check, keys: Keys, system: str, class_: str, type_: str) -> None:
    interceptor = check.schema.fixed.interceptors.get(type_)
    if isinstance(interceptor, Interceptor) and class_ not in interceptor.kill:
        check.say(keys, f"{type_} has no kill probability against {class_}; it cannot be loaded for it")
    carried = check.schema.fixed.systems.get(system)
    if carried is not None and carried.per_launcher and type_ not in carried.per_launcher:
        check.say(keys, f"{system} does not carry {type_} (per_launcher: {', '.join(carried.per_launcher)})")


def _reserve(check: Check, keys: Keys) -> None:
    for name, by_class in check.schema.fixed.doctrine.reserve.items():
        check.known("system", (*keys, name), name)
        check.all_known("class", (*keys, name), by_class)
        for class_, kept in by_class.items():
            if isinstance(kept, dict):
                check.all_known("interceptor", (*keys, name, class_), kept)


CHECKS: Final = (_calendar, _assets, _classes, _interceptors, _systems, _raids, _doctrine)
