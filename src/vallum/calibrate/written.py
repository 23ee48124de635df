"""Numbers as they are written out: few digits, so that the last bit of a library changes no file."""

from __future__ import annotations

import math
from typing import Any, Final

_DIGITS: Final = 6


def written(value: Any) -> Any:
    """Plain data with every fraction at six significant digits; what is no number becomes none.

    >>> written({"a": [0.12345678, 3, float("nan")]})
    {'a': [0.123457, 3, None]}
    """
    if isinstance(value, dict):
        return {str(key): written(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [written(part) for part in value]
    if isinstance(value, float):
        return float(f"{value:.{_DIGITS}g}") if math.isfinite(value) else None
    return value
