"""Checks of arguments: each refusal names the argument, its value and what is allowed."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn, TypeVar

import numpy as np
from numpy.typing import NDArray

from vallum.errors import ExactError

Answer = dict[str, Any]
Array = NDArray[np.float64]
One = TypeVar("One")

# Relative slack of "reaches the goal": 1 - 0.2**2 must count as reaching 0.96 in binary arithmetic.
SLACK = 1e-9
LONGEST_SHOWN = 80
LARGEST = 1e15


def refuse(name: str, value: object, allowed: str) -> NoReturn:
    """Raise ExactError: `name is value; allowed: ...`."""
    shown = repr(value)
    shown = shown if len(shown) <= LONGEST_SHOWN else shown[:LONGEST_SHOWN] + "..."
    raise ExactError(f"{name} is {shown}; allowed: {allowed}")


def number(name: str, value: object, low: float = -LARGEST, high: float = LARGEST, *, above: bool = False) -> float:
    """A number in low..high (`above`: low itself is not allowed)."""
    allowed = f"a number {'above' if above else 'from'} {low:g} up to {high:g}"
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, float, np.integer, np.floating)):
        refuse(name, value, allowed)
    if not low <= value <= high or (above and value == low):
        refuse(name, value, allowed)
    return float(value)


def whole(name: str, value: object, low: int = 0, high: int = 10**6) -> int:
    """A whole number in low..high; 3.0 counts as 3, 2.5 is refused."""
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, float, np.integer, np.floating)):
        refuse(name, value, f"a whole number from {low} to {high}")
    if not low <= value <= high or value != int(value):
        refuse(name, value, f"a whole number from {low} to {high}")
    return int(value)


def probability(name: str, value: object) -> float:
    """A number from 0 to 1."""
    return number(name, value, 0.0, 1.0)


def goal_share(name: str, value: object) -> float:
    """A goal for a probability: above 0, up to 1."""
    return number(name, value, 0.0, 1.0, above=True)


def inside(name: str, value: object) -> float:
    """A number between 0 and 1, neither included."""
    share = number(name, value, 0.0, 1.0, above=True)
    if share == 1.0:
        refuse(name, value, "a number above 0, below 1")
    return share


def choice(name: str, value: object, allowed: Sequence[str]) -> str:
    """One of the allowed words."""
    if not isinstance(value, str) or value not in allowed:
        refuse(name, value, "one of " + ", ".join(allowed))
    return value


def yes_no(name: str, value: object) -> bool:
    """True or false."""
    if not isinstance(value, (bool, np.bool_)):
        refuse(name, value, "true or false")
    return bool(value)


def is_list(value: object) -> bool:
    """A list of values, not a word and not a mapping."""
    return isinstance(value, np.ndarray) or (isinstance(value, Sequence) and not isinstance(value, (str, bytes)))


def many(name: str, value: object, one: Callable[[str, object], One], most: int = 10_000, least: int = 1) -> list[One]:
    """A list of least..most values, each checked by `one`."""
    if not is_list(value):
        refuse(name, value, "a list")
    values: list[object] = list(value)  # type: ignore[call-overload]
    if not least <= len(values) <= most:
        refuse(f"length of {name}", len(values), f"{least} to {most}")
    return [one(f"{name}[{place}]", each) for place, each in enumerate(values)]


def one_or_many(name: str, value: object, one: Callable[[str, object], One]) -> list[One]:
    """A value or a list of values, as a list; see `like` for the way back."""
    return many(name, value, one) if is_list(value) else [one(name, value)]


def like(given: object, values: Sequence[One]) -> One | list[One]:
    """One value if one was given, a list if a list was given."""
    return list(values) if is_list(given) else values[0]


def fields(name: str, value: object, needed: Sequence[str], optional: Sequence[str] = ()) -> dict[str, object]:
    """A mapping with all the needed and only the known keys."""
    known = [*needed, *optional]
    if not isinstance(value, Mapping):
        refuse(name, value, "a mapping with the keys " + ", ".join(known))
    given = {str(key): each for key, each in value.items()}
    for key in given:
        if key not in known:
            refuse(f"a key of {name}", key, ", ".join(known))
    missing = [key for key in needed if key not in given]
    if missing:
        refuse(name, value, "needs the keys " + ", ".join(missing))
    return given


def floats(values: Array | Sequence[float]) -> list[float]:
    """Plain Python floats, for JSON."""
    return [float(value) for value in values]
