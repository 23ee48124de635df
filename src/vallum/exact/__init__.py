"""Exact twins: closed forms and recursions that the simulation must reproduce (rules X1-X5, X7, K1).

Pure functions of numbers and lists in abstract units; each returns a plain dict of JSON values, and refuses
bad values with ExactError. `names()` lists them, `call(name, arguments)` runs one by name, `EXACT` is the
table behind both.
"""

from vallum.exact.barrage import least_interceptors, no_leak, salvo_kill, shots_needed
from vallum.exact.claims import claims_posterior, true_rate
from vallum.exact.defence import erlang_loss, preferential, random_cover, salvo_exchange, uncoordinated_fire
from vallum.exact.deplete import depletion
from vallum.exact.magazine import leakers_finite, look_shoot_look, two_look_split
from vallum.exact.rationing import assignment, bomber
from vallum.exact.registry import EXACT, call, names
from vallum.exact.scores import brier, crps
from vallum.exact.stock import least_stock, stock_chain
from vallum.exact.supply import learning_curve, newsvendor, ramp

__all__ = [
    "EXACT",
    "assignment",
    "bomber",
    "brier",
    "call",
    "claims_posterior",
    "crps",
    "depletion",
    "erlang_loss",
    "leakers_finite",
    "learning_curve",
    "least_interceptors",
    "least_stock",
    "look_shoot_look",
    "names",
    "newsvendor",
    "no_leak",
    "preferential",
    "ramp",
    "random_cover",
    "salvo_exchange",
    "salvo_kill",
    "shots_needed",
    "stock_chain",
    "true_rate",
    "two_look_split",
    "uncoordinated_fire",
]
