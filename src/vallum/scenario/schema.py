"""The shape of a scenario file: four drawers, each key with its rule number.

Every number may be written bare, cited (`{value: 5, claims: [F064]}`), assumed
(`{value: 5, assumption: text}`), taken from the packaged evidence (`{parameter: NAME}`), or as the name of
an entry of `uncertain`.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from vallum import terms
from vallum.scenario import line_rules
from vallum.scenario.quantity import Amount, Count, Day, Quantity, Real, Share


def _calendar_day(given: Any) -> Any:
    return date.fromisoformat(given) if isinstance(given, str) else given


CalendarDay = Annotated[date, BeforeValidator(_calendar_day)]


class _Drawer(BaseModel):
    # strict: true is not 1 and "180" is not 180; a wrong type is said, never converted.
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Asset(_Drawer):
    """Something to protect (W1); with `coverage`, a whole country by its shipped table c(N, radius) (W5).

    `population` and `weight` are the same in all futures. `region` is a note for readers: nothing reads it.
    """

    lat: float | None = Field(None, ge=-90, le=90)
    lon: float | None = Field(None, ge=-180, le=180)
    population: Amount | None = None
    weight: Amount | None = None
    region: str | None = None
    coverage: str | None = None


class Decoys(_Drawer):
    """Decoys of a class: a share of each raid, or a count of it (W2)."""

    share: Share | None = None
    count: Count | None = None

    @model_validator(mode="after")
    def _one(self) -> Decoys:
        if (self.share is None) == (self.count is None):
            raise ValueError("decoys have either share or count")
        return self


class YearlyRange(_Drawer):
    """What the attacker is publicly thought able to launch in a year: output, and output plus stock (R1)."""

    low: Amount
    high: Amount


class ThreatClass(_Drawer):
    """A threat class (W2, E11).

    `families` is a note on the families of the record that the class stands for: nothing reads it.
    """

    families: list[str] = []
    decoys: Decoys | None = None
    fail: Share | None = None
    fail_when: Literal["before", "after"] = "after"
    harm: Amount | None = None
    unit_cost: Amount | None = None
    yearly_range: YearlyRange | None = None


class Change(_Drawer):
    """A probability that changes from a date (K3)."""

    start: Day = Field(alias="from")
    value: Share


class Interceptor(_Drawer):
    """An interceptor type: cost and kill probability per shot against each class (W3).

    With `published: false` its uncertain kill probabilities count as published by nobody, whatever their entries
    say (F5).
    """

    unit_cost: Amount | None = None
    kill: dict[str, Share | list[Change]]
    published: bool = True


class Repair(_Drawer):
    """How long repairs last: geometric with this mean, in days (W6)."""

    mean: Amount


class System(_Drawer):
    """A system type (W4, W6, E8, E9, E11). A key that its kind would not read is refused."""

    kind: Literal["battery", "soft", "team"] = "battery"
    launchers: Count | dict[str, Count] | None = None
    per_launcher: dict[str, Count] | None = None
    reload: dict[str, Count] = {}
    reload_rate: Amount | None = None
    channels: Count | None = None
    radius: dict[str, Amount] | None = None
    availability: Share | None = None
    repair: Repair | None = None
    reliability: Share | list[Change] | None = None
    track: Share | list[Change] | dict[str, Share | list[Change]] | None = None
    success: dict[str, Share | list[Change]] = {}
    capacity: Count | None = None
    loss: Share | None = None
    lost: Literal["lost", "depot"] = "lost"
    unit_cost: Amount | None = None

    def track_of(self, threat_class: str) -> Quantity | list[Change] | None:
        """Probability that a threat of a class is seen (E8, K3); None means always."""
        return self.track.get(threat_class) if isinstance(self.track, dict) else self.track


class Size(_Drawer):
    """Size of one raid (R1, `law`)."""

    kind: Literal["fixed", "table", "poisson", "geometric", "negative_binomial"]
    n: Count | None = None
    mean: Amount | None = None
    dispersion: Amount | None = None
    values: list[int] | None = None
    weights: list[float] | None = None


class RaidsADay(_Drawer):
    """How many raids come in a day (R1, `law`)."""

    kind: Literal["fixed", "bernoulli", "poisson"]
    n: Count | None = None
    p: Share | None = None
    mean: Amount | None = None


class Intensity(_Drawer):
    """The fitted law of one class (R1, `parametric`): negative binomial nights, mean by month."""

    mean: Amount | None = None
    monthly: dict[str, Amount] = {}
    dispersion: Amount
    mass_dispersion: Amount | None = None
    mass_ratio: Amount | None = None
    trend_per_year: Real | None = None
    season: dict[Literal["amplitude", "peak_month"], Real] | None = None


class Raids(_Drawer):
    """What comes (R1, R3, R4)."""

    kind: Literal["law", "parametric", "replay", "resample"]
    raids_a_day: RaidsADay | None = None
    size: dict[str, Size] = {}
    classes: dict[str, Intensity] = {}
    mass_share: Share | None = None
    path: str | None = None
    block: int = Field(14, ge=1)
    targets: dict[str, dict[str, Amount]] = {}
    allocation: Literal["multinomial", "proportional"] = "multinomial"
    shift: Share | None = None
    waves: int = Field(1, ge=1, le=100)


class Doctrine(_Drawer):
    """How the defence fights (E1-E8, S5)."""

    priority: list[str] = list(terms.PRIORITY)
    order: Literal["arrival", "random_asset", "weight"] = "arrival"
    layers: dict[str, list[str]] | None = None
    salvos: dict[str, dict[str, list[Annotated[int, Field(ge=0, le=16)]]]] = {}
    spread: Literal["turn", "even"] = "turn"
    loads: dict[str, dict[str, list[str]]] = {}
    reserve: dict[str, dict[str, Count | dict[str, Count]]] = {}
    magazine: Literal["split", "pooled"] = "split"
    common_mode: Literal["battery", "layer", "defence"] = "battery"
    metric: Literal["great_circle", "planar"] = "great_circle"
    split: Literal["even", "need", "weight"] = "need"
    transit: int = Field(0, ge=0, le=365)


class Fixed(_Drawer):
    """What is held to be so."""

    start: CalendarDay
    days: int = Field(ge=1, le=3660)
    as_of: CalendarDay | None = None
    assets: dict[str, Asset] = Field(min_length=1)
    classes: dict[str, ThreatClass] = Field(min_length=1)
    interceptors: dict[str, Interceptor] = {}
    systems: dict[str, System] = {}
    raids: Raids
    doctrine: Doctrine = Doctrine()


class Option(_Drawer):
    """One reading of a disputed quantity (F2)."""

    best: float
    low: float
    high: float
    shape: Literal["triangular", "pert", "lognormal", "uniform", "beta"] = "triangular"
    weight: float = Field(1.0, gt=0)
    claims: list[str] = []

    @model_validator(mode="after")
    def _ordered(self) -> Option:
        if not self.low <= self.best <= self.high:
            raise ValueError(f"low <= best <= high does not hold: {self.low:g}, {self.best:g}, {self.high:g}")
        return self


class Uncertain(_Drawer):
    """Something that we do not know: a record of the packaged evidence, or a range of one's own (F2)."""

    parameter: str | None = None
    believe: str | None = None
    best: float | None = None
    low: float | None = None
    high: float | None = None
    shape: Literal["triangular", "pert", "lognormal", "uniform", "beta", "switch", "posterior", "fixed"] | None = None
    options: dict[str, Option] = {}
    sample: list[float] = []
    unit: str | None = None
    title: str | None = None
    claims: list[str] = []
    assumption: str | None = None
    published: bool = True

    @model_validator(mode="after")
    def _whole(self) -> Uncertain:
        if self.parameter is None:
            self._check_own_range()
        elif self.options or self.sample:
            raise ValueError("an entry with `parameter` takes its options and sample from the evidence")
        return self

    def _check_own_range(self) -> None:
        if self.shape == "switch":
            if not self.options:
                raise ValueError("shape switch needs options")
        elif self.shape == "posterior":
            if not self.sample:
                raise ValueError("shape posterior needs a sample")
        elif self.shape == "fixed" and self.best is not None:
            pass
        elif self.best is None or self.low is None or self.high is None:
            raise ValueError("give parameter, or best, low and high")
        elif not self.low <= self.best <= self.high:
            raise ValueError(f"low <= best <= high does not hold: {self.low:g}, {self.best:g}, {self.high:g}")
        if not self.claims and not self.assumption and not any(o.claims for o in self.options.values()):
            raise ValueError("an uncertain number needs claims or assumption: text")


def _uncertain(given: Any) -> Any:
    if isinstance(given, str):
        return {"parameter": given}
    if isinstance(given, int | float) and not isinstance(given, bool):
        return {"shape": "fixed", "best": given, "assumption": "held at this value by the user"}
    return given


UncertainEntry = Annotated[Uncertain, BeforeValidator(_uncertain)]


class Post(_Drawer):
    """Batteries at one hypothetical site from a day on (W5)."""

    site: str
    n: int = Field(1, ge=0, le=500)
    start: Day | None = Field(None, alias="from")


class Delivery(_Drawer):
    """One dated delivery (S1)."""

    on: Day
    quantity: Amount
    probability: Share | None = None


class Order(_Drawer):
    """One dated order of a purchase (S1)."""

    on: Day
    quantity: Amount


class After(_Drawer):
    """A length of time: days, or months by the calendar."""

    days: Amount | None = None
    months: Amount | None = None

    @model_validator(mode="after")
    def _one(self) -> After:
        if (self.days is None) == (self.months is None):
            raise ValueError("a length of time has either days or months")
        return self


class Ramp(_Drawer):
    """Output that changes step by step: along a line, along an S, or by learning (S1)."""

    start: Amount
    per: Literal["year", "month"]
    step: Literal["year", "month", "day"] = "month"
    shape: Literal["linear", "s_curve", "learning"] = "linear"
    target: Amount | None = None
    increment: Real | None = None
    reach: Day | None = None
    over: After | None = None
    learning: Share | None = None
    theory: Literal["unit", "cumulative_average"] | None = None

    @model_validator(mode="after")
    def _whole(self) -> Ramp:
        line_rules.whole_ramp(self)
        return self


class Surge(_Drawer):
    """A dated demand of a rival customer, such as a war elsewhere (S4)."""

    start: Day = Field(alias="from")
    to: Day | None = None
    per_month: Amount | None = None
    quantity: Amount | None = None
    rank: int | None = Field(None, ge=1)
    probability: Share | None = None

    @model_validator(mode="after")
    def _one_size(self) -> Surge:
        if (self.per_month is None) == (self.quantity is None):
            raise ValueError("a surge has either per_month or quantity")
        if self.quantity is not None and self.to is not None:
            raise ValueError("a surge of one quantity is wanted on the day `from`; it takes no `to`")
        return self


class Rival(_Drawer):
    """Another customer of a line: by contract share, or by rank with what it wants a month (S4)."""

    share: Share | None = None
    rank: int | None = Field(None, ge=1)
    per_month: Amount | None = None
    start: Day | None = Field(None, alias="from")
    to: Day | None = None
    surges: dict[str, Surge] = {}


class Line(_Drawer):
    """A supply line of interceptors or of whole systems (S1, S4); `line_rules` says what each kind needs."""

    kind: Literal["delivery", "stream", "purchase", "production", "licence"]
    system: str | None = None
    interceptor: str | None = Field(None, validate_default=True)
    donor: str | None = None
    stops: Share | None = None
    deliveries: list[Delivery] = []
    per_month: Amount | None = None
    start: Day | None = Field(None, alias="from")
    to: Day | None = None
    orders: list[Order] = []
    lead: After | None = None
    unit_price: Amount | None = None
    fund: str | None = None
    unpaid: Literal["waits", "fails"] = "waits"
    signed: Day | None = None
    lag: After | None = None
    lacks: dict[str, Day] = {}
    ramp: Ramp | None = None
    share: Share | None = None
    rank: int | None = Field(None, ge=1)
    ordered_per_month: Amount | None = None
    rivals: dict[str, Rival] = {}

    @field_validator("interceptor")
    @classmethod
    def _delivers_something(cls, interceptor: str | None, info: ValidationInfo) -> str | None:
        # said as pydantic says it, so that a package may leave it to the scenario beneath
        if interceptor is None and info.data.get("system", "") is None:
            raise ValueError("is missing")
        return interceptor

    @model_validator(mode="after")
    def _complete(self) -> Line:
        line_rules.whole_line(self)
        return self


class Fund(_Drawer):
    """Money that purchases draw on, USD million: a balance, an income, an end date (S3)."""

    balance: Amount | None = None
    per_month: Amount | None = None
    monthly: dict[str, Amount] = {}
    start: Day | None = Field(None, alias="from")
    to: Day | None = None


class Pause(_Drawer):
    """A pause of a donor's lines, or of one line, between two days (S2)."""

    donor: str | None = None
    line: str | None = None
    start: Day = Field(alias="from")
    to: Day | None = None
    days: Count | None = None
    effect: Literal["held", "lost", "halted"] = "held"

    @model_validator(mode="after")
    def _one_end(self) -> Pause:
        if (self.to is None) == (self.days is None):
            raise ValueError("a pause ends either at `to` or after `days`")
        return self


class Tempo(_Drawer):
    """Launches multiplied by class and date (R2)."""

    factor: Amount
    start: Day | None = Field(None, alias="from")
    to: Day | None = None


class Ceasefire(_Drawer):
    """Launches are zero between two days, unless the ceasefire is broken (R2)."""

    start: Day = Field(alias="from")
    to: Day
    broken: Share | None = None


class Choices(_Drawer):
    """What somebody decides."""

    batteries: dict[str, Count | list[Post]] = {}
    stock: dict[str, Count] = {}
    supply: dict[str, Line] = {}
    pauses: dict[str, Pause] = {}
    funds: dict[str, Fund] = {}
    tempo: dict[str, Amount | list[Tempo]] = {}
    ceasefire: Ceasefire | None = None


class Wish(_Drawer):
    """An outcome asked for (O)."""

    name: str
    threat_class: str | None = Field(None, alias="class")
    asset: str | None = None
    scope: str | None = None
    reason: str | None = None
    type: str | None = None
    k: int = Field(8, ge=1)
    by: Day | None = None


def _wish(given: Any) -> Any:
    return {"name": given} if isinstance(given, str) else given


class Event(_Drawer):
    """Something reported that is not an input: the answer is set against it."""

    title: str
    claims: list[str]
    outcome: str
    by: Day | None = None
    at_least: float | None = None
    at_most: float | None = None
    threat_class: str | None = Field(None, alias="class")
    month: str | None = None


class Schema(_Drawer):
    """A scenario file."""

    question: str
    title: str | None = None
    sources: list[str] = []
    live: bool = False
    fixed: Fixed
    uncertain: dict[str, UncertainEntry] = {}
    correlations: list[Annotated[tuple[str, str, float], Field(strict=False)]] = []
    choices: Choices = Choices()
    outcomes: list[Annotated[Wish, BeforeValidator(_wish)]] = []
    reported: list[Event] = []
    beside: list[str] = []
    not_modelled: list[str] = []
