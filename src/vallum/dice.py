"""Dice with names and slots (rule F3): every draw is a pure function of its slot.

A slot is a chain of 64-bit words: seed, future, luck, cause, day and whatever tells this draw from
all others. The chain is folded with the finaliser of splitmix64 (Steele, Lea & Flood 2014, OOPSLA),
so any part of a chain can be folded once and shared. No state, no order, no thread.
"""

from __future__ import annotations

import hashlib
from typing import Final

import numpy as np
import numpy.typing as npt

U64 = npt.NDArray[np.uint64]
F64 = npt.NDArray[np.float64]

#: Odd constants of splitmix64 and the golden ratio in 64 bits.
GOLDEN: Final = 0x9E3779B97F4A7C15
MIX_A: Final = 0xBF58476D1CE4E5B9
MIX_B: Final = 0x94D049BB133111EB
MASK: Final = 2**64 - 1
#: A uniform keeps the upper 52 bits of the word, in the middle of its cell: never 0, never 1.
CELL: Final = 2.0**-52


def word(name: str) -> int:
    """Return the 64-bit word of a name: the same on every machine and in every version."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "big")


def fold(chain: int, part: int) -> int:
    """Add one part to a chain of 64-bit words."""
    z = ((chain ^ part) + GOLDEN) & MASK
    z = ((z ^ (z >> 30)) * MIX_A) & MASK
    z = ((z ^ (z >> 27)) * MIX_B) & MASK
    return z ^ (z >> 31)


def uniform(chain: int) -> float:
    """Return the uniform in (0, 1) that stands at the end of a chain."""
    return ((chain >> 12) + 0.5) * CELL


def folds(chain: U64 | int, part: npt.ArrayLike) -> U64:
    """`fold` for arrays, by broadcasting."""
    with np.errstate(over="ignore"):
        z = (np.asarray(chain, np.uint64) ^ np.asarray(part).astype(np.uint64)) + np.uint64(GOLDEN)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(MIX_A)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(MIX_B)
        return np.asarray(z ^ (z >> np.uint64(31)))


def uniforms(chain: U64) -> F64:
    """`uniform` for arrays."""
    return ((chain >> np.uint64(12)).astype(np.float64) + 0.5) * CELL


def future_chains(seed: int, futures: npt.ArrayLike, luck: int | None = None) -> U64:
    """Return the chain of each future (seed, future) or, with a luck, (seed, future, luck)."""
    chains = folds(folds(0, np.uint64(seed & MASK)), np.asarray(futures, np.uint64))
    return chains if luck is None else folds(chains, np.uint64(luck))
