"""A level that wanders, filtered exactly on a grid: what is known after each stretch of nights, and what comes next.

The state is one number (a logarithm of a rate, or log odds of a share). Between two stretches it moves by a normal
step, now and then by a wider one; how wide, with what drift, and how much single months scatter is not known and is
averaged over. On a grid the recursion of Bayes is a matrix product, with no sampling. Products are written as einsum:
a plain loop in one order, the same to the bit for any number of threads, and quick on a busy machine.
Source: Kitagawa 1987, Journal of the American Statistical Association 82(400); Harvey & Fernandes 1989, Journal of
Business & Economic Statistics 7(4), for counts with a wandering mean; Raftery, Karny & Ettler 2010, Technometrics
52(1), for the forgetting of weights.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from vallum.calibrate.settings import F64, Walk

#: A step narrower than this part of the grid's own step would never leave its place.
_NARROWEST = 0.45
_MILLI = 3


@dataclass(frozen=True, eq=False)
class State:
    """What is known after a stretch. odds : (D, S, K, F, X) over the grid; weights : (D, S, K, F) logarithms."""

    middle: float
    odds: F64
    weights: F64

    def of_ways(self) -> F64:
        """Probability of each way of wandering. (D, S, K, F)"""
        made = np.exp(self.weights - self.weights.max(axis=(0, 1, 2)))
        return np.asarray(made / made.sum(axis=(0, 1, 2)))


@dataclass(eq=False)
class Filter:
    """The recursion for one walk. Times are in months."""

    walk: Walk
    _kernels: dict[tuple[float, float, float], F64] = field(default_factory=dict)

    def states(self, likelihoods: Sequence[F64], middles: Sequence[float]) -> list[State]:
        """Return what is known after each stretch.

        likelihoods : for each stretch (K, F, X), logarithms; middles : its middle, in months
        """
        families, places = likelihoods[0].shape[1:]
        shape = (*self.walk.weights.shape, families)
        state = State(middles[0], np.full((*shape, places), 1.0 / places), self._prior(shape))
        made = []
        for likelihood, middle in zip(likelihoods, middles, strict=True):
            state = self._seen(self._moved(state, middle, 0.0), likelihood)
            made.append(state)
        return made

    def _prior(self, shape: tuple[int, ...]) -> F64:
        return np.broadcast_to(self.walk.weights[..., None], shape)

    def _seen(self, state: State, likelihood: F64) -> State:
        top = likelihood.max(axis=-1, keepdims=True)
        odds = state.odds * np.exp(likelihood - top)
        total = odds.sum(axis=-1)
        return State(state.middle, odds / total[..., None], state.weights + np.log(total) + top[..., 0])

    def _moved(self, state: State, middle: float, ahead: float) -> State:
        """The state later on; `ahead` months beyond the last stretch seen, where drifts have faded."""
        months = round(middle - state.middle, _MILLI)
        if months <= 0.0:
            return state
        fade = self.walk.damping**ahead
        moved = np.empty_like(state.odds)
        for d, drift in enumerate(self.walk.drifts):
            for s, change in enumerate(self.walk.changes):
                kernel = self._kernel(change, round(drift * fade, 2 * _MILLI), months)
                moved[d, s] = np.einsum("kfx,xy->kfy", state.odds[d, s], kernel)
        keep = self.walk.forgetting**months
        weights = state.weights if ahead else keep * state.weights + (1.0 - keep) * self._prior(state.weights.shape)
        return State(middle, moved, weights)

    def _kernel(self, change: float, drift: float, months: float) -> F64:
        """Chance of going from each place (row) to each place (column) in so many months. (X, X)"""
        key = (change, drift, months)
        if key not in self._kernels:
            grid, step = self.walk.grid, self.walk.grid[1] - self.walk.grid[0]
            apart = grid[None, :] - grid[:, None] - drift * months
            usual = max(change * months**0.5, _NARROWEST * step)
            wide = max(self.walk.jump_size, usual)
            jump = min(1.0, self.walk.jump * months)
            self._kernels[key] = (1.0 - jump) * _normal(apart, usual) + jump * _normal(apart, wide)
        return self._kernels[key]

    def ahead(self, state: State, middles: Sequence[float]) -> F64:
        """Odds over spread and grid at later times, averaged over the ways of wandering. (times, K, F, X)"""
        ways, first, made = state.of_ways(), state.middle, []
        for middle in middles:
            state = self._moved(state, middle, max(middle - first, 10.0**-_MILLI))
            made.append(np.einsum("dskf,dskfx->kfx", ways, state.odds))
        return np.array(made)


def _normal(apart: F64, spread: float) -> F64:
    made = np.exp(-0.5 * (apart / spread) ** 2)
    return np.asarray(made / made.sum(axis=1, keepdims=True))
