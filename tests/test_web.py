"""The API of the page: same bytes as the command line, problems said whole, the newest question wins."""

import asyncio
import io
import json
import re
import time
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

httpx = pytest.importorskip("httpx", reason="the API is asked through httpx")
pytest.importorskip("fastapi", reason="the page needs FastAPI")

from tests.serving import served  # noqa: E402 - only where there is something to serve with

from vallum import campaign, evidence, report, scenario, web  # noqa: E402
from vallum.cli import app as cli  # noqa: E402
from vallum.cli.serving import serve  # noqa: E402
from vallum.evidence import quantiles  # noqa: E402
from vallum.results.daily import Histogram  # noqa: E402
from vallum.scenario.remembered import Remembered  # noqa: E402
from vallum.web import contract, problems  # noqa: E402
from vallum.web.desk import Desk, SupersededError  # noqa: E402
from vallum.web.jobs import Jobs  # noqa: E402
from vallum.web.states import LARGEST, MOST_JOBS, State, Work  # noqa: E402

WINTER = "winter-2025-26"
STATIC = Path(problems.__file__).parent / "static"
STOCK = "choices.stock.patriot_round"


@pytest.fixture(scope="module")
def api() -> Iterator[Any]:
    with served() as address, httpx.Client(base_url=f"{address}/api/v1/", timeout=60) as client:
        yield client


def ask(api: Any, path: str, **body: Any) -> Any:
    answer = api.post(path, json=body)
    assert answer.status_code in (200, 201, 202), answer.text
    return answer.json()


def refused(api: Any, path: str, status: int, **body: Any) -> list[str]:
    answer = api.post(path, json=body)
    assert answer.status_code == status
    assert answer.headers["content-type"] == contract.PROBLEM
    made = answer.json()
    assert made["status"] == status and made["problems"]
    return list(made["problems"])


# ---- same numbers as everywhere else ----


@pytest.mark.invariant
def test_a_whole_run_has_the_bytes_of_the_command_line(api: Any, capsys: pytest.CaptureFixture[str]) -> None:
    line = ["run", WINTER, "--set", f"{STOCK}=150", "--futures", "40", "--seed", "3", "--json", "--quiet", "--fresh"]
    assert cli._answered(line) == 0
    printed = capsys.readouterr().out.encode()
    asked = {"set": {STOCK: 150}, "futures": 40, "seed": 3}
    assert api.post("run", json=asked).content == printed
    job = ask(api, "jobs", kind="run", **asked)
    assert finished(api, job["id"])["state"] == "done"
    assert api.get(f"jobs/{job['id']}/result").content == printed


@pytest.mark.invariant
@pytest.mark.parametrize(
    "asked",
    [
        {"scenario": "eight-and-none", "futures": 16},
        {"packages": ["twenty-systems"], "futures": 12, "seed": 4},
        {"packages": ["licence"], "set": {"uncertain.patriot_radius.believe": "area_claim", STOCK: 90}, "futures": 12},
    ],
    ids=lambda asked: asked.get("scenario") or asked["packages"][0],
)
def test_command_line_python_and_api_give_the_same_bytes(
    api: Any, capsys: pytest.CaptureFixture[str], asked: dict[str, Any]
) -> None:
    name, packages, changes = asked.get("scenario", WINTER), asked.get("packages", []), asked.get("set", {})
    given = [part for one in packages for part in ("--package", one)]
    given += [part for path, value in changes.items() for part in ("--set", f"{path}={value}")]
    given += ["--futures", str(asked["futures"]), "--seed", str(asked.get("seed", 0))]
    assert cli._answered(["run", name, *given, "--json", "--quiet", "--fresh"]) == 0
    printed = capsys.readouterr().out.encode()
    result = campaign.run(scenario.read(name, packages, changes), asked["futures"], asked.get("seed", 0))
    assert report.json_text(result).encode() == printed
    assert api.post("run", json=asked).content == printed
    looked = ask(api, "preview", **asked)
    assert looked["fingerprint"] == result.manifest.fingerprint
    tables = report.figures(result, report.national(scenario.read(name, packages, changes)))
    assert {one: looked["figures"][one]["rows"] for one in tables} == {
        one: json.loads(json.dumps([list(row) for row in table.rows])) for one, table in tables.items()
    }


def finished(api: Any, name: str) -> dict[str, Any]:
    for _ in range(600):
        job: dict[str, Any] = api.get(f"jobs/{name}").json()
        if job["state"] not in ("waiting", "running"):
            return job
        time.sleep(0.1)
    raise AssertionError("the job does not end")


@pytest.mark.invariant
def test_a_preview_shows_what_a_run_of_as_many_futures_finds(api: Any) -> None:
    made = ask(api, "preview", futures=24, set={STOCK: 150})
    result = campaign.run(scenario.read(WINTER, (), {STOCK: 150}), 24, explain=False)
    tables = report.figures(result)
    for name, table in tables.items():
        assert made["figures"][name]["rows"] == [list(row) for row in table.rows], name
    assert made["headline"]["gets_through"]["median"] == result.outcome("leakers", threat_class="ballistic").median
    assert made["futures"] == 24 and made["fingerprint"] == result.manifest.fingerprint
    assert api.post("table", json={"futures": 24, "set": {STOCK: 150}, "table": "stock"}).text == tables["stock"].csv()


@pytest.mark.invariant
def test_a_glance_is_the_beginning_of_a_run() -> None:
    asked = scenario.read(WINTER)
    quick, whole = campaign.glance(asked, 20).result, campaign.run(asked, 40, explain=False)
    for label, values in whole.columns.items():
        assert np.array_equal(quick.columns[label], values[:20], equal_nan=True), label


@pytest.mark.invariant
def test_what_is_remembered_is_what_would_be_computed() -> None:
    u = np.linspace(0.01, 0.99, 37)
    assert np.array_equal(quantiles.inverse_beta(u, 2.5, 3.5), quantiles._solved_beta(u, 2.5, 3.5, quantiles.NODES))
    assert np.array_equal(quantiles.inverse_beta(u, 2.5, 3.5), quantiles.inverse_beta(u, 2.5, 3.5))
    for changes in ({}, {STOCK: 5}, {"choices.batteries.patriot": 3}, {"uncertain.winter_tempo": 1.4}):
        plan = campaign.prepare(scenario.read(WINTER, (), changes))
        worlds, people = plan.worlds(0, range(12)), np.array([plan.defence.heaviness(one) for one in plan.cast.assets])
        landed = plan.supply.by_line(worlds)
        assert same(landed, plan.supply._by_line(worlds))
        assert same(plan.raids.arrays(worlds, people), plan.raids._arrays(worlds, people))
        assert np.array_equal(plan.raids.expected(worlds), plan.raids._expected(worlds))
        expected = plan.raids.expected(worlds)[:, None, :] * np.ones((1, len(people), 1))
        arrived = plan.supply.systems(worlds, landed)
        made = plan.defence.arrays(worlds, expected, arrived)
        stock = made.pop("stock")
        assert STOCK not in changes or (stock == changes[STOCK]).all()
        assert same(made, plan.defence._arrays(worlds, expected, arrived))
    day, facts = date(2026, 1, 1), evidence.load()
    assert facts.at(day) is facts.at(day)
    assert facts.at(day) == facts._left_on(day)


@pytest.mark.invariant
def test_what_no_later_run_would_find_again_is_not_remembered() -> None:
    most, part = 1_010_000, np.zeros(25_000)  # 200 000 bytes, and some for the array and its key
    lately = Remembered(most)
    for many in (6, 5):
        for k in range(many):
            lately.of((many, k), lambda: part, alike=many)
        for k in range(many):
            assert (lately.of((many, k), lambda: np.ones(1), alike=many) is part) == (many * part.nbytes <= most)


def same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return one.keys() == other.keys() and all(np.array_equal(one[name], other[name]) for name in one)


@pytest.mark.theory
@settings(max_examples=60, derandomize=True, deadline=None)
@given(counts=npst.arrays(np.int64, npst.array_shapes(min_dims=2, max_dims=3, max_side=6), elements=st.integers(0, 3)))
def test_a_quantile_of_a_histogram_is_where_so_many_futures_do_not_pass(counts: Any) -> None:
    for share in (0.05, 0.25, 0.5, 0.95, 1.0):
        reached = np.cumsum(counts, axis=-1)
        total = reached[..., -1]
        value = (reached < np.ceil(share * total)[..., None]).sum(axis=-1) * 0.5
        assert np.array_equal(
            Histogram(counts, 0.5).quantile(share), np.where(total > 0, value, np.nan), equal_nan=True
        )


@pytest.mark.invariant
def test_a_workbook_carries_where_its_numbers_are_from(api: Any) -> None:
    answer = api.post("table", json={"futures": 8, "table": "leakers", "form": "xlsx"})
    names = zipfile.ZipFile(io.BytesIO(answer.content)).read("xl/workbook.xml").decode()
    assert all(f'"{sheet}"' in names for sheet in ("leakers", "provenance", "assumptions", "claims"))


@pytest.mark.invariant
def test_a_report_is_a_bundle_of_all_that_a_report_folder_holds(api: Any) -> None:
    job = finished(api, ask(api, "jobs", kind="report", scenario="eight-and-none", futures=20)["id"])
    assert job["state"] == "done", job["problems"]
    bundle = zipfile.ZipFile(io.BytesIO(api.get(f"jobs/{job['id']}/result").content))
    assert {"report.html", "result.json", "scenario.yaml", "tables.xlsx"} <= set(bundle.namelist())


# ---- two views ----


@pytest.mark.invariant
def test_two_views_that_are_the_same_cannot_be_told_apart(api: Any) -> None:
    made = ask(api, "pair", a={}, b={}, futures=24)
    assert made["inputs"] == [] and made["differences"]
    assert not any(one["told_apart"] for one in made["differences"])
    assert {one["words"]["change"] for one in made["differences"]} == {"cannot be told apart"}


@pytest.mark.invariant
def test_a_pair_meets_the_same_futures_and_lists_what_differs(api: Any) -> None:
    made = ask(api, "pair", a={}, b={"set": {STOCK: 300, "uncertain.winter_tempo": 1.5}}, futures=24)
    assert {STOCK, "uncertain.winter_tempo"} <= {one["path"] for one in made["inputs"]}
    assert "uncertain.winter_tempo" in made["threat"] and STOCK not in made["threat"]
    used = next(one for one in made["differences"] if one["name"] == "used")
    assert used["n"] == 24 and used["p5"] <= used["mean"] <= used["p95"]


# ---- the sliders ----


@pytest.mark.invariant
@pytest.mark.parametrize("name", [name for name, one in scenario.packaged().items() if one["kind"] == "scenario"])
def test_each_control_may_be_moved_to_both_its_ends(api: Any, name: str) -> None:
    made = ask(api, "scenario", scenario=name)
    for one in made["controls"]:
        assert one["label"] and one["low"] <= one["best"] <= one["high"] and one["step"] > 0, one["path"]
        assert one["claims"] or one["assumption"] or not one["drawn"], one["path"]
        believe = {f"uncertain.{one['name']}.believe": option["name"] for option in one["options"][:1]}
        ends = [] if one["kind"] == "switch" else [{one["path"]: end} for end in (one["low"], one["high"])]
        for change in [*ends, *([believe] if believe else [])]:
            State(scenario=name, set=change).read()


@pytest.mark.invariant
def test_the_threat_has_sliders_of_its_own_side(api: Any) -> None:
    sides = {one["path"]: one["threat"] for one in ask(api, "scenario")["controls"]}
    assert sides["uncertain.winter_tempo"] and not sides[STOCK]


@pytest.mark.invariant
def test_the_map_of_a_live_theatre_tells_regions_and_no_site(api: Any) -> None:
    made = ask(api, "hypothetical")
    (patriot,) = made["systems"]
    assert sum(row["count"] for row in patriot["regions"]) == patriot["count"] == 10
    middle = {
        one["properties"]["name"]: one["properties"]
        for one in api.get(f"outlines/{made['table']}").json()["regions"]["features"]
    }
    for row in patriot["regions"]:
        assert (row["lat"], row["lon"]) == (middle[row["region"]]["label_lat"], middle[row["region"]]["label_lon"])
        assert set(row) == {"region", "count", "lat", "lon"}


# ---- what is wrong ----


@pytest.mark.invariant
def test_all_that_is_wrong_is_said_at_once(api: Any) -> None:
    told = refused(api, "preview", 422, set={"choices.stock.patriot_round": -1, "choices.batteries.patriot": "many"})
    assert len(told) == 2 and all("choices." in line for line in told)
    told = refused(api, "preview", 422, scenario="spring", packages=["no-such"])
    assert len(told) == 2
    assert "futures" in refused(api, "preview", 422, futures=1_000_000)[0]
    assert "there is none" in refused(api, "table", 422, table="nothing")[0]


@pytest.mark.invariant
@pytest.mark.parametrize(
    "changes",
    [
        {"fixed.raids.path": "/etc/passwd"},
        {" fixed . raids.path": "/etc/passwd"},
        {'fixed."raids".path': "/etc/passwd"},
        {"fixed.raids": {"kind": "replay", "path": "/etc/passwd"}},
        {"fixed": {"raids": {"path": "/etc/passwd"}}},
        {"extends": "/etc/passwd"},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_no_change_makes_the_server_read_a_file(api: Any, changes: dict[str, Any]) -> None:
    assert "cannot be set from a page" in refused(api, "preview", 422, set=changes)[0]


@pytest.mark.invariant
def test_what_would_keep_the_server_busy_is_for_the_command_line(api: Any) -> None:
    changes = {"choices.batteries.patriot": 900_000, "uncertain.winter_tempo": 1e6}
    told = refused(api, "preview", 422, set=changes)
    assert len(told) == 2 and all("a page takes at most" in line for line in told)
    nested: Any = "x"
    for _ in range(30):
        nested = [nested]
    assert "levels deep" in refused(api, "preview", 422, set={"title": nested})[0]
    for text in ('{"set": {"title": "\\ud800"}}', '{"set": {"\\ud800": 1}}', '{"set": {"title": [["\\ud800"]]}}'):
        assert api.post("preview", content=text, headers={"content-type": "application/json"}).status_code == 422


@pytest.mark.tiny_case
def test_the_command_serves_with_processes_or_without(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tiny case: what the options of `vallum serve` ask of the application."""
    asked: list[Any] = []
    monkeypatch.setattr(web, "create", lambda *given, **named: asked.append((given, named)))
    monkeypatch.setattr(web, "warm", lambda: None)
    monkeypatch.setattr("uvicorn.run", lambda *_, **named: asked.append(named["port"]))
    serve(port=1, workers=None, rate=0)
    serve(port=2, workers=3, rate=5, alone=True)
    assert asked == [((None,), {"processes": True, "rate": 0}), 1, ((3,), {"processes": False, "rate": 5}), 2]


@pytest.mark.invariant
def test_limits_are_named(api: Any) -> None:
    assert f"{LARGEST:,} bytes" in refused(api, "preview", 413, set={"choices.x": "y" * LARGEST})[0]
    chunked = api.post(
        "preview", content=(b" " * 10_000 for _ in range(9)), headers={"content-type": "application/json"}
    )
    assert chunked.status_code == 413
    jobs = Jobs()
    jobs._pool.shutdown()
    jobs._pool.submit = lambda *_: None  # type: ignore[method-assign, assignment]
    for _ in range(MOST_JOBS):
        jobs.begin(Work(futures=8))
    with pytest.raises(problems.TooManyError, match=f"at most {MOST_JOBS}"):
        jobs.begin(Work(futures=8))


@pytest.mark.invariant
def test_a_job_can_be_cancelled_and_a_failed_one_keeps_its_inputs(api: Any) -> None:
    job = ask(api, "jobs", kind="run", futures=20_000)
    api.delete(f"jobs/{job['id']}")
    assert finished(api, job["id"])["state"] == "cancelled"
    assert api.get(f"jobs/{job['id']}/result").status_code == 409
    job = finished(api, ask(api, "jobs", kind="size", vary="fixed.raids", between="1:2", futures=20)["id"])
    assert job["state"] == "failed" and job["problems"] and job["asked"]["vary"] == "fixed.raids"
    assert api.get("jobs/none").status_code == 422


@pytest.mark.invariant
def test_of_a_link_what_cannot_be_opened_is_named_and_the_rest_is_opened(api: Any) -> None:
    made = ask(api, "opened", packages=["licence", "gone"], set={STOCK: 150, "choices.stock.gone": 1})
    assert made["state"]["set"] == {STOCK: 150} and made["state"]["packages"] == ["licence"]
    assert [one["name"] for one in made["left_out"]] == ["gone", "choices.stock.gone"]
    assert all(one["why"] for one in made["left_out"])
    assert ask(api, "opened", scenario="gone")["state"]["scenario"] == WINTER


@pytest.mark.invariant
def test_a_name_of_a_link_means_one_view(api: Any) -> None:
    assert ask(api, "links", name="more-rounds", address="v=1&s=winter-2025-26")["path"] == "/l/more-rounds"
    ask(api, "links", name="more-rounds", address="v=1&s=winter-2025-26")
    refused(api, "links", 409, name="more-rounds", address="v=1")
    refused(api, "links", 422, name="../x", address="v=1")
    followed = api.get("../../l/more-rounds")
    assert followed.status_code == 307 and followed.headers["location"] == "/?v=1&s=winter-2025-26"
    assert "more-rounds" in api.get("links").json()["names"]


# ---- the desk ----


@pytest.mark.tiny_case
def test_the_newest_question_of_a_page_wins_and_answers_are_kept() -> None:
    async def asked() -> list[Any]:
        desk = Desk(1)
        gate, made = asyncio.Event(), []
        loop = asyncio.get_running_loop()

        def slow(stop: Any) -> bytes:
            asyncio.run_coroutine_threadsafe(gate.wait(), loop).result()
            stop()
            return b"slow"

        def quick(stop: Any) -> bytes:
            made.append(1)
            return b"quick"

        first = asyncio.create_task(desk.answer("p", "one", slow))
        await asyncio.sleep(0.01)
        waits = asyncio.create_task(desk.answer("p", "two", quick))
        newest = asyncio.create_task(desk.answer("p", "three", quick))
        await asyncio.sleep(0.01)
        gate.set()
        found = await asyncio.gather(first, waits, newest, return_exceptions=True)
        again = await desk.answer("q", "three", quick)
        return [*found, again, len(made)]

    first, waits, newest, again, made = asyncio.run(asked())
    assert isinstance(first, SupersededError) and isinstance(waits, SupersededError)
    assert newest == again == b"quick" and made == 1


# ---- what the page is made of ----


@pytest.mark.invariant
def test_every_answer_forbids_to_load_from_elsewhere(api: Any) -> None:
    for path, framers in (("", "'none'"), ("embed", "*"), ("api/v1/scenarios", "'none'")):
        policy = api.get(f"../../{path}").headers["content-security-policy"]
        assert "default-src 'self'" in policy and f"frame-ancestors {framers}" in policy
        assert "script-src" not in policy
    assert api.get("../../docs").status_code == 404
    assert api.get("openapi.json").json()["paths"].keys() >= {"/api/v1/preview", "/api/v1/jobs", "/api/v1/links"}


@pytest.mark.invariant
def test_nothing_of_the_page_is_loaded_from_elsewhere() -> None:
    loads = re.compile(r"""(?:src=|href=|from |import\(|url\(|fetch\()\s*["'`]?(?:https?:)?//""")
    for path in STATIC.rglob("*"):
        if path.suffix in (".html", ".js", ".css") and "vendor" not in path.parts:
            assert not loads.search(path.read_text(encoding="utf-8")), path.name
    notice = (Path(evidence.__file__).parents[1] / "data" / "NOTICE.md").read_text(encoding="utf-8")
    for name in ("d3.min.js", "plot.min.js"):
        version = re.search(r"v(\d+\.\d+\.\d+)", (STATIC / "vendor" / name).read_text(encoding="utf-8")[:80])
        assert version is not None and version[1] in notice and name in notice
        assert (STATIC / "vendor" / f"{name.split('.')[0]}.LICENSE.txt").is_file()


@pytest.mark.docs
def test_both_languages_say_the_same_things() -> None:
    texts = {name: json.loads((STATIC / "i18n" / f"{name}.json").read_text(encoding="utf-8")) for name in ("en", "uk")}
    shown = {key: set(re.findall(r"\{(\w+)\}", text)) for key, text in texts["en"].items()}
    for key, text in texts["uk"].items():
        assert set(re.findall(r"\{(\w+)\}", text)) == shown.get(key, set()), key
    assert set(texts["en"]) <= set(texts["uk"])
    code = "".join(path.read_text(encoding="utf-8") for path in STATIC.glob("*.*") if path.suffix in (".js", ".html"))
    used = set(re.findall(r"""\bt\("([\w.]+)"[,)]""", code)) | set(re.findall(r'data-t="([\w.]+)"', code))
    assert used and used <= set(texts["en"]), used - set(texts["en"])


@pytest.mark.invariant
def test_evidence_is_at_hand(api: Any) -> None:
    claim = api.get("evidence/F251").json()
    assert claim["quote"] and claim["speaker"] and claim["address"] and claim["as_of"]
    parameter = api.get("evidence/patriot_radius_ballistic").json()
    assert parameter["told"] and parameter["conflicts"] and parameter["options"]
    assert api.get("evidence/F99999").status_code == 422
    assert api.get("evidence", params={"what": "claims", "q": "licen"}).json()["rows"]
    assert api.get("conflicts").json()["conflicts"]
