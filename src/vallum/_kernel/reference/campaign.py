"""The campaign of each future: mornings, nights, and stocks at midnight (C1, C2, O)."""

from __future__ import annotations

from typing import Final

from vallum._kernel.problem import ABSENT, FIT, UNFIT, UNTIL, Problem, Tally, blank_tally
from vallum._kernel.reference.defence import Future, Magazine, future_of
from vallum._kernel.reference.engagement import fight_threats, open_eyes
from vallum._kernel.reference.groups import fight_group
from vallum._kernel.reference.morning import morning, open_campaign
from vallum._kernel.reference.night import Attack, Night
from vallum._kernel.reference.settlement import settle
from vallum.dice import fold, word

RAIDS: Final = word("raids")


def nights(problem: Problem) -> Tally:
    """Fight every future of the block and return what happened in each.

    Rules W, R3, R4, E1-E11, S5, C1, C2, W6 and O; slots of chance as `problem` states them (F3).
    """
    tally = blank_tally(problem)
    for f in range(len(problem.chains)):
        campaign(future_of(problem, tally, f))
    return tally


def campaign(future: Future) -> None:
    """Fight one future from the first day to the last (C1)."""
    open_campaign(future)
    count_stock(future, midnight=0)
    for day in range(len(future.arrivals)):
        chain = fold(future.chain, day)
        morning(future, day, chain)
        note_evening(future, day)
        fight_night(Night(future, day, chain, future.enter_era(day)))
        count_stock(future, midnight=day + 1)
    count_people(future)


def fight_night(night: Night) -> None:
    """Fight the raids of a night in turn, wave by wave, class by class (E1)."""
    future, problem = night.future, night.future.problem
    for layer in future.layers:
        layer.treated = 0
    first, end = future.first_raids[night.day : night.day + 2]
    for row in range(first, end):
        launched = problem.raid_counts[row].tolist()
        raid = fold(fold(night.chain, RAIDS), row - first)
        for wave in range(problem.waves):
            fight_wave(night, raid, launched, wave)
        future.tally.day_launched[night.day] += launched
    for c in range(len(future.classes)):
        close_class(night, c)


def fight_wave(night: Night, raid: int, launched: list[int], wave: int) -> None:
    """Fight one wave: channels renew, eyes open, classes come by priority (E1, E2, E8)."""
    open_eyes(night, raid, wave)
    for c in night.future.problem.priority.tolist():
        attack = night.future.classes[c]
        chain = fold(raid, attack.word)
        if launched[c] == 0:
            continue
        if attack.followed:
            settle(night, attack, fight_threats(night, attack, chain, launched[c], wave))
        else:
            fight_group(night, attack, chain, launched[c], wave)


def close_class(night: Night, c: int) -> None:
    """Fold the night of one class into the outcomes (O)."""
    tally, assets = night.future.tally, range(len(night.future.assets))
    if tally.day_dry[night.day, c] > 0:
        note_dry(night, c)
    attacks = [night.attacks[asset, c] for asset in assets]
    for asset, attack in enumerate(attacks):
        close_asset(night, c, asset, attack)
    if any(attack.real > 0 for attack in attacks):
        tally.raid_nights[c] += 1
        tally.clean_nights[c] += int(all(attack.leaked == 0 for attack in attacks))
    tally.massed_dry[c] += int(is_massed_dry(night, c))


def note_dry(night: Night, c: int) -> None:
    """Count a night with a dry leaker, and note the first: anywhere, and with no round left to fire (O)."""
    tally = night.future.tally
    tally.dry_nights[c] += 1
    tally.first_dry[c] = min(tally.first_dry[c], night.day)
    if rounds_for(night.future, c) == 0:
        tally.first_dry_national[c] = min(tally.first_dry_national[c], night.day)


def rounds_for(future: Future, c: int) -> int:
    """Rounds anywhere in the country of a type that some system may fire at class c."""
    of_class = future.problem.loads[:, c].tolist()
    types = [t for t in range(len(future.depot)) if any(t in loads for loads in of_class)]
    return sum(in_country(future, t) for t in types)


def in_country(future: Future, t: int) -> int:
    """Rounds of type t in the depot, in magazines and on the way to them."""
    return future.depot[t] + sum(magazine.held(t) for magazine in future.magazines)


def close_asset(night: Night, c: int, asset: int, attack: Attack) -> None:
    """Count a night of an asset as attacked and as spared, and note its first dry leaker (O)."""
    future, tally = night.future, night.future.tally
    if attack.real > 0:
        future.attacked[asset, c] += 1
        future.spared[asset, c] += int(attack.leaked == 0)
    if attack.dry > 0:
        tally.asset_first_dry[asset, c] = min(tally.asset_first_dry[asset, c], night.day)


def count_people(future: Future) -> None:
    """Sum people times nights over the assets, in their order (O)."""
    for c in range(len(future.classes)):
        for number, asset in enumerate(future.assets):
            future.tally.attacked[c] += asset.people * future.attacked[number, c]
            future.tally.spared[c] += asset.people * future.spared[number, c]


def is_massed_dry(night: Night, c: int) -> bool:
    """Whether so many came to one place, none was shot at and one leaked dry: eight-and-none (O)."""
    return any(
        place.real >= night.future.problem.massed and place.fired == 0 and place.dry > 0
        for (_, of_class), place in night.places.items()
        if of_class == c
    )


def count_stock(future: Future, midnight: int) -> None:
    """Count stocks at a midnight and note empty magazines (C2)."""
    tally, types = future.tally, range(len(future.depot))
    tally.stock[midnight] = [in_country(future, t) for t in types]
    held = [sum(magazine.in_place(t) for t in types) for magazine in future.magazines]
    for magazine in future.magazines:
        magazine.counts |= midnight == 0 and stood_first(future, magazine)
    counted = [rounds for magazine, rounds in zip(future.magazines, held, strict=True) if magazine.counts]
    if 0 in counted:
        tally.first_empty[0] = min(tally.first_empty[0], midnight)
    if counted and not any(counted):
        tally.first_empty[1] = min(tally.first_empty[1], midnight)
    if future.problem.traced:
        for m, magazine in enumerate(future.magazines):
            tally.magazines[midnight, m] = [magazine.in_place(t) for t in types]
        for name in UNTIL:
            getattr(tally, f"{name}_until")[midnight] = getattr(tally, name)


def note_evening(future: Future, day: int) -> None:
    """Keep what stood and what was ready before the raids of a traced night (Q4)."""
    if not future.problem.traced:
        return
    for m, magazine in enumerate(future.magazines):
        future.tally.ready[day, m] = magazine.ready
    for battery in future.batteries:
        there = battery.first_day <= day and not battery.gone
        future.tally.standing[day, battery.number] = FIT if battery.stands else UNFIT if there else ABSENT


def stood_first(future: Future, magazine: Magazine) -> bool:
    """Whether a battery of this magazine stood from the first day."""
    return any(battery.magazine is magazine and battery.first_day <= 0 for battery in future.batteries)
