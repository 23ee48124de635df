"""Classes that no magazine may be fired at, fought by the group: one draw for many like threats (F4, E9)."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from vallum._kernel.problem import BATTERY, SOFT
from vallum._kernel.reference.defence import Layer, ThreatClass
from vallum._kernel.reference.engagement import capacity
from vallum._kernel.reference.night import Night
from vallum._kernel.reference.quantiles import binomial_quantile, hypergeometric_quantile
from vallum._kernel.reference.threats import DECOY, FAIL, PLACE, WAVE, asset_at
from vallum.dice import fold, uniform, word
from vallum.terms import BLIND, MISSED, SATURATED, UNCOVERED

GROUP: Final = word("group")

#: States of a group's threats: what they have met so far, in the order in which a leaker's reason is taken.
FULL, TREATED, UNSEEN, OPEN = range(4)
STATE_REASON: Final = (SATURATED, MISSED, BLIND, UNCOVERED)
STATES: Final = range(len(STATE_REASON))
REAL, DECOYS = 0, 1
KINDS: Final = (REAL, DECOYS)
CELLS: Final = [(kind, state) for kind in KINDS for state in STATES]
#: What is drawn.
FAILS, IS_SEEN, IS_TREATED, IS_STOPPED = range(4)


@dataclass
class Group:
    """Like threats of one class and wave."""

    chain: int  # ends in word(group)
    alive: list[list[int]] = field(default_factory=lambda: [[0] * len(STATES) for _ in KINDS])

    def draw(self, name: int, what: int, kind: int, state: int) -> float:
        """The uniform of one draw: layer (or cause), what is drawn, kind and state."""
        return uniform(fold(fold(self.chain, name), what * 16 + kind * 8 + state))

    def left(self, kind: int) -> int:
        """Threats of one kind that are still alive."""
        return sum(self.alive[kind])


def fight_group(night: Night, attack: ThreatClass, chain: int, launched: int, wave: int) -> None:
    """Fight one class of one wave as a group, and count what became of it (E10)."""
    numbers = kinds_in_wave(night, attack, fold(chain, GROUP), launched, wave)
    if night.future.problem.waves > 1:
        chain = fold(chain, wave)
    group = Group(fold(chain, GROUP))
    muster_group(night, attack, group, numbers)
    before = [group.left(kind) for kind in KINDS]
    for layer in night.future.layers:
        if layer.kind != BATTERY:
            group_layer(layer, attack.number, group)
    for kind in KINDS:
        stopped = before[kind] - group.left(kind)
        night.future.tally.stopped[attack.number, kind] += stopped
        night.future.tally.day_stopped[night.day, attack.number] += stopped
    settle_group(night, attack, group)
    spread(night, attack, group, chain, numbers[REAL])


def kinds_in_wave(night: Night, attack: ThreatClass, chain: int, launched: int, wave: int) -> list[int]:
    """Real threats and decoys of this wave: the raid is split in kinds first, then in waves (W2, R4)."""
    decoys = min(launched, attack.decoy_count)
    if attack.decoy_count < 0:
        decoys = binomial_quantile(uniform(fold(chain, DECOY)), launched, attack.decoy_share)
    split, waves = fold(chain, WAVE), night.future.problem.waves
    return [wave_share(split, kind, number, wave, waves) for kind, number in enumerate((launched - decoys, decoys))]


def wave_share(chain: int, kind: int, number: int, wave: int, waves: int) -> int:
    """How many come in this wave: a fair split of what earlier waves left (R4)."""
    here, left = 0, number
    for earlier in range(wave + 1):
        left -= here
        u = uniform(fold(chain, earlier * len(KINDS) + kind))
        here = binomial_quantile(u, left, 1.0 / (waves - earlier))
    return here


def muster_group(night: Night, attack: ThreatClass, group: Group, numbers: list[int]) -> None:
    """Note a launch, and take out what fails before the defence (W2)."""
    tally, c = night.future.tally, attack.number
    for kind, number in enumerate(numbers):
        failed = 0
        if attack.fails_before:
            failed = binomial_quantile(group.draw(FAIL, FAILS, kind, OPEN), number, attack.fail)
        tally.launched[c, kind] += number
        tally.failed[c, kind] += failed
        group.alive[kind][OPEN] = number - failed


def group_layer(layer: Layer, c: int, group: Group) -> None:
    """One soft or team layer against a group: see, then treat as many as there is room for (E8, E9)."""
    standing = [entry for entry in layer.batteries if entry.stands]
    if not standing or layer.success[c] <= 0.0:
        return
    track = layer.track[c] if any(entry.sighted for entry in standing) else 0.0
    seen = [[0] * len(STATES) for _ in KINDS]
    for kind, state in CELLS:
        u = group.draw(layer.word, IS_SEEN, kind, state)
        seen[kind][state] = binomial_quantile(u, group.alive[kind][state], track)
    room = sum(map(sum, seen))
    if layer.kind != SOFT:
        room = min(room, max(0, capacity(layer) - layer.treated))
        layer.treated += room
    treat(layer, c, group, seen, room)


def treat(layer: Layer, c: int, group: Group, seen: list[list[int]], room: int) -> None:
    """Treat `room` of those seen; others found no room, and who was not seen stays as it was (E9, E10)."""
    after = [[0] * len(STATES) for _ in KINDS]
    waiting = sum(map(sum, seen))
    for kind, state in CELLS:
        here = seen[kind][state]
        treated = share_of_room(group.draw(layer.word, IS_TREATED, kind, state), here, waiting - here, room)
        waiting, room = waiting - here, room - treated
        u = group.draw(layer.word, IS_STOPPED, kind, state)
        survived = treated - binomial_quantile(u, treated, layer.success[c])
        after[kind][min(state, TREATED)] += survived
        after[kind][FULL] += here - treated
        after[kind][min(state, UNSEEN)] += group.alive[kind][state] - here
    group.alive = after


def share_of_room(u: float, here: int, others: int, room: int) -> int:
    """How many of those here are treated, when they and others wait for so much room."""
    if here == 0 or others == 0 or room == 0 or room >= here + others:
        return min(here, room)
    return hypergeometric_quantile(u, here, others, room)


def settle_group(night: Night, attack: ThreatClass, group: Group) -> None:
    """Count what is left of a group as failed or leaked, and keep the leakers in it (E10)."""
    tally, c = night.future.tally, attack.number
    for kind, state in CELLS:
        leaked, failed = group.alive[kind][state], 0
        if not attack.fails_before:
            failed = binomial_quantile(group.draw(FAIL, FAILS, kind, state), leaked, attack.fail)
        leaked -= failed
        tally.failed[c, kind] += failed
        tally.leaked[c, STATE_REASON[state], kind] += leaked
        tally.day_leaked[night.day, c] += leaked
        group.alive[kind][state] = leaked


def spread(night: Night, attack: ThreatClass, group: Group, chain: int, real: int) -> None:
    """Find where the real threats came down: those that leaked first, then those that did not (R3)."""
    c = attack.number
    places = iter([asset_at(attack, uniform(fold(fold(chain, i), PLACE))) for i in range(real)])
    for state in STATES:
        for asset in islice(places, group.alive[REAL][state]):
            night.attacks[asset, c].real += 1
            night.attacks[asset, c].leaked += 1
            night.future.tally.asset_leaked[asset, c, STATE_REASON[state]] += 1
    for asset in places:
        night.attacks[asset, c].real += 1
