"""How often one address may ask: so many requests at once, and so many a second in the long run."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

#: Requests a second of one address in the long run, and at once: a hand on a slider asks some ten times a second.
RATE: Final = 40.0
BURST: Final = 200
#: Addresses remembered; an address that is forgotten begins afresh.
ADDRESSES: Final = 4_096


@dataclass
class Rate:
    """Requests that each address may still make.

    a_second : refilled in a second, 0 for no limit; burst : at most
    """

    a_second: float = RATE
    burst: int = BURST
    clock: Callable[[], float] = time.monotonic
    _left: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)

    def wait(self, address: str) -> int:
        """Count a request; return 0, or the whole seconds until the address may ask again."""
        if self.a_second <= 0:
            return 0
        now = self.clock()
        left, since = self._left.pop(address, (float(self.burst), now))
        left = min(float(self.burst), left + (now - since) * self.a_second)
        may = left >= 1.0
        self._left[address] = (left - 1.0 if may else left, now)
        while len(self._left) > ADDRESSES:
            self._left.popitem(last=False)
        return 0 if may else math.ceil((1.0 - left) / self.a_second)

    @property
    def told(self) -> str:
        """The limit in words."""
        return f"at most {self.a_second:g} requests a second of one address, and {self.burst} at once"
