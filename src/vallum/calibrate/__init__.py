"""Does the model match the record? Fit, back-test, frozen forecasts scored later (Q6, K1, K2, R1).

from datetime import date
from vallum import calibrate, record, scenario

made = record.load("ukraine")
fit = calibrate.calibrate(made, date(2025, 12, 7), scenario.read("year-2025"))   # raids, shares, link
calibrate.package(fit, scenario.read("winter-2025-26"))                          # YAML to lay over a scenario
calibrate.backtest(calibrate.series(made), "2024-01", "2025-11", horizon=6).skill
frozen = calibrate.freeze(made, date(2025, 12, 7), horizon=6, version="1.0")
calibrate.score(frozen, made).skill
"""

from importlib.util import find_spec

from vallum.errors import RunError

if find_spec("scipy") is None or find_spec("polars") is None:
    raise RunError("fits and forecasts need scipy and polars: pip install 'vallum[fit]'")

from vallum.calibrate.fit import Calibration, calibrate, package
from vallum.calibrate.linking import Link, link
from vallum.calibrate.locker import Frozen, Target, freeze, opened
from vallum.calibrate.months import Series, Stretch, series
from vallum.calibrate.outcomes import freeze_outcomes
from vallum.calibrate.process import Nights, Process, fitted
from vallum.calibrate.rolling import Backtest, backtest, default_months
from vallum.calibrate.scoring import Scored, score

__all__ = [
    "Backtest",
    "Calibration",
    "Frozen",
    "Link",
    "Nights",
    "Process",
    "Scored",
    "Series",
    "Stretch",
    "Target",
    "backtest",
    "calibrate",
    "default_months",
    "fitted",
    "freeze",
    "freeze_outcomes",
    "link",
    "opened",
    "package",
    "score",
    "series",
]
