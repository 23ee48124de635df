"""The compiled kernel's outer loop: futures, days, raids, waves, classes (C1, C2, O)."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

from vallum._kernel.fast.columns import (
    ALIVE,
    ASSET_RANK,
    ATTACKED,
    AVAILABILITY,
    BATTERY_COLUMNS,
    BY_ASSET,
    CHANCE_COLUMNS,
    CHANNELS,
    CLEAN_NIGHTS,
    COUNTRY,
    DAY_DRY,
    DAY_LAUNCHED,
    DAY_STOPPED,
    DRY_HERE,
    DRY_NIGHTS,
    FAIL,
    FAIL_BEFORE,
    FIRST,
    FIRST_DRY,
    FIRST_DRY_NATIONAL,
    GONE,
    KIND,
    LAST,
    LAYER,
    LEAKED_HERE,
    LOSS,
    MAGAZINE,
    MASSED,
    MASSED_DRY,
    MOVING,
    ORDER,
    RAID_NIGHTS,
    RATE,
    READY,
    RELIABILITY,
    RELOAD,
    REPAIR,
    SCOPE,
    SEEN,
    SHOTS_HERE,
    SINGLE,
    SPARED,
    SPREAD,
    START,
    STOPPED,
    SYSTEM,
    TEAMS,
    THREAT_COLUMNS,
    TO_DEPOT,
    TRACED,
    TRACK,
    TRANSIT,
    TREATED,
    TYPE,
    WAVES,
)
from vallum._kernel.fast.engage import look_out, open_eyes, salvo, settle, soft_layer
from vallum._kernel.fast.groups import NOT_LEAKED, group_layer, group_muster, group_settle, spread_out, wave_share
from vallum._kernel.fast.morning import begin, fill, land, ready_up, stand
from vallum._kernel.fast.muster import line_up, muster
from vallum._kernel.fast.slots import RAIDS, fold, jit
from vallum._kernel.problem import BATTERY, F64, I64, U64
from vallum.terms import NEVER


@jit
def single_raid(
    threat: I64,
    words: U64,
    spot: F64,
    option: I64,
    battery: I64,
    chance: F64,
    cover: F64,
    loads: I64,
    rounds: I64,
    depot: I64,
    kill: F64,
    layer: I64,
    layer_names: U64,
    sight: F64,
    salvos: I64,
    target: F64,
    asset: I64,
    asset_names: U64,
    threat_class: I64,
    class_share: F64,
    shift: float,
    tally: I64,
    by_type: I64,
    today: I64,
    today_type: I64,
    tonight: I64,
    place: I64,
    asset_leaked: I64,
    c: int,
    chain: Any,
    launched: int,
    wave: int,
) -> None:
    """One class of one wave, followed threat by threat (E1)."""
    n = muster(
        threat, words, spot, option, battery, cover, loads, target, asset, threat_class, class_share, shift, tally,
        tonight, c, chain, launched, wave,
    )  # fmt: skip
    line_up(threat, spot, asset, asset_names, option[ORDER], chain, n)
    for k in range(layer.shape[0]):
        if layer[k, KIND] != BATTERY:
            soft_layer(threat, words, battery, layer, sight, layer_names[k], k, c, n)
            continue
        first, last, track = layer[k, FIRST], layer[k, LAST], sight[k, c, TRACK]
        for i in range(n):
            threat[i, SEEN] = 0
            if threat[i, ALIVE] == 1:
                look_out(
                    threat, words, spot, battery, cover, loads, first, last, track, layer_names[k], asset_names, c,
                    wave, i,
                )  # fmt: skip
        for look in range(salvos.shape[2]):
            shots = salvos[k, c, look]
            if shots == 0:
                break
            salvo(
                threat, words, spot, battery, cover, loads, rounds, kill, by_type, today_type, first, last,
                option[SPREAD], shots, c, n, look,
            )  # fmt: skip
    fail = class_share[c, FAIL] if threat_class[c, FAIL_BEFORE] == 0 else 0.0
    settle(
        threat, words, spot, battery, chance, cover, loads, rounds, depot, asset, fail, tally, by_type, today, tonight,
        place, asset_leaked, c, n,
    )  # fmt: skip


@jit
def group_raid(
    group: I64,
    option: I64,
    battery: I64,
    layer: I64,
    layer_names: U64,
    sight: F64,
    target: F64,
    asset_names: U64,
    threat_class: I64,
    class_share: F64,
    tally: I64,
    today: I64,
    tonight: I64,
    asset_leaked: I64,
    c: int,
    chain: Any,
    launched: int,
    wave: int,
) -> None:
    """One class of one wave, as a group of real threats and one of decoys (F4)."""
    if option[WAVES] > 1:
        launched = wave_share(chain, launched, option[WAVES], wave)
        chain = fold(chain, wave)
    real = group_muster(group, threat_class, class_share, tally, chain, c, launched)
    real_before, decoys_before = group[0].sum(), group[1].sum()
    for k in range(layer.shape[0]):
        if layer[k, KIND] != BATTERY:
            group_layer(group, battery, layer, sight, layer_names[k], chain, k, c)
    stopped, decoys_stopped = real_before - group[0].sum(), decoys_before - group[1].sum()
    tally[c, STOPPED] += stopped
    tally[c, STOPPED + 1] += decoys_stopped
    today[c, DAY_STOPPED] += stopped + decoys_stopped
    fail = class_share[c, FAIL] if threat_class[c, FAIL_BEFORE] == 0 else 0.0
    leaked = group_settle(group, fail, tally, today, chain, c)
    if option[BY_ASSET] == 1 or target.shape[1] == 1:
        for state in range(NOT_LEAKED):
            spread_out(tonight, asset_leaked, target, asset_names, chain, c, state, group[0, state])
        spread_out(tonight, asset_leaked, target, asset_names, chain, c, NOT_LEAKED, real - leaked)


@jit
def rounds_for(rounds: I64, depot: I64, loads: I64, c: int) -> int:
    """Rounds anywhere in the country that may be fired at class c."""
    total = 0
    for t in range(depot.shape[0]):
        for system in range(loads.shape[0]):
            if np.any(loads[system, c, :, TYPE] == t):
                total += depot[t]
                for m in range(rounds.shape[0]):
                    total += rounds[m, t, READY] + rounds[m, t, RELOAD] + rounds[m, t, MOVING]
                break
    return total


@jit
def close_class(
    tally: I64, tonight: I64, place: I64, people: F64, asset_people: F64, asset_first_dry: I64, massed: int, c: int, day: int
) -> None:
    """Fold one class of the night into the outcomes of the campaign (O)."""
    real, leaked, massed_dry = 0, 0, 0
    for a in range(tonight.shape[0]):
        here = tonight[a, c, 0]
        real += here
        leaked += tonight[a, c, LEAKED_HERE]
        if here > 0:
            people[c, ATTACKED] += asset_people[a]
            if tonight[a, c, LEAKED_HERE] == 0:
                people[c, SPARED] += asset_people[a]
        if tonight[a, c, DRY_HERE] > 0 and asset_first_dry[a, c] == NEVER:
            asset_first_dry[a, c] = day
    for p in range(place.shape[0]):
        if place[p, c, 0] >= massed and place[p, c, SHOTS_HERE] == 0 and place[p, c, DRY_HERE] > 0:
            massed_dry = 1
    tally[c, MASSED_DRY] += massed_dry
    tally[c, RAID_NIGHTS] += 1 if real > 0 else 0
    tally[c, CLEAN_NIGHTS] += 1 if real > 0 and leaked == 0 else 0
    tonight[:, c] = 0
    place[:, c] = 0


@jit
def note_dry(tally: I64, rounds: I64, depot: I64, loads: I64, c: int, day: int) -> None:
    """Note a night with a dry leaker of class c, and whether the country had no round left (O)."""
    tally[c, DRY_NIGHTS] += 1
    if tally[c, FIRST_DRY] == NEVER:
        tally[c, FIRST_DRY] = day
    if tally[c, FIRST_DRY_NATIONAL] == NEVER and rounds_for(rounds, depot, loads, c) == 0:
        tally[c, FIRST_DRY_NATIONAL] = day


@jit
def has_battery(battery: I64, m: int, midnight: int) -> bool:
    """Whether a battery of magazine m stood by this midnight and is not lost."""
    for b in range(battery.shape[0]):
        if battery[b, MAGAZINE] == m and battery[b, GONE] == 0 and battery[b, START] <= max(0, midnight - 1):
            return True
    return False


@jit
def count_stock(
    stock: I64, magazines: I64, first_empty: I64, battery: I64, rounds: I64, depot: I64, traced: int, midnight: int
) -> None:
    """Count stocks at a midnight and note empty magazines (C2)."""
    stock[midnight] = depot
    standing, empty = 0, 0
    for m in range(rounds.shape[0]):
        held = 0
        for t in range(depot.shape[0]):
            here = rounds[m, t, READY] + rounds[m, t, RELOAD]
            held += here
            stock[midnight, t] += here + rounds[m, t, MOVING]
            if traced == 1:
                magazines[midnight, m, t] = here
        if has_battery(battery, m, midnight):
            standing += 1
            empty += 1 if held == 0 else 0
    if empty > 0:
        first_empty[0] = min(first_empty[0], midnight)
        if empty == standing:
            first_empty[1] = min(first_empty[1], midnight)


@numba.njit(nogil=True, error_model="numpy", cache=True)
def compiled_nights(
    chains: U64,
    option: I64,
    raid_start: I64,
    raid_counts: I64,
    priority: I64,
    threat_class: I64,
    class_names: U64,
    class_share: F64,
    asset: I64,
    asset_names: U64,
    asset_people: F64,
    targets: F64,
    shift: F64,
    layers: I64,
    layer_names: U64,
    sights: F64,
    salvos: I64,
    batteries: I64,
    battery_names: U64,
    chances: F64,
    covers_: F64,
    all_loads: I64,
    kills: F64,
    era_start: I64,
    rooms: I64,
    magazines_: I64,
    weights: F64,
    opening: I64,
    arrivals: I64,
    tallies: I64,
    by_types: I64,
    first_empty: I64,
    asset_leaked: I64,
    asset_first_dry: I64,
    people: F64,
    stocks: I64,
    day_class: I64,
    day_type: I64,
    magazine_trace: I64,
    most: int,
) -> None:
    """Fight every future of the block. Axes as in `problem`, columns as in `columns`.

    The first axis of what is uncertain has the length of the block, or 1; what is counted is filled in place.
    """
    threat = np.zeros((most, THREAT_COLUMNS), np.int64)
    words = np.zeros((most, 2), np.uint64)
    spot = np.zeros((most, 2), np.float64)
    days, types = arrivals.shape[1], arrivals.shape[2]
    classes, assets, sites = class_names.shape[0], asset.shape[0], batteries.shape[1]
    tonight = np.zeros((assets, classes, 3), np.int64)
    place = np.zeros((assets + sites, classes, 3), np.int64)
    group = np.zeros((2, 4), np.int64)
    transit = option[TRANSIT]
    for f in range(chains.shape[0]):
        battery = batteries[f % batteries.shape[0]].copy()
        layer = layers[f % layers.shape[0]].copy()
        rounds = rooms.copy()
        magazine = magazines_[f % magazines_.shape[0]].copy()
        depot = opening[f % opening.shape[0]].copy()
        pipe = np.zeros((rounds.shape[0], types, max(1, transit)), np.int64)
        chance, cover = chances[f % chances.shape[0]], covers_[f % covers_.shape[0]]
        weight, sight = weights[f % weights.shape[0]], sights[f % sights.shape[0]]
        loads, target = all_loads[f % all_loads.shape[0]], targets[f % targets.shape[0]]
        shares, eras = class_share[f % class_share.shape[0]], era_start[f % era_start.shape[0]]
        tally, by_type = tallies[f], by_types[f]
        tally[:, FIRST_DRY], tally[:, FIRST_DRY_NATIONAL] = NEVER, NEVER
        era = 0
        begin(battery, rounds, magazine, weight, depot, pipe)
        count_stock(stocks[f], magazine_trace[f], first_empty[f], battery, rounds, depot, option[TRACED], 0)
        for day in range(days):
            night = fold(chains[f], day)
            while era + 1 < eras.shape[0] and eras[era + 1] <= day:
                era += 1
            land(rounds, depot, pipe, arrivals[f], day, transit)
            stand(battery, chance, magazine, battery_names, night, day)
            fill(rounds, magazine, weight, depot, pipe, day, transit)
            ready_up(rounds, magazine, False)
            start, stop = raid_start[f, day], raid_start[f, day + 1]
            if stop > start:
                kill, today, today_type = kills[f % kills.shape[0], era], day_class[f, day], day_type[f, day]
                layer[:, TREATED] = 0
                for row in range(start, stop):
                    raid = fold(fold(night, RAIDS), row - start)
                    for c in range(classes):
                        today[c, DAY_LAUNCHED] += raid_counts[row, c]
                    for wave in range(option[WAVES]):
                        open_eyes(battery, chance, layer, battery_names, layer_names, option[SCOPE], raid, wave)
                        for c in priority:
                            launched = raid_counts[row, c]
                            chain = fold(raid, class_names[c])
                            if launched == 0:
                                continue
                            if threat_class[c, SINGLE] == 1:
                                single_raid(
                                    threat, words, spot, option, battery, chance, cover, loads, rounds, depot, kill,
                                    layer, layer_names, sight, salvos, target, asset, asset_names, threat_class,
                                    shares, shift[f % shift.shape[0]], tally, by_type, today, today_type, tonight,
                                    place, asset_leaked[f], c, chain, launched, wave,
                                )  # fmt: skip
                            else:
                                group_raid(
                                    group, option, battery, layer, layer_names, sight, target, asset_names,
                                    threat_class, shares, tally, today, tonight, asset_leaked[f], c, chain, launched,
                                    wave,
                                )  # fmt: skip
                for c in range(classes):
                    if today[c, DAY_LAUNCHED] > 0:
                        if today[c, DAY_DRY] > 0:
                            note_dry(tally, rounds, depot, loads, c, day)
                        close_class(
                            tally, tonight, place, people[f], asset_people, asset_first_dry[f], option[MASSED], c, day
                        )
            count_stock(stocks[f], magazine_trace[f], first_empty[f], battery, rounds, depot, option[TRACED], day + 1)
