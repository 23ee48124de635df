"""Dice with names and slots: three ways to roll the same, uniform, and without memory (F3)."""

from __future__ import annotations

import numba
import numpy as np
import pytest
from scipy import stats

from vallum import dice
from vallum._kernel.fast import slots
from vallum.terms import CAUSES

ROLLS = 200_000
#: |z| that a true die passes in all but one of some 16 000 tests.
FOUR = 4.0


@numba.njit
def compiled_uniforms(chain, parts):
    return np.array([slots.uniform(slots.fold(chain, part)) for part in parts])


@numba.njit
def compiled_folds(chain, parts):
    return np.array([slots.fold(chain, part) for part in parts])


def rolls(*chain: int | str, count: int = ROLLS) -> np.ndarray:
    """Uniforms of slots 0, 1, 2, ... at the end of a chain."""
    folded = 0
    for part in chain:
        folded = dice.fold(folded, dice.word(part) if isinstance(part, str) else part)
    return dice.uniforms(dice.folds(folded, np.arange(count)))


@pytest.mark.cross_check
def test_three_dice_roll_the_same():
    """Cross-check: plain Python, arrays and the compiled kernel fold and draw the same words."""
    chain = dice.fold(dice.fold(0, 7), dice.word("place"))
    parts = np.array([0, 1, 2, 255, 2**31, 2**63, 2**64 - 1, dice.word("patriot")], np.uint64)
    plain = [dice.fold(chain, int(part)) for part in parts]
    assert dice.folds(chain, parts).tolist() == plain
    assert compiled_folds(np.uint64(chain), parts).tolist() == plain
    drawn = [dice.uniform(word) for word in plain]
    assert dice.uniforms(np.array(plain, np.uint64)).tolist() == drawn
    assert compiled_uniforms(np.uint64(chain), parts).tolist() == drawn


@pytest.mark.cross_check
def test_a_negative_part_folds_alike():
    """Cross-check: days before the first one are whole numbers too, modulo 2^64."""
    assert dice.folds(5, np.array([-1])).tolist() == [dice.fold(5, 2**64 - 1)]


@pytest.mark.cross_check
def test_chains_of_futures():
    """Cross-check: the chain of a future is seed, future and, where there is one, luck."""
    plain = [dice.fold(dice.fold(0, 11), future) for future in range(5)]
    assert dice.future_chains(11, np.arange(5)).tolist() == plain
    with_luck = [dice.fold(chain, 2) for chain in plain]
    assert dice.future_chains(11, np.arange(5), luck=2).tolist() == with_luck


@pytest.mark.baseline
def test_words_and_folds_never_change():
    """Baseline: frozen; another value would re-roll every published run."""
    assert {name: dice.word(name) for name in WORDS} == WORDS
    assert dice.fold(0, 0) == 0xE220A8397B1DCDAF  # the first number of splitmix64 from state 0
    assert dice.uniform(0) == 2.0**-53
    assert dice.uniform(2**64 - 1) == 1.0 - 2.0**-53


WORDS = {
    "": 0xE4A6A0577479B2B4,
    "city": 0x35CD87F39178F512,
    "raids": 0xE12DAE9FB16A56A8,
    "place": 0x7B413E6641196249,
    "patriot": 0xCAFD02722E0524FD,
}


@pytest.mark.invariant
def test_causes_have_words_of_their_own():
    """Invariant: no two causes share a slot."""
    assert len({dice.word(cause) for cause in CAUSES}) == len(CAUSES)


@pytest.mark.theory
@pytest.mark.parametrize("chain", [(0, 0), (1, "place", 3), (2**63, "track", "patriot")], ids=str)
def test_moments_are_those_of_the_uniform(chain):
    """Theory: mean 1/2, variance 1/12, fourth moment 1/80 about the mean."""
    u = rolls(*chain) - 0.5
    for power, moment in ((1, 0.0), (2, 1 / 12), (3, 0.0), (4, 1 / 80)):
        spread = np.sqrt(1 / ((2 * power + 1) * 4**power) - moment**2)
        assert abs((u**power).mean() - moment) < FOUR * spread / np.sqrt(ROLLS)


@pytest.mark.theory
@pytest.mark.parametrize("chain", [(0, 0), (1, "place", 3), (2**63, "track", "patriot")], ids=str)
def test_cells_fill_evenly(chain):
    """Theory: chi-square over 1 000 cells, and over the 1 024 values of the lowest kept bits."""
    u = rolls(*chain)
    assert 1e-4 < stats.chisquare(np.bincount((u * 1_000).astype(int), minlength=1_000)).pvalue < 1 - 1e-4
    low = (u / dice.CELL).astype(np.uint64) & np.uint64(1023)
    assert 1e-4 < stats.chisquare(np.bincount(low.astype(int), minlength=1024)).pvalue < 1 - 1e-4


@pytest.mark.theory
@pytest.mark.parametrize("lag", [1, 2, 3, 16, 256])
def test_neighbouring_slots_are_unrelated(lag: int):
    """Theory: correlation of a slot with the one `lag` further on."""
    u = rolls(3, "kill")
    found = np.corrcoef(u[:-lag], u[lag:])[0, 1]
    assert abs(found) < FOUR / np.sqrt(ROLLS - lag)


@pytest.mark.theory
@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((1, "place"), (2, "place")),
        ((1, "place"), (1, "location")),
        ((1, 0, "fit"), (1, 1, "fit")),
        ((1, 0, 1), (1, 1, 0)),
        ((0, 1), (1, 0)),
    ],
    ids=str,
)
def test_chains_are_unrelated(one, other):
    """Theory: correlation between seeds, causes, days, and chains with exchanged parts."""
    found = np.corrcoef(rolls(*one), rolls(*other))[0, 1]
    assert abs(found) < FOUR / np.sqrt(ROLLS)


@pytest.mark.theory
def test_pairs_fill_the_square():
    """Theory: chi-square over 32 x 32 cells of the pairs (slot of one future, slot of the next)."""
    chains = dice.future_chains(9, np.arange(ROLLS))
    u = dice.uniforms(dice.folds(chains, np.uint64(dice.word("supply"))))
    cells = (u[:-1] * 32).astype(int) * 32 + (u[1:] * 32).astype(int)
    assert 1e-4 < stats.chisquare(np.bincount(cells[::2], minlength=1024)).pvalue < 1 - 1e-4
