"""The compiled kernel's outer loop: futures, days, raids, waves, classes (C1, C2, O)."""

from __future__ import annotations

from typing import Any

import numpy as np

from vallum._kernel.cache import kept
from vallum._kernel.fast.columns import (
    ATTACKED,
    CAME,
    CLEAN_NIGHTS,
    DAY_DRY,
    DAY_LAUNCHED,
    DAY_STOPPED,
    DRY_HERE,
    DRY_NIGHTS,
    FIRST_DRY,
    FIRST_DRY_NATIONAL,
    LEAKED_HERE,
    LOST,
    MASSED_DRY,
    RAID_NIGHTS,
    SHOTS_HERE,
    SPARED,
    STOPPED,
    USED,
)
from vallum._kernel.fast.engage import battery_layer, locate, note_found_dry, open_eyes, settle, soft_layer
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
from vallum._kernel.fast.morning import begin, fill, land, open_magazines, ready_up, stand
from vallum._kernel.fast.muster import line_up, make_guide, muster
from vallum._kernel.fast.rows import I32, U8, U32, Desk, Given, Rows
from vallum._kernel.fast.slots import RAIDS, fold, jit, lowest_bit
from vallum._kernel.problem import BATTERY, F64, FIT, I64, U64, UNFIT, Sheets
from vallum.terms import NEVER


@jit
def single_raid(
    threat: Rows, words: U64, spot: F64, order: U32, options: Rows, battery: Rows, stands: U8, able: U8, busy: I64,
    chance: Rows, cell: Rows, magazine: Rows, empties: Rows, reach_start: U32, reach: Rows, load: Rows, cover_high: F64,
    may_fire: U8, serves: U8, depot: I64, kill: F64, layer: Rows, sight: Rows, salvos: I64, target: F64, guide: U32,
    asset: Rows, threat_class: Rows, tally: I64, by_type: I64, today: I64, today_type: I64, tonight: I32, touched: U64,
    place: I32, asset_leaked: I64, found_dry: I64, day: int, c: int, chain: Any, launched: int, wave: int,
) -> None:  # fmt: skip
    """One class of one wave, followed threat by threat (E1)."""
    n = muster(
        threat, words, spot, order, options, battery, cover_high, may_fire, target, guide, asset, threat_class, tally,
        tonight, touched, c, chain, launched, wave,
    )  # fmt: skip
    line_up(threat, spot, order, asset, options[0].order, chain, n)
    for k in range(layer.shape[0]):
        if layer[k].kind != BATTERY:
            soft_layer(threat, words, order, battery, stands, layer, sight[k, c].success, sight[k, c].track, k, n)
            continue
        if serves[k, c] == 0:
            continue
        battery_layer(
            threat, words, spot, order, battery, stands, able, busy, cell, magazine, empties, reach_start, reach, load,
            kill, by_type, today_type, layer[k].name, sight[k, c].track, options[0].spread, salvos, k, c, n,
        )  # fmt: skip
    if options[0].countries == 1:
        locate(threat, spot, stands, reach_start, reach, asset, c, n)
    fail = threat_class[c].fail if threat_class[c].fail_before == 0 else 0.0
    if options[0].traced == 1:
        note_found_dry(threat, words, spot, able, cell, reach_start, reach, load, fail, found_dry, day, c, n)
    settle(
        threat, words, spot, battery, stands, able, chance, cell, magazine, empties, reach_start, reach, depot, fail,
        options[0].losses, tally, by_type, today, tonight, place, asset_leaked, c, n,
    )  # fmt: skip


@jit
def group_raid(
    group: I64, seen: I64, waves: int, battery: Rows, stands: U8, layer: Rows, sight: Rows, target: F64, asset: Rows,
    of_class: Any, tally: I64, today: I64, tonight: I32, touched: U64, asset_leaked: I64, c: int, chain: Any, launched:
    int, wave: int,
) -> None:  # fmt: skip
    """One class of one wave, as a group of real threats and one of decoys (F4)."""
    decoys = decoys_among(of_class, chain, launched)
    real = launched - decoys
    of_wave = chain
    if waves > 1:
        real, decoys = wave_share(chain, 0, real, waves, wave), wave_share(chain, 1, decoys, waves, wave)
        of_wave = fold(chain, wave)
    before, after = (of_class.fail, 0.0) if of_class.fail_before == 1 else (0.0, of_class.fail)
    real_before = group_muster(group, before, tally, of_wave, c, 0, real)
    decoys_before = group_muster(group, before, tally, of_wave, c, 1, decoys)
    for k in range(layer.shape[0]):
        if layer[k].kind != BATTERY:
            group_layer(group, seen, battery, stands, layer, sight[k, c].success, sight[k, c].track, of_wave, k)
    stopped, decoys_stopped = real_before - left_of(group, 0), decoys_before - left_of(group, 1)
    tally[c, STOPPED] += stopped
    tally[c, STOPPED + 1] += decoys_stopped
    today[c, DAY_STOPPED] += stopped + decoys_stopped
    group_settle(group, after, tally, today, of_wave, c)
    for state in range(NOT_LEAKED + 1):
        here = group[0, state] if state < NOT_LEAKED else real - left_of(group, 0)
        spread_out(tonight, touched, asset_leaked, target, asset, of_wave, c, state, here)


@jit
def is_spent(cell: Rows, depot: I64, fires: U8, c: int) -> bool:
    """Whether no round that may be fired at class c is left anywhere in the country."""
    for t in range(depot.shape[0]):
        if fires[c, t] == 1 and depot[t] > 0:
            return False
    for j in range(cell.shape[0] - 1):
        here = cell[j]
        if fires[c, here.type] == 1 and here.ready + here.reload + here.moving > 0:
            return False
    return True


@jit
def is_massed_dry(place: I32, massed: int, c: int) -> bool:
    """Whether so many came to one place, none was shot at and one leaked dry: eight-and-none (O)."""
    for p in range(place.shape[1]):
        if place[c, p, CAME] >= massed and place[c, p, SHOTS_HERE] == 0 and place[c, p, DRY_HERE] > 0:
            return True
    return False


@jit
def close_class(
    tally: I64, today: I64, tonight: I32, touched: U64, place: I32, people: F64, asset_people: F64, asset_first_dry:
    I64, massed: int, c: int, day: int,
) -> None:  # fmt: skip
    """Fold one class of the night into the outcomes of the campaign (O).

    Only assets that somebody came to, in their order: the sum of people must be the same to the last bit.
    """
    real, leaked, attacked, spared = 0, 0, people[c, ATTACKED], people[c, SPARED]
    for word in range(touched.shape[1]):
        bits = touched[c, word]
        touched[c, word] = 0
        while bits != 0:
            a = np.uint64(word * 64) + lowest_bit(bits)  # type: ignore[call-arg]
            bits &= bits - np.uint64(1)
            came, leaked_here = tonight[c, a, CAME], tonight[c, a, LEAKED_HERE]
            real += came
            leaked += leaked_here
            attacked += asset_people[a] * (1.0 if came > 0 else 0.0)
            spared += asset_people[a] * (1.0 if came > 0 and leaked_here == 0 else 0.0)  # no branch: not foreseen
            if tonight[c, a, DRY_HERE] > 0 and asset_first_dry[a, c] == NEVER:
                asset_first_dry[a, c] = day
            for column in range(tonight.shape[2]):
                tonight[c, a, column] = 0
    people[c, ATTACKED], people[c, SPARED] = attacked, spared
    if today[c, DAY_DRY] > 0 and is_massed_dry(place, massed, c):
        tally[c, MASSED_DRY] += 1
    tally[c, RAID_NIGHTS] += 1 if real > 0 else 0
    tally[c, CLEAN_NIGHTS] += 1 if real > 0 and leaked == 0 else 0
    place[c] = 0


@jit
def note_dry(tally: I64, cell: Rows, depot: I64, fires: U8, c: int, day: int) -> None:
    """Note a night with a dry leaker of class c, and whether the country had no round left (O)."""
    tally[c, DRY_NIGHTS] += 1
    if tally[c, FIRST_DRY] == NEVER:
        tally[c, FIRST_DRY] = day
    if tally[c, FIRST_DRY_NATIONAL] == NEVER and is_spent(cell, depot, fires, c):
        tally[c, FIRST_DRY_NATIONAL] = day


@jit
def count_stock(stock: I64, first_empty: I64, by_type: I64, country: I64, empties: Rows, midnight: int) -> None:
    """Count stocks at a midnight and note empty magazines (C2).

    The stock of the country is what ever came, less what was used or lost.
    """
    for t in range(country.shape[0]):
        stock[midnight, t] = country[t] - by_type[t, USED] - by_type[t, LOST]
    if empties[0].empty > 0:
        first_empty[0] = min(first_empty[0], midnight)
        if empties[0].empty == empties[0].counted:
            first_empty[1] = min(first_empty[1], midnight)


@jit
def keep_books(
    class_until: I64, type_until: I64, magazines: I64, tally: I64, by_type: I64, cell: Rows, midnight: int
) -> None:
    """Keep the counts of the campaign so far and the rounds in place, of a traced future (Q4)."""
    for c in range(tally.shape[0]):
        for column in range(tally.shape[1]):
            class_until[midnight, c, column] = tally[c, column]
    for t in range(by_type.shape[0]):
        for column in range(by_type.shape[1]):
            type_until[midnight, t, column] = by_type[t, column]
    for j in range(cell.shape[0] - 1):
        magazines[midnight, cell[j].magazine, cell[j].type] = cell[j].ready + cell[j].reload


@jit
def note_evening(battery: Rows, stands: U8, cell: Rows, ready: I64, standing: I64, day: int) -> None:
    """Keep what stood and what was ready before the raids of a traced night (Q4)."""
    for j in range(cell.shape[0] - 1):
        ready[day, cell[j].magazine, cell[j].type] = cell[j].ready
    for b in range(battery.shape[0]):
        if stands[b] == 1:
            standing[day, b] = FIT
        elif battery[b].start <= day and battery[b].gone == 0:
            standing[day, b] = UNFIT


@jit
def raids_of_night(
    threat: Rows, words: U64, spot: F64, order: U32, group: I64, seen: I64, options: Rows, raid_counts: I64,
    priority: U32, battery: Rows, stands: U8, able: U8, busy: I64, chance: Rows, cell: Rows, magazine: Rows,
    empties: Rows, reach_start: U32, reach: Rows, load: Rows, cover_high: F64, may_fire: U8, serves: U8, depot: I64,
    kill: F64, layer: Rows, sight: Rows, salvos: I64, target: F64, guide: U32, asset: Rows, threat_class: Rows,
    tally: I64, by_type: I64, today: I64, today_type: I64, tonight: I32, touched: U64, place: I32, asset_leaked: I64,
    found_dry: I64, night: Any, day: int, start: int, stop: int,
) -> None:  # fmt: skip
    """Fight the raids of a night in turn, wave by wave, class by class (E1)."""
    for k in range(layer.shape[0]):
        layer[k].treated = 0
    for row in range(start, stop):
        raid = fold(fold(night, RAIDS), row - start)
        for c in range(raid_counts.shape[1]):
            today[c, DAY_LAUNCHED] += raid_counts[row, c]
        for wave in range(options[0].waves):
            open_eyes(battery, chance, layer, stands, able, busy, options, raid, wave)
            for place_in_line in range(priority.shape[0]):
                c = priority[place_in_line]
                launched, chain = raid_counts[row, c], fold(raid, threat_class[c].name)
                if launched == 0:
                    continue
                if threat_class[c].single == 1:
                    single_raid(
                        threat, words, spot, order, options, battery, stands, able, busy, chance, cell, magazine,
                        empties, reach_start, reach, load, cover_high, may_fire, serves, depot, kill, layer, sight,
                        salvos, target, guide, asset, threat_class, tally, by_type, today, today_type, tonight, touched,
                        place, asset_leaked, found_dry, day, c, chain, launched, wave,
                    )  # fmt: skip
                else:
                    group_raid(
                        group, seen, options[0].waves, battery, stands, layer, sight, target, asset, threat_class[c],
                        tally, today, tonight, touched, asset_leaked, c, chain, launched, wave,
                    )  # fmt: skip


@jit
def close_night(
    tally: I64, today: I64, cell: Rows, depot: I64, fires: U8, tonight: I32, touched: U64, place: I32, people: F64,
    asset_people: F64, asset_first_dry: I64, massed: int, day: int,
) -> None:  # fmt: skip
    """Fold a night into the outcomes of the campaign (O)."""
    for c in range(today.shape[0]):
        if today[c, DAY_LAUNCHED] == 0:
            continue
        if today[c, DAY_DRY] > 0:
            note_dry(tally, cell, depot, fires, c, day)
        close_class(tally, today, tonight, touched, place, people, asset_people, asset_first_dry, massed, c, day)


@jit
def campaign(g: Given, d: Desk, s: Sheets, f: int) -> None:
    """Fight future f from its first day to its last (C1)."""
    options, arrivals, raid_start = g.options, g.arrivals[f], g.raid_start[f]
    traced, transit, slow = options[0].traced, options[0].transit, options[0].slow
    battery, cell, magazine, depot = g.battery[f], g.cell[f], g.magazine[f], g.depot[f]
    threat_class, target = g.threat_class[f % g.threat_class.shape[0]], g.target[f % g.target.shape[0]]
    sights, chances = g.sight[f % g.sight.shape[0]], g.chance[f % g.chance.shape[0]]
    reach, load = g.reach[f % g.reach.shape[0]], g.load[f % g.load.shape[0]]
    cover_high = g.cover_high[f % g.cover_high.shape[0]]
    kills, eras = g.kill[f % g.kill.shape[0]], g.era_start[f % g.era_start.shape[0]]
    tally, by_type, stock, first_empty = s.by_class[f], s.by_type[f], s.stock[f], s.first_empty[f]
    day_class, day_type, country, empties = s.day_class[f], s.day_type[f], d.country, d.empties
    era = 0
    make_guide(d.guide, target)
    begin(battery, cell, g.cells_start, magazine, empties, depot, country, d.pipe, d.stands, d.waiting, d.need)
    count_stock(stock, first_empty, by_type, country, empties, 0)
    if traced == 1:
        keep_books(s.class_until[f], s.type_until[f], s.magazines[f], tally, by_type, cell, 0)
    for day in range(arrivals.shape[0]):
        night = fold(g.chains[f], day)
        while era + 1 < eras.shape[0] and eras[era + 1] <= day:
            era += 1
        land(cell, magazine, empties, depot, country, d.pipe, arrivals, by_type, day, transit)
        stand(battery, chances[era], options, d.luck, d.stands, night, day)
        open_magazines(battery, magazine, d.stands)
        fill(cell, g.cells_start, magazine, empties, depot, d.pipe, d.waiting, d.need, day, transit)
        ready_up(cell, magazine, slow)
        if traced == 1:
            note_evening(battery, d.stands, cell, s.ready[f], s.standing[f], day)
        if raid_start[day + 1] > raid_start[day]:
            raids_of_night(
                d.threat, d.words, d.spot, d.order, d.group, d.seen, options, g.raid_counts, g.priority, battery,
                d.stands, d.able, d.busy, chances[era], cell, magazine, empties, g.reach_start, reach, load,
                cover_high, g.may_fire, g.serves, depot, kills[era], g.layer, sights[era], g.salvos, target, d.guide,
                g.asset, threat_class, tally, by_type, day_class[day], day_type[day], d.tonight, d.touched, d.place,
                s.asset_leaked[f], s.found_dry[f], night, day, raid_start[day], raid_start[day + 1],
            )  # fmt: skip
            close_night(
                tally, day_class[day], cell, depot, g.fires, d.tonight, d.touched, d.place, s.people[f], g.asset_people,
                s.asset_first_dry[f], options[0].massed, day,
            )  # fmt: skip
        count_stock(stock, first_empty, by_type, country, empties, day + 1)
        if traced == 1:
            keep_books(s.class_until[f], s.type_until[f], s.magazines[f], tally, by_type, cell, day + 1)


@kept
def compiled_nights(given: Given, sheets: Sheets, desk: Desk) -> None:
    """Fight every future of the block; counts are filled in place."""
    for f in range(given.chains.shape[0]):
        campaign(given, desk, sheets, f)
