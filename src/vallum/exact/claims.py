"""Claims are not truth: true rate behind a claim, posterior of a rate, true kills among claims (K1)."""

import math
from collections.abc import Sequence

from vallum.exact import checks
from vallum.exact.checks import Answer
from vallum.exact.laws import binomial

MOST_CLAIMS = 100_000
ROUNDING = 1e-12
FINEST = 1e-15
LISTED_CLAIMS = 1_000
MOST_QUANTILES = 100


def true_rate(claimed: float, sensitivity: float, specificity: float, reports: int | None = None) -> Answer:
    """True rate: (claimed + specificity - 1) / (sensitivity + specificity - 1), kept in 0..1 (K1).

    claimed      claimed share of stops, 0..1
    sensitivity  chance that a stop is claimed; specificity chance that a miss is rightly not claimed; their
                 sum above 1
    reports      number of threats behind the claim, 1..100,000: adds a standard error
    Returns rate (kept in 0..1), raw (may lie outside), clipped, se (of the raw estimate, sampling only; none
    without reports). The estimate can lie above the claim.
    Source: Rogan & Gladen 1978, American Journal of Epidemiology 107(1).

    >>> answer = true_rate(0.85, 0.9, 0.8)
    >>> round(answer["rate"], 6), answer["clipped"]
    (0.928571, False)
    """
    share = checks.probability("claimed", claimed)
    right = checks.probability("sensitivity", sensitivity) + checks.probability("specificity", specificity) - 1.0
    if right <= checks.SLACK:
        checks.refuse("sensitivity + specificity", right + 1.0, "above 1 (else claims say nothing, or the reverse)")
    raw = (share + specificity - 1.0) / right
    rate = min(1.0, max(0.0, raw))
    number = None if reports is None else checks.whole("reports", reports, 1, MOST_CLAIMS)
    error = None if number is None else math.sqrt(share * (1.0 - share) / number) / right
    clipped = abs(raw - rate) > ROUNDING
    return {"rate": rate, "raw": raw, "clipped": clipped, "se": error}


def claims_posterior(
    launched: int | None = None,
    stopped: int | None = None,
    prior: Sequence[float] = (1.0, 1.0),
    quantiles: Sequence[float] = (0.05, 0.5, 0.95),
    claims: int | None = None,
    p: float | None = None,
    false_claim: float | None = None,
    true_claim: float = 1.0,
) -> Answer:
    """What a count says: posterior of a rate from launched and stopped, or true kills among claims (K1).

    launched, stopped  0..100,000 threats and stops; prior (a, b) of the beta law, above 0, uniform by default
                       posterior beta(a + stopped, b + launched - stopped)
    quantiles          probabilities above 0, below 1
    claims             instead: 0..100,000 shots claimed as kills, each a true kill with chance
                       p true_claim / (p true_claim + (1-p) false_claim), independently
    p                  kill probability of a shot; true_claim, false_claim: chance that a kill, a miss, is
                       claimed
    Returns kind `rate`: mean, sd, quantiles ([probability, value]), a, b; or kind `claims`: share (of claims
    that are true), mean_true, sd_true, true_kills (probabilities of 0..claims, up to 1,000 claims, else
    none).
    Source: Bayes; Gelman et al. 2013, Bayesian Data Analysis, chapter 2.

    >>> answer = claims_posterior(101, 97)
    >>> round(answer["mean"], 6), [round(value, 6) for _, value in answer["quantiles"][::2]]
    (0.951456, [0.912508, 0.980489])
    >>> round(claims_posterior(claims=20, p=0.5, false_claim=0.3)["mean_true"], 6)
    15.384615
    """
    if claims is not None:
        if launched is not None or stopped is not None:
            checks.refuse("claims", claims, "either claims with p and false_claim, or launched with stopped")
        return _true_kills(claims, p, false_claim, true_claim)
    number = checks.whole("launched", launched, 0, MOST_CLAIMS)
    hits = checks.whole("stopped", stopped, 0, number)
    shape = checks.many("prior", prior, lambda where, value: checks.number(where, value, 0.0, 1e6, above=True))
    if len(shape) != len(("a", "b")):
        checks.refuse("prior", prior, "two numbers above 0")
    a, b = shape[0] + hits, shape[1] + number - hits
    shares = checks.many("quantiles", quantiles, checks.inside, MOST_QUANTILES, least=0)
    return {
        "kind": "rate",
        "mean": a / (a + b),
        "sd": math.sqrt(a * b / (a + b + 1.0)) / (a + b),
        "quantiles": [[share, beta_quantile(share, a, b)] for share in shares],
        "a": a,
        "b": b,
    }


def _true_kills(claims: object, p: object, false_claim: object, true_claim: object) -> Answer:
    number = checks.whole("claims", claims, 0, MOST_CLAIMS)
    kill = checks.probability("p", p)
    true = kill * checks.probability("true_claim", true_claim)
    false = (1.0 - kill) * checks.probability("false_claim", false_claim)
    if true + false == 0.0:
        checks.refuse("the chance of a claim", 0.0, "above 0 (p, true_claim, false_claim)")
    share = true / (true + false)
    return {
        "kind": "claims",
        "share": share,
        "mean_true": number * share,
        "sd_true": math.sqrt(number * share * (1.0 - share)),
        "true_kills": checks.floats(binomial(number, share)) if number <= LISTED_CLAIMS else None,
    }


def beta_quantile(share: float, a: float, b: float) -> float:
    """The value below which a beta(a, b) variable lies with probability `share`; by bisection.

    >>> round(beta_quantile(0.05, 98, 5), 6)
    0.912508
    """
    low, high = 0.0, 1.0
    while high - low > FINEST and low < (middle := 0.5 * (low + high)) < high:
        low, high = (middle, high) if beta_cdf(middle, a, b) < share else (low, middle)
    return 0.5 * (low + high)


def beta_cdf(x: float, a: float, b: float) -> float:
    """Regularised incomplete beta function, by its continued fraction (DLMF 8.17.22).

    >>> round(beta_cdf(0.5, 2, 2), 12)
    0.5
    """
    if x <= 0.0 or x >= 1.0:
        return float(x >= 1.0)
    if x > (a + 1.0) / (a + b + 2.0):
        return 1.0 - beta_cdf(1.0 - x, b, a)
    log_front = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    return math.exp(log_front) / (a * _fraction(x, a, b))


def _fraction(x: float, a: float, b: float) -> float:
    """1 + d1/(1 + d2/(1 + ...)), from the tail backwards; so many terms that the next changes nothing."""
    terms = 200 + 5 * int(math.sqrt(max(a, b)))
    value = 1.0
    for term in range(terms, 0, -1):
        m, odd = divmod(term, 2)
        if odd:
            d = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        else:
            d = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        value = 1.0 + d / value
    return value
