"""Threats followed one by one against layers with finite magazines (E1-E11)."""

from __future__ import annotations

from typing import Final

from vallum._kernel.problem import BATTERY, BY_BATTERY, BY_LAYER, EVEN, SOFT
from vallum._kernel.reference.defence import Battery, Layer, ThreatClass
from vallum._kernel.reference.night import Night
from vallum._kernel.reference.threats import Threat, in_order, muster
from vallum.dice import fold, uniform, word
from vallum.terms import BLIND, DRY, HELD, SATURATED

TRACK: Final = word("track")
RELIABILITY: Final = word("reliability")
DEFENCE: Final = word("defence")
SOFT_WORD: Final = word("soft")

#: Slots of a look's shots start this far apart.
LOOK_SLOTS: Final = 256


def fight_threats(night: Night, attack: ThreatClass, chain: int, launched: int, wave: int) -> list[Threat]:
    """Fight the threats of one class and wave, layer by layer; return them all, stopped or not (E1)."""
    threats = muster(night, attack, chain, launched, wave)
    served = in_order(night, chain, threats)
    for layer in night.future.layers:
        if layer.kind == BATTERY:
            battery_layer(night, layer, attack.number, served, wave)
        else:
            soft_layer(layer, attack.number, served)
    return threats


def open_eyes(night: Night, raid: int, wave: int) -> None:
    """Draw which batteries see nothing in this wave, and renew the channels (E2, E8, R4)."""
    chain = fold(fold(raid, RELIABILITY), wave)
    scope = night.future.problem.scope
    for layer in night.future.layers:
        for battery in layer.batteries:
            common = layer.word if scope == BY_LAYER else DEFENCE
            draw = uniform(fold(chain, battery.word if scope == BY_BATTERY else common))
            battery.sighted = draw < battery.reliability
            battery.busy = 0


def sees(layer: Layer, c: int, threat: Threat) -> bool:
    """Whether the layer's track holds the threat: one draw for all its shots (E8)."""
    return uniform(fold(fold(threat.chain, TRACK), layer.word)) < layer.track[c]


def battery_layer(night: Night, layer: Layer, c: int, served: list[Threat], wave: int) -> None:
    """One layer of batteries, look by look; a later look fires at survivors of an earlier one (E4)."""
    arriving = [threat for threat in served if threat.alive]
    for threat in arriving:
        look_out(night, layer, c, threat, wave)
    for look in range(len(layer.looks[c])):
        seen = [threat for threat in arriving if threat.alive and threat.seen]
        want(night, layer, c, seen, look)
        salvos(night, layer, c, [threat for threat in seen if look == 0 or threat.engaged], look)


def want(night: Night, layer: Layer, c: int, seen: list[Threat], look: int) -> None:
    """Count the rounds that the doctrine asks for in a look (O).

    A threat that found no round for its first shot wants those of the later looks too, and has none.
    """
    tally, shots = night.future.tally, layer.looks[c][look]
    for threat in seen:
        if look == 0 or threat.engaged or threat.starved:
            tally.day_wanted[night.day, threat.primary] += shots
        if look > 0 and threat.starved:
            tally.unmet[threat.primary] += shots


def look_out(night: Night, layer: Layer, c: int, threat: Threat, wave: int) -> None:
    """Find whether a layer of batteries covers and sees a threat, and what it would fire at it (W5, E8)."""
    threat.seen = threat.engaged = threat.starved = False
    threat.gun = None
    covering = [b for b in layer.batteries if b.covers(c, threat.asset, threat.location)]
    if not covering:
        return
    threat.primary = covering[0].loads[c][0]
    threat.seen = any(battery.sighted for battery in covering) and sees(layer, c, threat)
    if not threat.seen:
        threat.met.add(BLIND)
    asset = night.future.assets[threat.asset].word
    threat.shots = fold(fold(threat.chain, asset ^ wave), layer.word)


def salvos(night: Night, layer: Layer, c: int, targets: list[Threat], look: int) -> None:
    """One look of one layer: a salvo at each target, in turn or spread evenly (E4, E5)."""
    shots = layer.looks[c][look]
    if night.future.problem.spread == EVEN:
        turns = [(threat, shot) for shot in range(shots) for threat in targets]
    else:
        turns = [(threat, shot) for threat in targets for shot in range(shots)]
    for threat, shot in turns:
        fire(night, layer, c, threat, look, shot)
    for threat in targets:
        threat.alive = not threat.hit


def fire(night: Night, layer: Layer, c: int, threat: Threat, look: int, shot: int) -> None:
    """Fire one shot at a threat, if there is a round for it (E3)."""
    tally = night.future.tally
    t, lacks = take_round(layer, c, threat)
    if t is None:
        threat.met |= lacks
        if lacks & {DRY, HELD}:
            threat.short, threat.starved = True, not threat.engaged
            tally.unmet[threat.primary] += 1
        return
    threat.engaged = True
    threat.fired += 1
    tally.used[t] += 1
    tally.day_used[night.day, t] += 1
    if uniform(fold(threat.shots, look * LOOK_SLOTS + shot)) < night.kill[t][c]:
        tally.kills[t] += int(not threat.hit)
        threat.hit = True


def take_round(layer: Layer, c: int, threat: Threat) -> tuple[int | None, set[int]]:
    """Take one round from the layer's batteries in order: its type, or none and what was lacking (E2, E5).

    A battery takes a channel when it first fires at the threat, in whichever look; a dry or holding one
    takes none.
    """
    lacks = set()
    for battery in layer.batteries:
        if not battery.sighted or not battery.covers(c, threat.asset, threat.location):
            continue
        opens_channel = threat.gun is not battery
        if opens_channel and battery.busy >= battery.channels:
            lacks.add(SATURATED)
            continue
        t = usable_type(battery, c)
        if t is None:
            lacks.add(HELD if any(rounds(battery, t) > 0 for t in battery.loads[c]) else DRY)
            continue
        if opens_channel:
            battery.busy += 1
            threat.gun = battery
        use_round(battery, t)
        return t, set()
    return None, lacks


def usable_type(battery: Battery, c: int) -> int | None:
    """First interceptor type of the load list with more rounds than the reserve keeps back (E6, E7)."""
    for t in battery.loads[c]:
        if rounds(battery, t) > battery.reserve[c][t]:
            return t
    return None


def rounds(battery: Battery, t: int) -> int:
    """Rounds of type t that a battery has ready."""
    return battery.magazine.ready[t] if battery.magazine else 0


def use_round(battery: Battery, t: int) -> None:
    """Spend one ready round."""
    if battery.magazine:
        battery.magazine.ready[t] -= 1


def soft_layer(layer: Layer, c: int, served: list[Threat]) -> None:
    """A soft or team layer; a team layer treats so many a night, in the order of arrival (E9)."""
    standing = [entry for entry in layer.batteries if entry.stands]
    if not standing or layer.success[c] <= 0.0:
        return
    sighted = any(entry.sighted for entry in standing)
    room = capacity(layer)
    for threat in served:
        if not threat.alive:
            continue
        if not sighted or not sees(layer, c, threat):
            threat.met.add(BLIND)
        elif layer.kind != SOFT and layer.treated >= room:
            threat.met.add(SATURATED)
        else:
            layer.treated += 1
            threat.treated = True
            threat.alive = uniform(fold(fold(threat.chain, SOFT_WORD), layer.word)) >= layer.success[c]


def capacity(layer: Layer) -> int:
    """Threats that the teams of a layer that stand and see can treat in a night (E9)."""
    return sum(entry.teams for entry in layer.batteries if entry.stands and entry.sighted)
