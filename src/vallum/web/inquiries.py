"""The longer questions as work in the background: the bytes that the command line prints with `--json`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from vallum import campaign, report
from vallum.errors import RunError
from vallum.web.states import Work

#: Hears the stage, how much of it is done, and how much there is; raises where nobody wants it any more.
Tell = Callable[[str, int, int], None]
#: What was made, its media type and the name of its file.
Made = tuple[bytes, str, str]
JSON: Final = "application/json"


def place(asked: Work, tell: Tell) -> Made:
    """The bytes of `vallum place --json`."""
    from vallum import basing

    if not asked.system:
        raise RunError("system: name the system to place, such as patriot")
    made = basing.place(
        asked.read(), asked.system, asked.count, fixed=tuple(asked.fixed), forbid=tuple(asked.forbid),
        per_site=asked.per_site, futures=asked.futures, seed=asked.seed, progress=tell,
    )  # fmt: skip
    return report.json_text(made).encode(), JSON, "place.json"


def sensitivity(asked: Work, tell: Tell) -> Made:
    """The bytes of `vallum sensitivity --json`."""
    from vallum.drivers import sensitivity as driven

    made = driven(
        asked.read(), asked.outcome or None, asked.choice, asked.points, futures=asked.futures, seed=asked.seed,
        progress=tell,
    )  # fmt: skip
    return report.json_text(made).encode(), JSON, "sensitivity.json"


def explain(asked: Work, tell: Tell) -> Made:
    """The bytes of `vallum explain --json`."""
    from vallum.explain import against

    result = campaign.run(asked.read(), asked.futures, asked.seed, progress=tell, explain=False)
    made = result.explain(int(asked.which) if asked.which.isdigit() else asked.which, asked.outcome or None)
    beside = against(result, made, asked.against) if asked.against else None
    return report.explained_json(made, beside).encode(), JSON, "explain.json"


def backtest(asked: Work, tell: Tell) -> Made:
    """The bytes of `vallum record backtest --json`, for the months that it takes by itself."""
    from vallum import calibrate, record

    tell("backtest", 0, 1)
    series = calibrate.series(record.load(asked.record or None))
    made = calibrate.backtest(series, *calibrate.default_months(series), horizon=HORIZON)
    return report.json_text(made).encode(), JSON, "backtest.json"


#: Months ahead of a back-test, as the command has it.
HORIZON: Final = 6

INQUIRIES: Final[Mapping[str, Callable[[Work, Tell], Made]]] = {
    "place": place, "sensitivity": sensitivity, "explain": explain, "backtest": backtest,
}  # fmt: skip
