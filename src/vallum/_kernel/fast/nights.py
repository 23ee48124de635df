"""The compiled kernel's outer loop: futures, days, raids, waves, classes (C1, C2, O)."""

from __future__ import annotations

from typing import Any

from vallum._kernel.cache import kept
from vallum._kernel.fast.columns import (
    ALIVE,
    ATTACKED,
    CLEAN_NIGHTS,
    COUNTS,
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
    LEAKED_HERE,
    LOSSES,
    MAGAZINE,
    MASSED,
    MASSED_DRY,
    MOVING,
    ORDER,
    RAID_NIGHTS,
    READY,
    RELOAD,
    SCOPE,
    SEEN,
    SHOTS_HERE,
    SINGLE,
    SPARED,
    SPREAD,
    STANDS,
    START,
    STOPPED,
    TRACED,
    TRACK,
    TRANSIT,
    TREATED,
    TYPE,
    WAVES,
    Desk,
    Given,
)
from vallum._kernel.fast.engage import locate, look_out, note_found_dry, open_eyes, salvo, settle, soft_layer
from vallum._kernel.fast.groups import (
    NOT_LEAKED,
    decoys_among,
    group_layer,
    group_muster,
    group_settle,
    left_of,
    spread_out,
    wave_share,
)
from vallum._kernel.fast.morning import begin, fill, land, ready_up, stand
from vallum._kernel.fast.muster import line_up, muster
from vallum._kernel.fast.slots import RAIDS, fold, jit
from vallum._kernel.problem import BATTERY, F64, FIT, I64, U64, UNFIT, Sheets
from vallum.terms import NEVER


@jit
def single_raid(
    threat: I64, words: U64, spot: F64, option: I64, battery: I64, chance: F64, cover: F64, loads: I64, rounds: I64,
    magazine: I64, depot: I64, kill: F64, layer: I64, layer_names: U64, sight: F64, salvos: I64, target: F64,
    asset: I64, asset_names: U64, threat_class: I64, class_share: F64, tally: I64, by_type: I64, today: I64,
    today_type: I64, tonight: I64, place: I64, asset_leaked: I64, found_dry: I64, day: int, c: int, chain: Any,
    launched: int, wave: int,
) -> None:  # fmt: skip
    """One class of one wave, followed threat by threat (E1)."""
    n = muster(
        threat, words, spot, option, battery, cover, loads, target, asset, threat_class, class_share, tally, tonight,
        c, chain, launched, wave,
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
    locate(threat, spot, battery, cover, loads, asset, tally, place, c, n)
    fail = class_share[c, FAIL] if threat_class[c, FAIL_BEFORE] == 0 else 0.0
    if option[TRACED] == 1:
        note_found_dry(threat, words, spot, battery, cover, loads, rounds, fail, found_dry[day], c, n)
    settle(
        threat, words, spot, battery, chance, cover, loads, rounds, magazine, depot, fail, option[LOSSES], tally,
        by_type, today, tonight, place, asset_leaked, c, n,
    )  # fmt: skip


@jit
def group_raid(
    group: I64, seen: I64, option: I64, battery: I64, layer: I64, layer_names: U64, sight: F64, target: F64,
    asset_names: U64, threat_class: I64, class_share: F64, tally: I64, today: I64, tonight: I64, asset_leaked: I64,
    c: int, chain: Any, launched: int, wave: int,
) -> None:  # fmt: skip
    """One class of one wave, as a group of real threats and one of decoys (F4)."""
    waves = option[WAVES]
    decoys = decoys_among(threat_class, class_share, chain, c, launched)
    real = launched - decoys
    of_wave = chain
    if waves > 1:
        real, decoys = wave_share(chain, 0, real, waves, wave), wave_share(chain, 1, decoys, waves, wave)
        of_wave = fold(chain, wave)
    real_before = group_muster(group, threat_class, class_share, tally, of_wave, c, 0, real)
    decoys_before = group_muster(group, threat_class, class_share, tally, of_wave, c, 1, decoys)
    for k in range(layer.shape[0]):
        if layer[k, KIND] != BATTERY:
            group_layer(group, seen, battery, layer, sight, layer_names[k], of_wave, k, c)
    stopped, decoys_stopped = real_before - left_of(group, 0), decoys_before - left_of(group, 1)
    tally[c, STOPPED] += stopped
    tally[c, STOPPED + 1] += decoys_stopped
    today[c, DAY_STOPPED] += stopped + decoys_stopped
    fail = class_share[c, FAIL] if threat_class[c, FAIL_BEFORE] == 0 else 0.0
    group_settle(group, fail, tally, today, of_wave, c)
    for state in range(NOT_LEAKED + 1):
        here = group[0, state] if state < NOT_LEAKED else real - left_of(group, 0)
        spread_out(tonight, asset_leaked, target, asset_names, of_wave, c, state, here)


@jit
def may_fire(loads: I64, system: int, c: int, t: int) -> bool:
    """Whether a system may fire type t at class c (E7)."""
    for place in range(loads.shape[2]):
        if loads[system, c, place, TYPE] < 0:
            break
        if loads[system, c, place, TYPE] == t:
            return True
    return False


@jit
def rounds_for(rounds: I64, depot: I64, loads: I64, c: int) -> int:
    """Rounds anywhere in the country that may be fired at class c."""
    total = 0
    for t in range(depot.shape[0]):
        for system in range(loads.shape[0]):
            if may_fire(loads, system, c, t):
                total += depot[t]
                for m in range(rounds.shape[0]):
                    total += rounds[m, t, READY] + rounds[m, t, RELOAD] + rounds[m, t, MOVING]
                break
    return total


@jit
def close_class(
    tally: I64,
    tonight: I64,
    place: I64,
    people: F64,
    asset_people: F64,
    asset_first_dry: I64,
    massed: int,
    c: int,
    day: int,
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
    wipe(tonight, c)
    wipe(place, c)


@jit
def wipe(counts: I64, c: int) -> None:
    """Set the counts of a class by place back to zero."""
    for a in range(counts.shape[0]):
        for column in range(counts.shape[2]):
            counts[a, c, column] = 0


@jit
def note_dry(tally: I64, rounds: I64, depot: I64, loads: I64, c: int, day: int) -> None:
    """Note a night with a dry leaker of class c, and whether the country had no round left (O)."""
    tally[c, DRY_NIGHTS] += 1
    if tally[c, FIRST_DRY] == NEVER:
        tally[c, FIRST_DRY] = day
    if tally[c, FIRST_DRY_NATIONAL] == NEVER and rounds_for(rounds, depot, loads, c) == 0:
        tally[c, FIRST_DRY_NATIONAL] = day


@jit
def stood_first(battery: I64, m: int) -> bool:
    """Whether a battery of magazine m stood from the first day."""
    first = NEVER
    for b in range(battery.shape[0]):
        if battery[b, MAGAZINE] == m:
            first = min(first, battery[b, START])
    return first <= 0


@jit
def count_stock(
    stock: I64,
    trace: I64,
    first_empty: I64,
    battery: I64,
    magazine: I64,
    rounds: I64,
    depot: I64,
    option: I64,
    midnight: int,
) -> None:
    """Count stocks at a midnight and note empty magazines (C2).

    A magazine counts if its battery stood from the first day, else once it has had a round (`ready_up`).
    """
    for t in range(depot.shape[0]):
        stock[midnight, t] = depot[t]
    standing, empty = 0, 0
    for m in range(rounds.shape[0]):
        held = 0
        for t in range(depot.shape[0]):
            here = rounds[m, t, READY] + rounds[m, t, RELOAD]
            held += here
            stock[midnight, t] += here + rounds[m, t, MOVING]
            if option[TRACED] == 1:
                trace[midnight, m, t] = here
        if midnight == 0 and stood_first(battery, m):
            magazine[m, COUNTS] = 1
        if magazine[m, COUNTS] == 1:
            standing += 1
            empty += 1 if held == 0 else 0
    if empty > 0:
        first_empty[0] = min(first_empty[0], midnight)
        if empty == standing:
            first_empty[1] = min(first_empty[1], midnight)


@jit
def keep_books(class_until: I64, type_until: I64, tally: I64, by_type: I64, midnight: int) -> None:
    """Keep the counts of the campaign so far, of a traced future (Q4)."""
    for c in range(tally.shape[0]):
        for column in range(tally.shape[1]):
            class_until[midnight, c, column] = tally[c, column]
    for t in range(by_type.shape[0]):
        for column in range(by_type.shape[1]):
            type_until[midnight, t, column] = by_type[t, column]


@jit
def note_evening(battery: I64, rounds: I64, ready: I64, standing: I64, day: int) -> None:
    """Keep what stood and what was ready before the raids of a traced night (Q4)."""
    for m in range(rounds.shape[0]):
        for t in range(rounds.shape[1]):
            ready[day, m, t] = rounds[m, t, READY]
    for b in range(battery.shape[0]):
        if battery[b, STANDS] == 1:
            standing[day, b] = FIT
        elif battery[b, START] <= day and battery[b, GONE] == 0:
            standing[day, b] = UNFIT


@jit
def raids_of_night(
    threat: I64, words: U64, spot: F64, group: I64, seen: I64, option: I64, raid_counts: I64, priority: I64,
    class_names: U64, battery: I64, battery_names: U64, chance: F64, cover: F64, loads: I64, rounds: I64,
    magazine: I64, depot: I64, kill: F64, layer: I64, layer_names: U64, sight: F64, salvos: I64, target: F64,
    asset: I64, asset_names: U64, threat_class: I64, class_share: F64, tally: I64, by_type: I64, today: I64,
    today_type: I64, tonight: I64, place: I64, asset_leaked: I64, found_dry: I64, night: Any, day: int, start: int,
    stop: int,
) -> None:  # fmt: skip
    """Fight the raids of a night in turn, wave by wave, class by class (E1)."""
    for k in range(layer.shape[0]):
        layer[k, TREATED] = 0
    for row in range(start, stop):
        raid = fold(fold(night, RAIDS), row - start)
        for c in range(raid_counts.shape[1]):
            today[c, DAY_LAUNCHED] += raid_counts[row, c]
        for wave in range(option[WAVES]):
            open_eyes(battery, chance, layer, battery_names, layer_names, option[SCOPE], raid, wave)
            for place_in_line in range(priority.shape[0]):
                c = priority[place_in_line]
                launched, chain = raid_counts[row, c], fold(raid, class_names[c])
                if launched == 0:
                    continue
                if threat_class[c, SINGLE] == 1:
                    single_raid(
                        threat, words, spot, option, battery, chance, cover, loads, rounds, magazine, depot, kill,
                        layer, layer_names, sight, salvos, target, asset, asset_names, threat_class, class_share,
                        tally, by_type, today, today_type, tonight, place, asset_leaked, found_dry, day, c, chain,
                        launched, wave,
                    )  # fmt: skip
                else:
                    group_raid(
                        group, seen, option, battery, layer, layer_names, sight, target, asset_names, threat_class,
                        class_share, tally, today, tonight, asset_leaked, c, chain, launched, wave,
                    )  # fmt: skip


@jit
def close_night(
    tally: I64, today: I64, rounds: I64, depot: I64, loads: I64, tonight: I64, place: I64, people: F64,
    asset_people: F64, asset_first_dry: I64, massed: int, day: int,
) -> None:  # fmt: skip
    """Fold a night into the outcomes of the campaign (O)."""
    for c in range(today.shape[0]):
        if today[c, DAY_LAUNCHED] == 0:
            continue
        if today[c, DAY_DRY] > 0:
            note_dry(tally, rounds, depot, loads, c, day)
        close_class(tally, tonight, place, people, asset_people, asset_first_dry, massed, c, day)


@kept
def compiled_nights(given: Given, sheets: Sheets, desk: Desk) -> None:
    """Fight every future of the block, each from its first day to its last (C1); counts are filled in place.

    Each array is taken out of its tuple once a future: every use of a field costs a reference count.
    """
    for f in range(given.chains.shape[0]):
        g, d, option, arrivals = given, desk, given.option, given.arrivals[f]
        battery, rounds, magazine, depot = g.battery[f], g.rounds[f], g.magazine[f], g.depot[f]
        threat, words, spot, group, seen = d.threat, d.words, d.spot, d.group, d.seen
        tonight, place, pipe = d.tonight, d.place, d.pipe
        threat_class = g.threat_class[f % g.threat_class.shape[0]]
        class_share, target = g.class_share[f % g.class_share.shape[0]], g.target[f % g.target.shape[0]]
        sights, loads = g.sight[f % g.sight.shape[0]], g.loads[f % g.loads.shape[0]]
        chances, cover = g.chance[f % g.chance.shape[0]], g.cover[f % g.cover.shape[0]]
        kills, eras = g.kill[f % g.kill.shape[0]], g.era_start[f % g.era_start.shape[0]]
        weight, raid_start, raid_counts = g.weight[f % g.weight.shape[0]], g.raid_start[f], g.raid_counts
        class_names, battery_names, priority = g.class_names, g.battery_names, g.priority
        layer, layer_names, salvos = g.layer, g.layer_names, g.salvos
        asset, asset_names, asset_people = g.asset, g.asset_names, g.asset_people
        tally, by_type, people = sheets.by_class[f], sheets.by_type[f], sheets.people[f]
        asset_leaked, asset_first_dry = sheets.asset_leaked[f], sheets.asset_first_dry[f]
        day_class, day_type, first_empty = sheets.day_class[f], sheets.day_type[f], sheets.first_empty[f]
        stock, trace, chain = sheets.stock[f], sheets.magazines[f], g.chains[f]
        ready, standing, found_dry = sheets.ready[f], sheets.standing[f], sheets.found_dry[f]
        class_until, type_until, traced = sheets.class_until[f], sheets.type_until[f], option[TRACED] == 1
        transit, era = option[TRANSIT], 0
        begin(battery, rounds, magazine, weight, depot, pipe)
        count_stock(stock, trace, first_empty, battery, magazine, rounds, depot, option, 0)
        for day in range(arrivals.shape[0]):
            night = fold(chain, day)
            while era + 1 < eras.shape[0] and eras[era + 1] <= day:
                era += 1
            chance = chances[era]
            land(rounds, magazine, depot, pipe, arrivals, by_type, day, transit)
            stand(battery, chance, magazine, battery_names, night, day)
            fill(rounds, magazine, weight, depot, pipe, day, transit)
            ready_up(rounds, magazine, False)
            if traced:
                note_evening(battery, rounds, ready, standing, day)
            if raid_start[day + 1] > raid_start[day]:
                raids_of_night(
                    threat, words, spot, group, seen, option, raid_counts, priority, class_names, battery,
                    battery_names, chance, cover, loads, rounds, magazine, depot, kills[era], layer, layer_names,
                    sights[era], salvos, target, asset, asset_names, threat_class, class_share, tally, by_type,
                    day_class[day], day_type[day], tonight, place, asset_leaked, found_dry, night, day,
                    raid_start[day], raid_start[day + 1],
                )  # fmt: skip
                close_night(
                    tally, day_class[day], rounds, depot, loads, tonight, place, people, asset_people, asset_first_dry,
                    option[MASSED], day,
                )  # fmt: skip
            count_stock(stock, trace, first_empty, battery, magazine, rounds, depot, option, day + 1)
            if traced:
                keep_books(class_until, type_until, tally, by_type, day + 1)
