"""What was seen lately: a page asks for the table, the pair and the picture of one look one after another."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Final

from vallum import campaign
from vallum.campaign import Glance
from vallum.web.states import State

#: Looks kept; one of 2,000 futures is some megabytes.
KEPT: Final = 16


class Looks:
    """The last looks, by what was asked."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, int], Glance] = OrderedDict()
        self._lock = Lock()

    def at(self, state: State, futures: int, stop: Callable[[], None]) -> Glance:
        """Return a look at the first futures of a state.

        stop : called after each block; what it raises ends the work. Raises what `campaign.glance` raises
        """
        key = (State(**state.model_dump(include=set(State.model_fields))).model_dump_json(), futures)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        made = campaign.glance(state.plan(), futures, state.seed, lambda *_: stop())
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return made


def warm() -> None:
    """Load and, where it is still to be done, compile what the first answer needs: half a minute once on a machine."""
    campaign.glance(State().read(), 1)
