"""The compiled kernel's outer loop: futures, days, raids, waves, classes (C1, C2, O)."""

from __future__ import annotations

from typing import Any

import numpy as np

from vallum._kernel.cache import kept
from vallum._kernel.fast.columns import (
    ATTACKED,
    CAME_HERE,
    CLEAN_NIGHTS,
    DAY_DRY,
    DAY_LAUNCHED,
    DAY_USED,
    DRY_HERE,
    DRY_NIGHTS,
    FIRST_DRY,
    FIRST_DRY_NATIONAL,
    LOST,
    MASSED_DRY,
    RAID_NIGHTS,
    SHOTS_HERE,
    SPARED,
    USED,
)
from vallum._kernel.fast.engage import fight_layers, open_eyes
from vallum._kernel.fast.groups import group_raid
from vallum._kernel.fast.morning import begin, fill, land, open_magazines, ready_up, stand
from vallum._kernel.fast.muster import muster
from vallum._kernel.fast.rows import Desk, Given, Sheet
from vallum._kernel.fast.settle import note_found_dry, settle
from vallum._kernel.fast.slots import RAIDS, fold, jit, leaf, once, outermost
from vallum._kernel.fast.views import desk_at, given_at, sheet_at
from vallum._kernel.problem import FIT, UNFIT
from vallum.terms import NEVER


@once
def single_raid(
    g: Given, d: Desk, s: Sheet, c: int, chain: Any, launched: int, wave: int, day: int, again: bool
) -> None:
    """One class of one wave, followed threat by threat (E1)."""
    n = muster(g, d, s, c, chain, launched, wave)
    left = fight_layers(g, d, s, c, n, day)
    if g.options[0].traced == 1:
        note_found_dry(g, d, s, c, left, day)
    settle(g, d, s, c, n, left, day, again)


@leaf
def is_spent(g: Given, d: Desk, c: int) -> bool:
    """Whether no round that may be fired at class c is left anywhere in the country."""
    rounds = 0
    for t in range(d.depot.shape[0]):
        if g.fires[c, t] == 1:
            rounds += d.depot[t]
    for j in range(g.cell_type.shape[0]):
        if g.fires[c, g.cell_type[j]] == 1:
            rounds += d.ready[j] + d.reload[j] + d.moving[j]
    return bool(rounds == 0)


@leaf
def is_massed_dry(g: Given, d: Desk, c: int) -> bool:
    """Whether so many came to one place, none was shot at and one leaked dry: eight-and-none (O)."""
    found = False
    for p in range(d.place.shape[2]):
        many, none = d.place[c, CAME_HERE, p] >= g.options[0].massed, d.place[c, SHOTS_HERE, p] == 0
        found |= many & none & (d.place[c, DRY_HERE, p] > 0)
    return found


@jit
def note_dry(g: Given, d: Desk, s: Sheet, c: int, day: int) -> None:
    """Note a night with a dry leaker of class c, and whether the country had no round left (O)."""
    tally = s.by_class
    tally[c, DRY_NIGHTS] += 1
    if tally[c, FIRST_DRY] == NEVER:
        tally[c, FIRST_DRY] = day
    if tally[c, FIRST_DRY_NATIONAL] == NEVER and is_spent(g, d, c):
        tally[c, FIRST_DRY_NATIONAL] = day
    if d.placed[c] == 1:
        tally[c, MASSED_DRY] += is_massed_dry(g, d, c)


@jit
def close_class(g: Given, d: Desk, s: Sheet, c: int, day: int) -> None:
    """Fold one class of the night into the outcomes of the campaign, and clear its place on the desk (O)."""
    tally = s.by_class
    if s.day_class[day, c, DAY_DRY] > 0:
        note_dry(g, d, s, c, day)
    for a in range(d.came.shape[1]):
        d.attacked[c, a] += d.came[c, a] > 0
        d.came[c, a] = 0
    if d.harm[c] > 0:
        for a in range(d.leaked.shape[1]):
            d.harmed[c, a] += d.leaked[c, a] > 0
            d.leaked[c, a] = 0
    tally[c, RAID_NIGHTS] += d.raided[c] > 0
    tally[c, CLEAN_NIGHTS] += (d.raided[c] > 0) & (d.harm[c] == 0)
    d.raided[c], d.harm[c] = 0, 0
    if d.placed[c] == 1:
        d.placed[c] = 0
        for column in range(d.place.shape[1]):
            for p in range(d.place.shape[2]):
                d.place[c, column, p] = 0


@once
def raids_of_night(g: Given, d: Desk, s: Sheet, night: Any, day: int) -> None:
    """Fight the raids of a night in turn, wave by wave, class by class (E1)."""
    start, stop, waves = g.raid_start[day], g.raid_start[day + 1], g.options[0].waves
    again = stop - start > 1 or waves > 1
    for k in range(g.layer.shape[0]):
        g.layer[k].treated = 0
    for t in range(d.depot.shape[0]):
        s.day_type[day, t, DAY_USED] -= s.by_type[t, USED]
    for row in range(start, stop):
        raid = fold(fold(night, RAIDS), row - start)
        for c in range(g.raid_counts.shape[1]):
            s.day_class[day, c, DAY_LAUNCHED] += g.raid_counts[row, c]
        for wave in range(waves):
            open_eyes(g, d, raid, wave)
            for place_in_line in range(g.priority.shape[0]):
                c = g.priority[place_in_line]
                launched, chain = g.raid_counts[row, c], fold(raid, g.threat_class[c].name)
                if launched == 0:
                    continue
                if g.threat_class[c].single == 1:
                    single_raid(g, d, s, c, chain, launched, wave, day, again)
                else:
                    group_raid(g, d, s, c, chain, launched, wave, day)
    for t in range(d.depot.shape[0]):
        s.day_type[day, t, DAY_USED] += s.by_type[t, USED]
    for c in range(g.raid_counts.shape[1]):
        if s.day_class[day, c, DAY_LAUNCHED] > 0:
            close_class(g, d, s, c, day)


@jit
def some_empty(g: Given, d: Desk) -> bool:
    """Whether a magazine that counts stands empty: one of the first day, or one that has had a round."""
    for m in range(d.filled.shape[0]):
        d.filled[m] = 0
    for j in range(g.cell_type.shape[0]):
        d.filled[g.cell_magazine[j]] |= d.ready[j] + d.reload[j] > 0
        d.counts[g.cell_magazine[j]] |= d.had[j]
    empty = 0
    for m in range(d.filled.shape[0]):
        empty |= d.counts[m] & (1 - d.filled[m])
    return empty == 1


@leaf
def all_empty(d: Desk) -> bool:
    """Whether all magazines stand empty, some of which count; one that does not count never had a round."""
    rounds = 0
    for j in range(d.ready.shape[0]):
        rounds += d.ready[j] + d.reload[j]
    return rounds == 0


@jit
def count_stock(g: Given, d: Desk, s: Sheet, midnight: int) -> None:
    """Count stocks at a midnight and note the first empty magazine, and the first midnight with all empty (C2).

    The stock of the country is what ever came, less what was used or lost.
    """
    for t in range(d.depot.shape[0]):
        s.stock[midnight, t] = d.imported[t] - s.by_type[t, USED] - s.by_type[t, LOST]
    if s.first_empty[0] == NEVER and some_empty(g, d):
        s.first_empty[0] = midnight
    if s.first_empty[1] == NEVER and s.first_empty[0] != NEVER and all_empty(d):
        s.first_empty[1] = midnight


@jit
def count_people(g: Given, d: Desk, s: Sheet) -> None:
    """Sum people times nights over the assets, in their order (O)."""
    for c in range(d.attacked.shape[0]):
        for a in range(g.people.shape[0]):
            s.people[c, ATTACKED] += g.people[a] * d.attacked[c, a]
            s.people[c, SPARED] += g.people[a] * (d.attacked[c, a] - d.harmed[c, a])


@jit
def keep_books(g: Given, d: Desk, s: Sheet, midnight: int) -> None:
    """Keep the counts of the campaign so far and the rounds in place, of a traced future (Q4)."""
    for c in range(s.by_class.shape[0]):
        for column in range(s.by_class.shape[1]):
            s.class_until[midnight, c, column] = s.by_class[c, column]
    for t in range(s.by_type.shape[0]):
        for column in range(s.by_type.shape[1]):
            s.type_until[midnight, t, column] = s.by_type[t, column]
    for j in range(g.cell_type.shape[0]):
        s.magazines[midnight, g.cell_magazine[j], g.cell_type[j]] += d.ready[j] + d.reload[j]


@jit
def note_evening(g: Given, d: Desk, s: Sheet, day: int) -> None:
    """Keep what stood and what was ready before the raids of a traced night (Q4)."""
    for j in range(g.cell_type.shape[0]):
        s.ready[day, g.cell_magazine[j], g.cell_type[j]] += d.ready[j]
    for b in range(d.battery.shape[0]):
        if d.stands[b] == 1:
            s.standing[day, b] = FIT
        elif d.battery[b].start <= day and d.battery[b].gone == 0:
            s.standing[day, b] = UNFIT


@jit
def clear(g: Given, d: Desk) -> None:
    """Clear the desk for a future, and put its batteries and its stock on it."""
    for b in range(d.battery.shape[0]):
        d.battery[b] = g.battery[b]
    for place in range(g.reach_bits.shape[0]):
        d.reach_bits[place] = g.reach_bits[place]
    for t in range(d.depot.shape[0]):
        d.depot[t], d.imported[t] = g.stock[t], g.stock[t]
    for j in range(d.ready.shape[0]):
        d.ready[j], d.reload[j], d.moving[j], d.had[j] = 0, 0, 0, 0
        for after in range(d.pipe.shape[1]):
            d.pipe[j, after] = 0
    for m in range(d.fate.shape[0]):
        d.fate[m], d.counts[m] = 0, 0
    for c in range(d.attacked.shape[0]):
        for a in range(d.attacked.shape[1]):
            d.attacked[c, a], d.harmed[c, a] = 0, 0
    d.era[0] = 0


@once
def campaign(g: Given, d: Desk, s: Sheet) -> None:
    """Fight a future from its first day to its last (C1)."""
    clear(g, d)
    begin(g, d)
    count_stock(g, d, s, np.int64(0))
    if g.options[0].traced == 1:
        keep_books(g, d, s, np.int64(0))
    for day in range(g.arrivals.shape[0]):
        night = fold(g.chain[0], day)
        while d.era[0] + 1 < g.era_start.shape[0] and g.era_start[d.era[0] + 1] <= day:
            d.era[0] += np.uint32(1)
        land(g, d, s, day)
        stand(g, d, night, day)
        open_magazines(g, d)
        fill(g, d, day, g.options[0].transit)
        ready_up(g, d, g.options[0].slow)
        if g.options[0].traced == 1:
            note_evening(g, d, s, day)
        if g.raid_start[day + 1] > g.raid_start[day]:
            raids_of_night(g, d, s, night, day)
        count_stock(g, d, s, day + 1)
        if g.options[0].traced == 1:
            keep_books(g, d, s, day + 1)
    count_people(g, d, s)


@kept
@outermost
def compiled_nights(first: int, step: int, futures: int) -> None:
    """Fight futures whose rows begin so many bytes after one another; counts are filled in place."""
    for future in range(futures):
        row = first + step * future
        campaign(given_at(row), desk_at(row), sheet_at(row))
