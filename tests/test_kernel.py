"""The nights: two kernels that agree, books that balance, and the cases that have a closed form."""

from __future__ import annotations

import heapq
import itertools
from typing import Any

import numba
import numpy as np
import pytest
from numpy.testing import assert_array_equal
from scipy import stats
from tests.kernel_cases import plain_problem, promised_problem, random_problem
from tests.tiny_nights import TinyNight, certain, looks_of, stock_of, tiny_nights

from vallum._kernel import cache, counts, fast, reference
from vallum._kernel.fast import packing, quantiles, views
from vallum._kernel.fast.nights import compiled_nights
from vallum._kernel.problem import EVEN, MULTINOMIAL, SOFT, Problem, Tally, blank_sheets
from vallum._kernel.reference.quantiles import binomial_quantile, hypergeometric_quantile
from vallum.terms import NEVER

RANDOM = range(150)
NIGHTS = {"fast": fast.nights, "reference": reference.nights}
FUTURES = 20_000


def assert_same(one: Tally, other: Tally) -> None:
    for name in Tally._fields:
        assert_array_equal(getattr(one, name), getattr(other, name), err_msg=name)


def within_four_errors(sample: np.ndarray, mean: float, sd: float) -> bool:
    return abs(sample.mean() - mean) <= 4 * sd / np.sqrt(len(sample))


# --- two kernels ------------------------------------------------------------------------------------


@pytest.mark.cross_check
@pytest.mark.parametrize("first", RANDOM[::10])
def test_the_two_kernels_agree(first: int):
    """Cross-check: the compiled kernel and the readable one tell the same of any problem."""
    for seed in range(first, first + 10):
        problem = random_problem(seed)
        assert_same(fast.nights(problem), reference.nights(problem))


@pytest.mark.cross_check
@pytest.mark.parametrize("seed", range(12))
def test_the_two_kernels_agree_on_layers_of_many_batteries(seed: int):
    """Cross-check: sets of batteries are bits, and layers of more than 64 take several words."""
    problem = random_problem(seed, futures=2, days=4, most_in_layer=150)
    assert_same(fast.nights(problem), reference.nights(problem))


@pytest.mark.cross_check
@pytest.mark.parametrize("seed", range(8))
def test_the_two_kernels_agree_on_many_assets(seed: int):
    """Cross-check: the asset of a mark is found in halved steps, and with many small shares in several."""
    problem = random_problem(seed, futures=2, days=4, assets=40)
    uneven = np.broadcast_to(np.geomspace(1.0, 1e-6, 40), problem.target_share.shape)
    share = uneven / uneven.sum(axis=-1, keepdims=True)
    problem = problem._replace(target_share=share, target_cut=np.cumsum(share, axis=-1).clip(max=1.0))
    assert packing._aims(problem)[2] > 2
    assert_same(fast.nights(problem), reference.nights(problem))


@pytest.mark.invariant
def test_no_two_arrays_of_a_future_overlap():
    """Invariant: the compiler is told so, but for the arrays that show the memory of another."""
    problem = random_problem(3)
    given = packing._given(problem)
    parts = (given, packing._desk(problem, given), blank_sheets(problem))
    memory: dict[str, list[np.ndarray]] = {}
    for part, arrays in zip(views.PARTS, parts, strict=True):
        for name, axes in views.AXES[part].items():
            memory.setdefault(f"{part.__name__}.{axes.memory_of or name}", []).append(getattr(arrays, name))
    for (_, some), (_, others) in itertools.combinations(memory.items(), 2):
        assert not any(np.shares_memory(a, b) for a, b in itertools.product(some, others))
    assert all(np.shares_memory(shown, again) for shown, *more in memory.values() for again in more)


@pytest.mark.invariant
@pytest.mark.parametrize("kernel", NIGHTS)
def test_a_raid_is_aimed_at_the_same_places_whatever_meets_it(kernel: str):
    """Invariant (R3, F3, F4): threats fought as a group come down where they would if followed one by one."""
    fields: dict[str, Any] = {
        "assets": 4,
        "classes": 2,
        "country": np.zeros(4, np.int64),
        "waves": 1,
        "shift": np.zeros(1),
    }
    problem = random_problem(11, days=30, **fields, allocation=MULTINOMIAL)
    problem = problem._replace(decoy_share=np.zeros((1, 2)), decoy_count=np.full((1, 2), -1), traced=0)
    grouped, single = (NIGHTS[kernel](problem._replace(single=np.full(2, way))).attacked for way in (0, 1))
    assert grouped.any()
    assert_array_equal(grouped, single)


@pytest.mark.invariant
@pytest.mark.parametrize("kernel", NIGHTS)
def test_where_fewer_of_a_group_leak_no_place_has_more_leakers(kernel: str):
    """Invariant (F4): leakers are the first of a raid, so those of a better defence are among those of a worse."""
    fields: dict[str, Any] = {
        "assets": 4,
        "classes": 1,
        "layers": 2,
        "country": np.zeros(4, np.int64),
        "single": np.zeros(1, np.int64),
    }
    problem = random_problem(5, days=30, **fields)
    problem = problem._replace(raid_counts=problem.raid_counts * 20, layer_kind=np.full(2, SOFT), traced=0)
    worse, better = (
        NIGHTS[kernel](problem._replace(success=np.full((1, 1, 2, 1), share))).asset_leaked for share in (0.3, 0.6)
    )
    assert (better.sum(axis=-1) <= worse.sum(axis=-1)).all()
    assert better.sum() < worse.sum()


@pytest.mark.tiny_case
@pytest.mark.parametrize("kernel", NIGHTS)
@pytest.mark.parametrize("night", tiny_nights(), ids=lambda night: night.name)
def test_tiny_night(night: TinyNight, kernel: str):
    """Tiny case: nights worked by hand."""
    assert night.differences(NIGHTS[kernel](night.problem)) == {}


@pytest.mark.invariant
def test_the_kernel_takes_any_layout_of_arrays():
    """Invariant: read-only, strided and small-integer arrays give the same, and compile nothing new."""
    problem = random_problem(3)
    expected, before = fast.nights(problem), len(compiled_nights.signatures)
    odd = {name: odd_layout(value) for name, value in problem._asdict().items()}
    assert_same(fast.nights(Problem(**odd)), expected)
    assert len(compiled_nights.signatures) == before == 1


def odd_layout(value: Any) -> Any:
    if not isinstance(value, np.ndarray):
        return value
    strided = np.repeat(value, 2, axis=-1)[..., ::2]
    strided.flags.writeable = False
    return strided


@pytest.mark.cross_check
@pytest.mark.parametrize("weights", [[1.0], [1.0, 2.5, 0.3], [0.1, 0.2, 0.3]])
def test_many_rounds_are_shared_out_as_if_one_at_a_time(weights: list[float]) -> None:
    """Cross-check: S5, a plain queue of one round at a time; ties by rank; twice as many batteries as rounds too."""
    batteries = 200
    for rounds in (300_000, 100):
        weight = np.resize(weights, batteries)
        free = np.resize([9_000, 4_000, 700], batteries)
        rank = np.random.default_rng(1).permutation(batteries)
        problem = plain_problem(
            [[]], batteries=batteries, magazines=batteries, stock=stock_of(rounds), magazine=np.arange(batteries),
            room_ready=free[:, None], weight=weight[None, :, None], magazine_rank=rank,
        )  # fmt: skip
        given = fast.nights(problem).magazines[0, 0, :, 0]
        assert_array_equal(given, one_at_a_time(rounds, weight, free, rank))


def one_at_a_time(rounds: int, weight: np.ndarray, free: np.ndarray, rank: np.ndarray) -> np.ndarray:
    given = np.zeros(len(weight), np.int64)
    queue = [(1.0 / w, int(r), m) for m, (w, r) in enumerate(zip(weight.tolist(), rank, strict=True))]
    heapq.heapify(queue)
    for _ in range(rounds):
        if not queue:
            break
        _, place, m = queue[0]
        given[m] += 1
        if given[m] < free[m]:
            heapq.heapreplace(queue, ((float(given[m]) + 1.0) / weight[m], place, m))
        else:
            heapq.heappop(queue)
    return given


# --- books that balance -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def fought() -> list[tuple[Problem, Tally]]:
    problems = [random_problem(seed, futures=8, days=12, traced=1) for seed in range(300, 420)]
    return [(problem, fast.nights(problem)) for problem in problems]


@pytest.mark.invariant
def test_launched_is_stopped_failed_and_leaked(fought):
    """Invariant: E10, by class and kind; by day; by asset; and the shots at a threat."""
    for _, tally in fought:
        leaked = tally.leaked.sum(axis=2)
        assert_array_equal(tally.launched, tally.stopped + tally.failed + leaked)
        assert_array_equal(tally.day_launched.sum(axis=1), tally.launched.sum(axis=2))
        assert_array_equal(tally.day_stopped.sum(axis=1), tally.stopped.sum(axis=2))
        assert_array_equal(tally.day_leaked.sum(axis=1), leaked.sum(axis=2))
        assert_array_equal(tally.asset_leaked.sum(axis=1), tally.leaked[..., 0])
        assert_array_equal(tally.kills.sum(axis=1), tally.shot_stopped.sum(axis=1))
        assert (tally.shot_stopped <= tally.shot_at).all()
        assert (tally.thin <= tally.leaked[:, :, 0].sum(axis=2)).all()


@pytest.mark.invariant
def test_stock_balances_to_the_round(fought):
    """Invariant: opening stock and arrivals are used, lost or still there; nothing is below zero."""
    for problem, tally in fought:
        came = problem.stock + problem.arrivals.sum(axis=1)
        assert_array_equal(came, tally.stock[:, -1] + tally.used + tally.lost)
        assert_array_equal(tally.stock[:, 0], np.broadcast_to(problem.stock, came.shape))
        assert_array_equal(tally.day_used.sum(axis=1), tally.used)
        assert min(int(np.min(rows)) for rows in tally) >= 0
        assert (tally.magazines.sum(axis=2) <= tally.stock).all()


@pytest.mark.invariant
def test_what_was_wanted_is_used_or_unmet_where_channels_do_not_bind(fought):
    """Invariant: shots of the doctrine at seen threats are fired or unmet, if no channel was wanting."""
    for problem, _ in fought[:40]:
        tally = fast.nights(problem._replace(channels=np.full_like(problem.channels, 10**6)))
        wanted = tally.day_wanted.sum(axis=(1, 2))
        assert_array_equal(wanted, tally.used.sum(axis=1) + tally.unmet.sum(axis=1))


@pytest.mark.invariant
def test_futures_do_not_know_their_neighbours():
    """Invariant: F3, the order of futures and the cut into blocks change nothing."""
    for seed in range(20):
        problem = random_problem(seed, futures=6)
        whole, order = fast.nights(problem), np.random.default_rng(seed).permutation(6)
        mixed = fast.nights(rows_of(problem, order))
        for name in Tally._fields:
            assert_array_equal(getattr(whole, name)[order], getattr(mixed, name), err_msg=name)


def rows_of(problem: Problem, order: np.ndarray) -> Problem:
    """The same futures in another order, or some of them."""
    worlds = {"decoy_share", "decoy_count", "fail", "target_cut", "target_share", "shift", "track", "success"}
    worlds |= {"battery_from", "teams", "channels", "cover_low", "cover_high", "availability", "repair"}
    worlds |= {"reliability", "loss", "reserve", "kill", "era_start", "reload_rate", "weight", "stock"}
    each = {"chains", "raid_start", "arrivals"}
    fields = problem._asdict()
    whole = {name: fields[name] for name in worlds if len(fields[name]) > 1} | {name: fields[name] for name in each}
    return problem._replace(**{name: rows[order] for name, rows in whole.items()})


@pytest.mark.invariant
def test_types_are_known_by_name_not_by_place():
    """Invariant: F3, interceptor types listed in another order give the same nights."""
    for seed in range(20):
        problem = random_problem(seed, types=3)
        problem = problem._replace(reload_rate=np.full_like(problem.reload_rate, -1))
        order = np.random.default_rng(seed).permutation(3)
        new_place = np.append(np.argsort(order), -1)
        other = problem._replace(
            loads=new_place[problem.loads],
            **{name: getattr(problem, name)[..., order] for name in ("reserve", "room_ready", "room_reload")},
            **{name: getattr(problem, name)[..., order] for name in ("weight", "stock", "arrivals")},
            kill=problem.kill[:, :, order],
        )
        one, two = fast.nights(problem), fast.nights(other)
        assert_array_equal(one.leaked, two.leaked)
        assert_array_equal(one.used[:, order], two.used)
        assert_array_equal(one.stock[..., order], two.stock)


@pytest.mark.invariant
@pytest.mark.parametrize("one_battery", [True, False], ids=["one battery a layer", "one type"])
def test_one_more_interceptor_never_yields_one_more_leaker(one_battery: bool):
    """Invariant: the promise of F3, in some thousands of pairs inside its conditions."""
    better = pairs = 0
    for seed in range(150):
        problem = promised_problem(seed, one_battery)
        leaked = fast.nights(problem).leaked.sum(axis=(1, 2, 3))
        for t in range(problem.stock.shape[1]):
            more = problem.stock.copy()
            more[:, t] += 1
            with_one = fast.nights(problem._replace(stock=more)).leaked.sum(axis=(1, 2, 3))
            assert (with_one <= leaked).all(), (seed, t)
            better += int((with_one < leaked).sum())
            pairs += len(leaked)
    assert pairs > 3_000
    assert better > 100, "the promise is empty where one more never matters"


# --- closed forms -----------------------------------------------------------------------------------


@pytest.mark.theory
def test_x1_ample_stock_is_binomial():
    """Theory: X1, stopped ~ Binomial(n, t (1 - (1 - p)^s)): mean and variance."""
    n, p, t, s = 12, 0.45, 0.8, 2
    problem = plain_problem(
        [[n]],
        FUTURES,
        kill=certain(p),
        track=np.full((1, 1, 1, 1), t),
        salvo=looks_of(s),
        stock=stock_of(n * s),
    )
    stopped = fast.nights(problem).stopped[:, 0, 0]
    law = stats.binom(n, t * (1 - (1 - p) ** s))
    assert within_four_errors(stopped, law.mean(), law.std())
    found = np.bincount(stopped, minlength=n + 1)
    usual = law.pmf(np.arange(n + 1)) * FUTURES
    rare = usual < 5
    found, usual = np.append(found[~rare], found[rare].sum()), np.append(usual[~rare], usual[rare].sum())
    assert stats.chisquare(found, usual).pvalue > 1e-4


@pytest.mark.theory
@pytest.mark.parametrize("reliability", [1.0, 0.7])
def test_x1_no_leaker_with_and_without_reliability(reliability: float):
    """Theory: X1, P(no leaker) = r (1 - (1 - p)^s)^n, for a common failure is one failure."""
    n, p, s = 8, 0.7, 2
    problem = plain_problem(
        [[n]],
        FUTURES,
        kill=certain(p),
        salvo=looks_of(s),
        stock=stock_of(n * s),
        reliability=np.full((1, 1, 1), reliability),
    )
    clean = fast.nights(problem).clean_nights[:, 0]
    chance = reliability * (1 - (1 - p) ** s) ** n
    assert within_four_errors(clean, chance, np.sqrt(chance * (1 - chance)))


@pytest.mark.theory
def test_x2_shoot_look_shoot():
    """Theory: X2, shots a threat s1 + q^s1 s2, kill 1 - q^(s1 + s2)."""
    p, (s1, s2), n = 0.55, (2, 1), 5
    q = 1 - p
    problem = plain_problem([[n]], FUTURES, kill=certain(p), salvo=looks_of(s1, s2), stock=stock_of(n * (s1 + s2)))
    tally = fast.nights(problem)
    missed = q**s1
    assert within_four_errors(tally.used[:, 0], n * (s1 + missed * s2), s2 * np.sqrt(n * missed * (1 - missed)))
    kill = 1 - q ** (s1 + s2)
    assert within_four_errors(tally.stopped[:, 0, 0], n * kill, np.sqrt(n * kill * (1 - kill)))


def unstopped_after_look_and_look(threats: int, rounds: int, p: float) -> dict[int, float]:
    """V2 a by hand: one round each, then the rest of the rounds at the survivors."""
    chances: dict[int, float] = {}
    first = min(threats, rounds)
    for survived in range(first + 1):
        again = min(survived, rounds - first)
        for hit in range(again + 1):
            leaked = threats - first + survived - hit
            chance = stats.binom.pmf(survived, first, 1 - p) * stats.binom.pmf(hit, again, p)
            chances[leaked] = chances.get(leaked, 0.0) + float(chance)
    return chances


@pytest.mark.theory
def test_v2_a_a_short_magazine_over_two_looks():
    """Theory: V2 a, six threats, nine rounds, shoot-look-shoot: the whole law of leakers."""
    threats, rounds, p = 6, 9, 0.65
    problem = plain_problem([[threats]], FUTURES, kill=certain(p), salvo=looks_of(1, 1), stock=stock_of(rounds))
    leaked = fast.nights(problem).leaked.sum(axis=(1, 2, 3))
    for count, chance in unstopped_after_look_and_look(threats, rounds, p).items():
        assert within_four_errors(leaked == count, chance, np.sqrt(chance * (1 - chance))), count


@pytest.mark.theory
@pytest.mark.parametrize(("spread", "singles", "doubles"), [(0, 0, 7), (EVEN, 6, 4)], ids=["turn", "even"])
def test_v2_b_spread_of_a_short_magazine(spread: int, singles: int, doubles: int):
    """Theory: V2 b, ten threats, fourteen rounds, two at once: 7 x 2 in turn, 4 x 2 and 6 x 1 evenly."""
    p = 0.6
    problem = plain_problem([[10]], FUTURES, kill=certain(p), salvo=looks_of(2), stock=stock_of(14), spread=spread)
    stopped = fast.nights(problem).stopped[:, 0, 0]
    both = 1 - (1 - p) ** 2
    variance = singles * p * (1 - p) + doubles * both * (1 - both)
    assert within_four_errors(stopped, singles * p + doubles * both, np.sqrt(variance))


# --- quantiles --------------------------------------------------------------------------------------

GRID = (1e-12, 1e-6, 0.003, 0.1, 0.25, 0.4999, 0.73, 0.9, 0.999, 1 - 1e-9)


@numba.njit
def compiled_binomials(u, n, p):
    return np.array([quantiles.binomial_quantile(u[i], n[i], p[i]) for i in range(len(u))])


@numba.njit
def compiled_hypergeometrics(u, marked, others, drawn):
    return np.array([quantiles.hypergeometric_quantile(u[i], marked[i], others[i], drawn[i]) for i in range(len(u))])


def grid(*axes: Any) -> list[np.ndarray]:
    return [axis.ravel() for axis in np.meshgrid(*(np.array(axis) for axis in axes), indexing="ij")]


@pytest.mark.theory
def test_binomial_quantiles():
    """Theory: F4, both kernels against scipy, exactly."""
    u, n, p = grid(GRID, (1, 2, 7, 40, 300, 1_900, 2_500), (0.004, 0.03, 0.31, 0.5, 0.77, 0.996))
    expected = stats.binom.ppf(u, n, p).astype(int)
    assert_array_equal(compiled_binomials(u, n, p), expected)
    assert [
        binomial_quantile(*row) for row in zip(u.tolist(), n.tolist(), p.tolist(), strict=True)
    ] == expected.tolist()


@pytest.mark.theory
def test_hypergeometric_quantiles():
    """Theory: E9, both kernels against scipy, exactly."""
    u, marked, others, drawn = grid(GRID, (1, 3, 17, 120), (1, 5, 60, 400), (1, 2, 50, 300))
    possible = drawn < marked + others
    u, marked, others, drawn = u[possible], marked[possible], others[possible], drawn[possible]
    expected = stats.hypergeom.ppf(u, marked + others, marked, drawn).astype(int)
    assert_array_equal(compiled_hypergeometrics(u, marked, others, drawn), expected)
    rows = zip(u.tolist(), marked.tolist(), others.tolist(), drawn.tolist(), strict=True)
    assert [hypergeometric_quantile(*row) for row in rows] == expected.tolist()


@pytest.mark.cross_check
def test_both_kernels_decide_alike_at_the_border_of_two_counts():
    """Cross-check: F4, uniforms on a border, a rounding beside it, and anywhere: the short way never decides alone."""
    rng = np.random.default_rng(4)
    n, p = rng.integers(1, 400, 3_000), rng.uniform(0.001, 0.999, 3_000) ** rng.integers(1, 4, 3_000)
    border = stats.binom.cdf(stats.binom.rvs(n, p, random_state=rng), n, p)
    for tried in (border, np.nextafter(border, 0.0), border * (1.0 - 1e-11), rng.random(3_000)):
        u = np.clip(tried, 1e-15, 1.0 - 1e-15)
        rows = zip(u.tolist(), n.tolist(), p.tolist(), strict=True)
        assert compiled_binomials(u, n, p).tolist() == [binomial_quantile(*row) for row in rows]
    marked, others = rng.integers(1, 200, 2_000), rng.integers(1, 200, 2_000)
    drawn = rng.integers(1, marked + others)
    found = stats.hypergeom.rvs(marked + others, marked, drawn, random_state=rng)
    for tried in (stats.hypergeom.cdf(found, marked + others, marked, drawn), rng.random(2_000)):
        u = np.clip(tried, 1e-15, 1.0 - 1e-15)
        draws = zip(u.tolist(), marked.tolist(), others.tolist(), drawn.tolist(), strict=True)
        wanted = [hypergeometric_quantile(*draw) for draw in draws]
        assert compiled_hypergeometrics(u, marked, others, drawn).tolist() == wanted


@pytest.mark.theory
def test_poisson_and_negative_binomial_quantiles():
    """Theory: R1, counts of raids against scipy, exactly."""
    u, mean, r = grid(GRID, (0.01, 0.4, 3.3, 21.0, 180.0, 900.0), (0.3, 1.0, 2.7, 40.0, np.inf))
    endless = np.isinf(r)
    finite = np.where(endless, 1.0, r)
    expected = np.where(endless, stats.poisson.ppf(u, mean), stats.nbinom.ppf(u, finite, finite / (finite + mean)))
    assert_array_equal(counts.negative_binomial(u, mean, r), expected.astype(int))
    assert_array_equal(counts.negative_binomial(u[:3], np.zeros(3), np.full(3, 2.0)), [0, 0, 0])


# --- the folder of compiled code --------------------------------------------------------------------


@pytest.mark.invariant
def test_the_kernel_is_kept_in_a_folder_of_its_version():
    """Invariant: what was compiled is found again; a kernel of other sources would be elsewhere."""
    fast.nights(plain_problem([[1]]))
    place = cache.folder()
    assert fast.compiled()
    assert place is None or place.name == cache.version()


@pytest.mark.invariant
def test_a_problem_starts_blank():
    """Invariant: O, first days are never, all else is zero, where no day passes."""
    tally = fast.nights(plain_problem([[]], stock=stock_of(1)))
    assert tally.first_dry.tolist() == [[NEVER]]
    assert tally.launched.sum() == tally.leaked.sum() == tally.used.sum() == 0
