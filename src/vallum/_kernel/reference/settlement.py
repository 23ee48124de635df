"""What became of the threats that were followed one by one, and of what they fell on (E10, E11)."""

from __future__ import annotations

from typing import Final

from vallum._kernel.reference.defence import Battery, Future, ThreatClass
from vallum._kernel.reference.engagement import rounds
from vallum._kernel.reference.night import Night, Place
from vallum._kernel.reference.threats import Threat, fails
from vallum.dice import fold, uniform, word
from vallum.terms import BLIND, DRY, MISSED, UNCOVERED

LOSS: Final = word("loss")


def settle(night: Night, attack: ThreatClass, threats: list[Threat]) -> None:
    """Count each threat as stopped, failed or leaked, in the order of their numbers (E10).

    Where each fell is found for all of them before the first leaker can put a battery out.
    """
    tally, c = night.future.tally, attack.number
    if night.future.problem.traced:
        note_found_dry(night, attack, threats)
    places = [night.places[place_of(night.future, c, threat), c] for threat in threats]
    for threat, place in zip(threats, places, strict=True):
        if not threat.decoy:
            place.real += 1
            place.fired += threat.fired
        tally.shot_at[c] += int(threat.fired > 0)
        if not threat.alive:
            tally.stopped[c, int(threat.decoy)] += 1
            tally.day_stopped[night.day, c] += 1
            tally.shot_stopped[c] += int(threat.hit)
        elif not attack.fails_before and fails(attack, threat):
            tally.failed[c, int(threat.decoy)] += 1
        else:
            leak(night, c, threat, place)


def note_found_dry(night: Night, attack: ThreatClass, threats: list[Threat]) -> None:
    """Keep which batteries had no round for the dry leakers in their reach (Q4).

    Before the first leaker can put a battery out, and after the last shot: rounds that were wanting are not back.
    """
    c = attack.number
    for threat in threats:
        if not threat.alive or reason(threat) != DRY or (not attack.fails_before and fails(attack, threat)):
            continue
        for battery in night.future.batteries:
            if battery.sighted and battery.covers(c, threat.asset, threat.location):
                empty = all(rounds(battery, t) == 0 for t in battery.loads[c])
                night.future.tally.found_dry[night.day, battery.number, c] += int(empty)


def reason(threat: Threat) -> int:
    """Why a threat leaked: the first reason that applies (E10).

    Jamming or a gun's try does not hide that rounds or channels were wanting: it makes a threat *missed*
    only where it met nothing else.
    """
    if threat.fired > 0:
        return MISSED
    wanting = threat.met - {BLIND}
    if wanting:
        return min(wanting)
    if threat.treated:
        return MISSED
    return BLIND if BLIND in threat.met else UNCOVERED


def leak(night: Night, c: int, threat: Threat, place: Place) -> None:
    """Count a leaker and its reason; a real one may put out a battery (E10, E11)."""
    tally, why = night.future.tally, reason(threat)
    tally.leaked[c, why, int(threat.decoy)] += 1
    tally.day_leaked[night.day, c] += 1
    tally.thin[c] += int(threat.fired > 0 and threat.short)
    tally.day_dry[night.day, c] += int(why == DRY)
    night.attacks[threat.asset, c].dry += int(why == DRY)
    if not threat.decoy:
        night.attacks[threat.asset, c].leaked += 1
        tally.asset_leaked[threat.asset, c, why] += 1
        place.dry += int(why == DRY)
        strike_battery(night.future, c, threat)


def covering_battery(future: Future, c: int, threat: Threat) -> Battery | None:
    """The first standing battery that covers a threat."""
    covering = (b for b in future.batteries if b.covers(c, threat.asset, threat.location))
    return next(covering, None)


def place_of(future: Future, c: int, threat: Threat) -> int:
    """Where a threat falls: its asset, or in a country the site of the first battery that covers it."""
    battery = covering_battery(future, c, threat) if future.assets[threat.asset].is_country else None
    return threat.asset if battery is None else len(future.assets) + battery.number


def strike_battery(future: Future, c: int, threat: Threat) -> None:
    """A leaker may put the first standing battery that covers it out of action (E11)."""
    battery = covering_battery(future, c, threat)
    if battery is not None and uniform(fold(threat.chain, LOSS)) < battery.loss:
        battery.gone, battery.stands = True, False
        drop_rounds(future, battery)


def drop_rounds(future: Future, lost: Battery) -> None:
    """Lose a battery's rounds or take them back, unless others that are not lost share the magazine (E11)."""
    magazine = lost.magazine
    if magazine is None or any(b.magazine is magazine and not b.gone for b in future.batteries):
        return
    for t in range(len(magazine.ready)):
        if lost.rounds_return:
            future.depot[t] += magazine.in_place(t)
        else:
            future.tally.lost[t] += magazine.in_place(t)
        magazine.ready[t] = magazine.reload[t] = 0
    magazine.lost, magazine.rounds_return = True, lost.rounds_return
