"""The exact twins by name: what `vallum exact NAME KEY=VALUE...` calls."""

import difflib
import inspect
import json
from collections.abc import Callable, Mapping

from vallum.errors import ExactError
from vallum.exact.barrage import least_interceptors, no_leak, salvo_kill, shots_needed
from vallum.exact.checks import Answer
from vallum.exact.claims import claims_posterior, true_rate
from vallum.exact.defence import erlang_loss, preferential, random_cover, salvo_exchange, uncoordinated_fire
from vallum.exact.deplete import depletion
from vallum.exact.magazine import leakers_finite, look_shoot_look, two_look_split
from vallum.exact.rationing import assignment, bomber
from vallum.exact.scores import brier, crps
from vallum.exact.stock import least_stock, stock_chain
from vallum.exact.supply import learning_curve, newsvendor, ramp

_TWINS: tuple[Callable[..., Answer], ...] = (
    salvo_kill, shots_needed, no_leak, least_interceptors, leakers_finite, look_shoot_look, depletion,
    stock_chain, least_stock, bomber, assignment, newsvendor, learning_curve, ramp, erlang_loss,
    salvo_exchange, two_look_split, uncoordinated_fire, preferential, random_cover, true_rate,
    claims_posterior, crps, brier,
)  # fmt: skip
EXACT: dict[str, Callable[..., Answer]] = {twin.__name__: twin for twin in _TWINS}


def names() -> list[str]:
    """Names of all exact twins, in the order of the documentation.

    >>> names()[:3]
    ['salvo_kill', 'shots_needed', 'no_leak']
    """
    return list(EXACT)


def call(name: str, arguments: Mapping[str, object]) -> Answer:
    """Run a twin by name; texts that hold JSON (numbers, lists, mappings, true, null) are read as such.

    Raises ExactError for an unknown name or argument (with the nearest one), a missing argument, or a bad
    value.

    >>> call("shots_needed", {"p": "0.8", "goal": "[0.9, 0.99]"})["shots"]
    [2, 3]
    """
    if name not in EXACT:
        raise ExactError(f"no exact twin is called {name!r}{_nearest(name, names())}; there are {', '.join(EXACT)}")
    parameters = inspect.signature(EXACT[name]).parameters
    problems = [
        f"{name} takes no argument {key!r}{_nearest(key, list(parameters))}; it takes {', '.join(parameters)}"
        for key in arguments
        if key not in parameters
    ]
    problems += [
        f"{name} needs the argument {key}"
        for key, parameter in parameters.items()
        if parameter.default is inspect.Parameter.empty and key not in arguments
    ]
    if problems:
        raise ExactError("\n".join(problems))
    return EXACT[name](**{key: _read(value) for key, value in arguments.items()})


def _nearest(word: str, known: list[str]) -> str:
    close = difflib.get_close_matches(word, known, 1)
    return f" (nearest: {close[0]})" if close else ""


def _read(value: object) -> object:
    """A text that is JSON becomes its value, also inside lists and mappings; other texts stay words."""
    if isinstance(value, Mapping):
        return {key: _read(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_read(inner) for inner in value]
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value
