"""The same model in plain Python objects: one future after the other, threats one by one, `random` for chance."""

from __future__ import annotations

import heapq
import random
from typing import Final

import numpy as np

from bench.plain import Books, Layer, Parameters
from vallum.terms import BLIND, DRY, MISSED, NEVER, REASONS, SATURATED, UNCOVERED

#: What a threat that drew no shot has met.
SAW_DRY, SAW_FULL, SAW_NOTHING = 1, 2, 4


class Battery:
    """One system and its magazine."""

    __slots__ = (
        "busy",
        "channels",
        "kind",
        "number",
        "rank",
        "ready",
        "reload",
        "room",
        "room_ready",
        "stands",
        "weight",
    )

    def __init__(self, number: int, p: Parameters) -> None:
        self.number = number
        self.kind, self.rank, self.weight = p.kind[number], p.rank[number], p.weight[number]
        self.room_ready, self.room, self.channels = p.room_ready[number], p.room[number], p.channels[number]
        self.ready = self.reload = self.busy = 0
        self.stands = True

    def load(self) -> None:
        """Move what there is room for from reload stock to ready."""
        if self.reload:
            moved = min(self.reload, self.room_ready - self.ready)
            self.ready += moved
            self.reload -= moved


class Threat:
    """One threat on its way through the layers."""

    __slots__ = ("alive", "asset", "fired", "gun", "saw", "short", "starved")

    def __init__(self, asset: int) -> None:
        self.asset = asset
        self.alive, self.short, self.starved = True, False, False
        self.fired = self.saw = 0
        self.gun: Battery | None = None

    def reason(self) -> int:
        """Why it leaked (E10)."""
        if self.fired:
            return MISSED
        if self.saw & SAW_DRY:
            return DRY
        if self.saw & SAW_FULL:
            return SATURATED
        return BLIND if self.saw & SAW_NOTHING else UNCOVERED


class Place:
    """What befell one asset tonight, by one class."""

    __slots__ = ("came", "dry", "fired", "leaked")

    def __init__(self) -> None:
        self.came = self.leaked = self.dry = self.fired = 0


class Attack:
    """What is counted of one class over the campaign."""

    def __init__(self, assets: int) -> None:
        self.stopped = self.thin = self.shot_at = self.dry_nights = self.massed_dry = 0
        self.raid_nights = self.clean_nights = 0
        self.first_dry = NEVER
        self.leaked = [0] * len(REASONS)
        self.attacked = self.spared = 0.0
        self.asset_leaked = [[0] * len(REASONS) for _ in range(assets)]
        self.asset_first_dry = [NEVER] * assets
        self.day_stopped: list[int] = []
        self.day_leaked: list[int] = []
        self.day_dry: list[int] = []


class Country:
    """What stands in one future, and what is counted."""

    def __init__(self, p: Parameters, seed: str) -> None:
        types, assets = len(p.stock), len(p.people)
        self.p: Final = p
        self.random: Final = random.Random(seed)
        self.batteries: Final = [Battery(b, p) for b in range(len(p.kind))]
        self.by_kind: Final = [[b for b in self.batteries if b.kind == t] for t in range(types)]
        self.layers: Final = [[self.staffed(layer) for layer in layers] for layers in p.layers]
        self.depot = list(p.stock)
        self.attacks: Final = [Attack(assets) for _ in p.cut]
        self.used, self.kills, self.unmet, self.wanted = ([0] * types for _ in range(4))
        self.first_empty = [NEVER, NEVER]
        self.stock: list[list[int]] = []
        self.day_used: list[list[int]] = []
        self.day_wanted: list[list[int]] = []
        self.tonight: list[dict[int, Place]] = [{} for _ in p.cut]
        self.before = self.evening()

    def staffed(self, layer: Layer) -> tuple[list[list[Battery]], float, list[int]]:
        """A layer with its batteries as objects."""
        return [[self.batteries[b] for b in row] for row in layer.reach], layer.track, layer.looks

    # --- mornings ---------------------------------------------------------------------------------------

    def fill(self) -> None:
        """Send rounds one at a time to the battery with room and the lowest (held + 1) / weight (S5)."""
        for t, batteries in enumerate(self.by_kind):
            depot = self.depot[t]
            if depot == 0:
                continue
            waiting = []
            for b in batteries:
                held = b.ready + b.reload
                if b.stands and held < b.room and b.weight > 0.0:
                    waiting.append(((held + 1.0) / b.weight, b.rank, b))
            heapq.heapify(waiting)
            while depot > 0 and waiting:
                b = waiting[0][2]
                depot -= 1
                b.reload += 1
                held = b.ready + b.reload
                if held < b.room:
                    heapq.heapreplace(waiting, ((held + 1.0) / b.weight, b.rank, b))
                else:
                    heapq.heappop(waiting)
            self.depot[t] = depot
        for b in self.batteries:
            b.load()

    def morning(self, arrivals: list[int]) -> None:
        """Deliveries land, batteries stand or not, the depot fills them (C1)."""
        for t, rounds in enumerate(arrivals):
            self.depot[t] += rounds
        draw, availability = self.random.random, self.p.availability
        for b in self.batteries:
            b.stands = draw() < availability[b.number]
            b.busy = 0
        self.fill()

    # --- engagement -------------------------------------------------------------------------------------

    def take_round(self, threat: Threat, reach: list[Battery]) -> Battery | None:
        """One round from the batteries of a layer in order (E2, E5)."""
        saw = 0
        for b in reach:
            if not b.stands:
                continue
            if b is not threat.gun and b.busy >= b.channels:
                saw |= SAW_FULL
                continue
            if b.ready == 0:
                saw |= SAW_DRY
                continue
            if b is not threat.gun:
                b.busy += 1
                threat.gun = b
            b.ready -= 1
            return b
        threat.saw |= saw
        if saw & SAW_DRY:
            threat.short = True
            threat.starved = threat.gun is None
            self.unmet[reach[0].kind] += 1
        return None

    def salvo(self, threat: Threat, reach: list[Battery], c: int, shots: int) -> None:
        """Fire a salvo (E3)."""
        hit = False
        for _ in range(shots):
            b = self.take_round(threat, reach)
            if b is None:
                continue
            kind = b.kind
            threat.fired += 1
            self.used[kind] += 1
            if self.random.random() < self.p.kill[kind][c]:
                self.kills[kind] += not hit
                hit = True
        if hit:
            threat.alive = False

    def meets(self, threat: Threat, reach: list[Battery], track: float) -> bool:
        """Whether a layer covers and sees a threat (W5, E8)."""
        for b in reach:
            if b.stands:
                break
        else:
            return False
        if self.random.random() >= track:
            threat.saw |= SAW_NOTHING
            return False
        threat.gun, threat.starved = None, False
        return True

    def looks_at(self, threat: Threat, reach: list[Battery], c: int, look: int, shots: int) -> bool:
        """One look of a layer at a threat that it sees; return whether a further look may follow (E4)."""
        kind = reach[0].kind
        self.wanted[kind] += shots
        if look > 0 and threat.starved:
            self.unmet[kind] += shots
            return True
        self.salvo(threat, reach, c, shots)
        return threat.alive and (threat.gun is not None or threat.starved)

    def settle(self, threat: Threat, c: int) -> None:
        """Count a threat (E10, O)."""
        attack, here = self.attacks[c], self.tonight[c].get(threat.asset)
        if here is None:
            here = self.tonight[c][threat.asset] = Place()
        here.came += 1
        here.fired += threat.fired
        attack.shot_at += threat.fired > 0
        if not threat.alive:
            attack.stopped += 1
            return
        why = threat.reason()
        attack.leaked[why] += 1
        attack.thin += threat.fired > 0 and threat.short
        attack.asset_leaked[threat.asset][why] += 1
        here.leaked += 1
        here.dry += why == DRY

    def layer(self, threats: list[Threat], c: int, layer: tuple[list[list[Battery]], float, list[int]]) -> None:
        """One layer, look by look (E4)."""
        reach, track, looks = layer
        seen = [threat for threat in threats if threat.alive and self.meets(threat, reach[threat.asset], track)]
        for look, shots in enumerate(looks):
            seen = [threat for threat in seen if self.looks_at(threat, reach[threat.asset], c, look, shots)]

    def raid(self, launched: list[int]) -> None:
        """The raid of a night, class by class (E1)."""
        for c in self.p.priority:
            if launched[c] == 0:
                continue
            cut = self.p.cut[c]
            threats = [Threat(a) for a in self.random.choices(range(len(cut)), cum_weights=cut, k=launched[c])]
            for layer in self.layers[c]:
                self.layer(threats, c, layer)
            for threat in threats:
                self.settle(threat, c)

    # --- midnights --------------------------------------------------------------------------------------

    def evening(self) -> tuple[list[tuple[int, int]], list[int], list[int]]:
        """The sums so far, from which those of a day are told."""
        return [(a.stopped, sum(a.leaked)) for a in self.attacks], list(self.used), list(self.wanted)

    def close_class(self, c: int, day: int) -> None:
        """Fold the night of one class into its books (O)."""
        attack, people, leaked, dry, massed = self.attacks[c], self.p.people, 0, 0, False
        for asset, here in self.tonight[c].items():
            leaked += here.leaked
            attack.attacked += people[asset]
            if here.leaked == 0:
                attack.spared += people[asset]
            if here.dry:
                dry += here.dry
                attack.asset_first_dry[asset] = min(day, attack.asset_first_dry[asset])
                massed = massed or (here.came >= self.p.massed and here.fired == 0)
        if self.tonight[c]:
            attack.raid_nights += 1
            attack.clean_nights += leaked == 0
            self.tonight[c] = {}
        if dry:
            attack.dry_nights += 1
            attack.massed_dry += massed
            attack.first_dry = min(attack.first_dry, day)
        attack.day_dry.append(dry)

    def close_day(self, day: int) -> None:
        """Fold a day into the books, and count stocks at its midnight (C2)."""
        (attacks, used, wanted), self.before = self.before, self.evening()
        for c, attack in enumerate(self.attacks):
            self.close_class(c, day)
            attack.day_stopped.append(attack.stopped - attacks[c][0])
            attack.day_leaked.append(self.before[0][c][1] - attacks[c][1])
        self.day_used.append([now - then for now, then in zip(self.used, used, strict=True)])
        self.day_wanted.append([now - then for now, then in zip(self.wanted, wanted, strict=True)])
        self.count(day + 1)

    def count(self, midnight: int) -> None:
        """Stocks at midnight, and the first empty magazines (C2, O)."""
        stock, empty = list(self.depot), 0
        for b in self.batteries:
            held = b.ready + b.reload
            stock[b.kind] += held
            empty += held == 0
        if empty:
            self.first_empty[0] = min(self.first_empty[0], midnight)
            if empty == len(self.batteries):
                self.first_empty[1] = min(self.first_empty[1], midnight)
        self.stock.append(stock)

    def campaign(self, raids: list[list[int]], arrivals: list[list[int]]) -> None:
        """From the first day to the last (C1)."""
        self.fill()
        self.count(0)
        for day, launched in enumerate(raids):
            self.morning(arrivals[day])
            self.raid(launched)
            self.close_day(day)


def books_of(countries: list[Country]) -> Books:
    """The books of all futures as arrays."""
    of_attacks = {
        name: np.array([[getattr(a, name) for a in x.attacks] for x in countries]) for name in vars(Attack(1))
    }
    return Books(
        **{name: np.moveaxis(rows, 1, 2) for name, rows in of_attacks.items() if name[:4] in ("day_", "asse")},
        **{name: rows for name, rows in of_attacks.items() if name[:4] not in ("day_", "asse")},
        **{name: np.array([getattr(x, name) for x in countries]) for name in Books._fields if name not in of_attacks},
    )


def nights(p: Parameters, seed: int) -> Books:
    """Fight every future."""
    countries = []
    for f in range(p.futures):
        country = Country(p, f"{seed} {f}")
        country.campaign(p.raids[f].tolist(), p.arrivals[f].tolist())
        countries.append(country)
    return books_of(countries)
