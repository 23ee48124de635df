"""Before the raids of a day: deliveries land, batteries stand, the depot fills them (C1, S5, W6)."""

from __future__ import annotations

from typing import Final

from vallum._kernel.reference.defence import Battery, Future, Magazine
from vallum.dice import fold, uniform, word

FIT: Final = word("fit")
REPAIR: Final = word("repair")


def open_campaign(future: Future) -> None:
    """Give the opening stock to the batteries that stand from the first day, ready to fire."""
    open_magazines(future, [battery for battery in future.batteries if battery.first_day <= 0])
    fill(future, day=0, transit=0)
    for magazine in future.magazines:
        ready_up(magazine, at_once=True)


def morning(future: Future, day: int, chain: int) -> None:
    """Do what comes before the night's raids, in the order of rule C1."""
    land(future, day)
    for battery in future.batteries:
        stand(battery, day, chain)
    open_magazines(future, [battery for battery in future.batteries if battery.stands])
    fill(future, day, future.problem.transit)
    for magazine in future.magazines:
        ready_up(magazine, at_once=False)


def land(future: Future, day: int) -> None:
    """Land the arrivals of the day at the depot, and at the magazines what was in transit (S5)."""
    for t, rounds in enumerate(future.arrivals[day]):
        future.depot[t] += rounds
    for magazine in future.magazines:
        if magazine.on_the_way:
            load = magazine.on_the_way[day % len(magazine.on_the_way)]
            for t in range(len(load)):
                deliver(future, magazine, t, load[t])
                load[t] = 0


def deliver(future: Future, magazine: Magazine, t: int, rounds: int) -> None:
    """Hand rounds over at the site; to a lost battery they come too late (S5, E11)."""
    if not magazine.lost:
        magazine.reload[t] += rounds
    elif magazine.rounds_return:
        future.depot[t] += rounds
    else:
        future.tally.lost[t] += rounds


def stand(battery: Battery, day: int, chain: int) -> None:
    """Let a battery stand for this day if it has come, is not lost, and is fit (W5, W6)."""
    present = battery.first_day <= day and not battery.gone
    battery.stands = present and is_fit(battery, chain)
    battery.begun = battery.begun or present


def is_fit(battery: Battery, chain: int) -> bool:
    """Whether a battery is fit today: by itself each day, or broken for a drawn number of days (W6).

    With repairs of mean length r, a fit battery breaks down with chance (1 - a) / (a r) a day, so that the
    long-run share of fit days is its availability a.
    """
    share, repair = battery.availability, battery.repair
    if share >= 1.0:
        return True
    u = uniform(fold(fold(chain, FIT), battery.word))
    if repair <= 0.0:
        return u < share
    if not battery.begun:
        battery.broken = u >= share
    elif battery.broken:
        battery.broken = uniform(fold(fold(chain, REPAIR), battery.word)) * repair >= 1.0
    else:
        battery.broken = u * (share * repair) >= share * repair - (1.0 - share)
    return not battery.broken


def open_magazines(future: Future, batteries: list[Battery]) -> None:
    """Open the magazines of these batteries to the depot, and close all others (S5)."""
    for magazine in future.magazines:
        magazine.open = any(battery.magazine is magazine for battery in batteries)


def fill(future: Future, day: int, transit: int) -> None:
    """Send rounds from the depot one at a time to the neediest magazine (S5)."""
    for t in range(len(future.depot)):
        while future.depot[t] > 0:
            magazine = neediest(future.magazines, t)
            if magazine is None:
                break
            future.depot[t] -= 1
            if transit == 0:
                magazine.reload[t] += 1
            else:
                magazine.on_the_way[day % transit][t] += 1


def neediest(magazines: list[Magazine], t: int) -> Magazine | None:
    """Open magazine with room and the lowest (stock + in transit + 1) / weight, ties by rank (S5)."""
    waiting = [m for m in magazines if m.open and m.has_room(t) and m.weight[t] > 0.0]
    return min(waiting, key=lambda m: ((m.held(t) + 1.0) / m.weight[t], m.rank), default=None)


def ready_up(magazine: Magazine, at_once: bool) -> None:
    """Move reload stock to ready: so many rounds a day in all, or as many as there is room for (W4).

    A magazine with rounds counts from now on as one that may stand empty (O).
    """
    limited = magazine.rate >= 0 and not at_once
    left = magazine.rate
    for t in range(len(magazine.ready)):
        moved = min(magazine.reload[t], magazine.room_ready[t] - magazine.ready[t])
        if limited:
            moved = min(moved, left)
            left -= moved
        magazine.ready[t] += moved
        magazine.reload[t] -= moved
        magazine.counts |= magazine.in_place(t) > 0
