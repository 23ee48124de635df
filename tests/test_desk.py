"""Behind the API: lines that nobody waits in twice, workers that may die, limits, and jobs that outlive the server."""

import asyncio
import json
import os
import re
import signal
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

import pytest

httpx = pytest.importorskip("httpx", reason="the API is asked through httpx")
pytest.importorskip("fastapi", reason="the page needs FastAPI")

from pathlib import Path  # noqa: E402 - only where there is something to serve with

from vallum import errors, web  # noqa: E402
from vallum.web import answers, contract, jobs, kept, problems, states, workers  # noqa: E402
from vallum.web.desk import BusyError, Desk, Lane, SupersededError  # noqa: E402
from vallum.web.limits import Rate  # noqa: E402
from vallum.web.looks import Looks  # noqa: E402
from vallum.web.states import Preview, State, Work  # noqa: E402

LINKS = Path(__file__).parent / "links.json"
QUICK_JOB: dict[str, Any] = {"scenario": "eight-and-none", "futures": 8}


# ---- lanes ----


@pytest.mark.tiny_case
def test_the_newest_of_a_page_takes_the_place_of_its_older_request() -> None:
    async def turns() -> list[str]:
        lane, had, gone = Lane(1), [], asyncio.Event()

        async def ask(page: str, name: str) -> None:
            try:
                async with lane.turn(page):
                    had.append(name)
                    await gone.wait()
            except SupersededError:
                had.append(f"not {name}")

        asked = []
        for page, name in (("p", "p1"), ("q", "q1"), ("r", "r1"), ("q", "q2"), ("", "nobody"), ("q", "q3")):
            asked.append(asyncio.create_task(ask(page, name)))
            await asyncio.sleep(0)
        gone.set()
        await asyncio.gather(*asked)
        return had

    assert asyncio.run(turns()) == ["p1", "not q1", "not q2", "q3", "r1", "nobody"]


@pytest.mark.invariant
def test_a_lane_gives_its_room_back_whatever_becomes_of_who_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vallum.web.desk.MOST_WAITING", 2)

    async def turns() -> None:
        lane, gone = Lane(1), asyncio.Event()

        async def ask(page: str) -> str:
            async with lane.turn(page):
                await gone.wait()
                return page

        asked = [asyncio.create_task(ask(page)) for page in "abc"]
        await asyncio.sleep(0)
        with pytest.raises(BusyError):
            await ask("d")
        asked[1].cancel()  # waits
        asked[0].cancel()  # has its turn
        await asyncio.sleep(0)
        gone.set()
        assert await asked[2] == "c"
        assert await asyncio.wait_for(ask("e"), 1) == "e"

    asyncio.run(turns())


@pytest.mark.invariant
def test_a_long_request_does_not_hold_up_a_short_one() -> None:
    async def asked() -> bytes:
        desk, gate = Desk(1), asyncio.Event()
        loop = asyncio.get_running_loop()

        def long(stop: Callable[[], None]) -> bytes:
            asyncio.run_coroutine_threadsafe(gate.wait(), loop).result()
            return b"long"

        async def quick() -> bytes:
            return b"quick"

        first = asyncio.create_task(desk.answer("", "one", long, desk.slow))
        await asyncio.sleep(0.01)
        found = await asyncio.wait_for(desk.elsewhere("", "two", quick), 5)
        gate.set()
        return found + await first

    assert asyncio.run(asked()) == b"quicklong"


# ---- workers ----


@pytest.mark.invariant
def test_a_worker_gives_the_bytes_that_this_process_gives_and_may_die() -> None:
    asked, wrong = Preview(futures=8, set={"choices.stock.patriot_round": 77}), Preview(set={"choices.x.y": 1, "z": 2})
    here = answers.preview(Looks(), asked, lambda: None)

    async def made() -> list[bytes]:
        crew = workers.Workers(1)
        try:
            while not any(one.done() for one in crew._ready):
                await asyncio.sleep(0.05)
            assert crew._pool is not None
            found = [await crew.made("preview", asked)]
            with pytest.raises(errors.ScenarioError) as refused:
                await crew.made("preview", wrong)
            assert len(refused.value.problems) == 2
            for process in crew._pool._processes:
                os.kill(process, signal.SIGTERM)
            found.append(await crew.made("preview", asked))
            return found
        finally:
            crew.close()

    assert asyncio.run(made()) == [here, here]


# ---- limits ----


@pytest.mark.tiny_case
def test_an_address_may_ask_so_often() -> None:
    now = [0.0]
    rate = Rate(2.0, burst=3, clock=lambda: now[0])
    assert [rate.wait("a") for _ in range(5)] == [0, 0, 0, 1, 1]
    assert rate.wait("b") == 0
    now[0] = 1.0
    assert [rate.wait("a") for _ in range(3)] == [0, 0, 1]
    assert not any(Rate(0.0).wait("a") for _ in range(1_000))


@pytest.mark.invariant
def test_who_asks_too_often_hears_the_limit_and_when_to_come_back() -> None:
    async def asked() -> list[Any]:
        limited = problems.Guard(web.create(1), Rate(0.5, burst=1))
        carrier = httpx.ASGITransport(limited)
        async with httpx.AsyncClient(transport=carrier, base_url="http://here") as client:
            return [await client.get(path) for path in ("/api/v1/openapi.json", "/api/v1/openapi.json", "/style.css")]

    allowed, refused, page = asyncio.run(asked())
    assert allowed.status_code == page.status_code == 200
    assert refused.status_code == 429 and refused.headers["retry-after"] == "2"
    assert "at most 0.5 requests a second" in refused.json()["detail"]
    assert refused.headers["content-type"] == contract.PROBLEM


@pytest.mark.invariant
def test_a_problem_names_the_field_of_each_fault() -> None:
    lines = ['--set fixed.assets."St. X".weight: -1 is out of range: no', "futures: too many", "there is no such thing"]
    made = json.loads(bytes(problems.problem(422, "refused", "No", lines).body))
    contract.Problem.model_validate(made)
    assert [one["path"] for one in made["errors"]] == ['fixed.assets."St. X".weight', "futures", ""]
    assert made["errors"][0]["message"] == "-1 is out of range: no" and made["problems"] == lines


@pytest.mark.invariant
def test_a_fault_of_ours_is_a_problem_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> bytes:
        raise ZeroDivisionError("no secrets")

    monkeypatch.setattr(answers, "scenarios", broken)

    async def asked() -> Any:
        app = web.create(1)
        async with app.router.lifespan_context(app):
            carrier = httpx.ASGITransport(app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=carrier, base_url="http://here") as client:
                return await client.get("/api/v1/scenarios")

    answer = asyncio.run(asked())
    assert answer.status_code == 500 and answer.headers["content-type"] == contract.PROBLEM
    assert "fault of ours" in answer.json()["detail"] and "secrets" not in answer.text


@pytest.mark.docs
def test_the_document_of_the_api_describes_each_body_answer_and_limit() -> None:
    made = web.create(1).openapi()
    for limit in (states.LARGEST, states.MOST_PREVIEW, states.MOST_FUTURES, states.MOST_WAITING, states.MOST_JOBS):
        assert f"{limit:,}" in made["info"]["description"]
    for path, routes in made["paths"].items():
        for verb, route in routes.items():
            assert {"413", "422", "429"} <= set(route["responses"]), (path, verb)
            for status in ("413", "422", "429"):
                assert set(route["responses"][status]["content"]) == {contract.PROBLEM}, (path, verb, status)
            assert "Retry-After" in route["responses"]["429"]["headers"]
    for name in ("State", "Preview", "Pair", "Whole", "TableOf", "Work", "Link"):
        assert made["components"]["schemas"][name]["examples"], name
    for model, example in contract.EXAMPLES.items():
        model.model_validate(example)


# ---- jobs ----


def ended(found: jobs.Jobs, name: str) -> jobs.Job:
    end = time.monotonic() + 60
    while found.find(name).state in ("waiting", "running") and time.monotonic() < end:
        time.sleep(0.02)
    return found.find(name)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VALLUM_HOME", str(tmp_path))
    return tmp_path


@pytest.mark.invariant
def test_jobs_outlive_the_server(home: Path) -> None:
    before = jobs.Jobs()
    job = ended(before, before.begin(Work(**QUICK_JOB)).name)
    assert job.state == "done", job.problems
    before.close()
    after = jobs.Jobs()
    found = after.find(job.name)
    assert found.as_dict() == job.as_dict() | {"stage": "", "done": 0, "total": 0}
    assert found.result() == job.result() and json.loads(found.result())["kind"] == "run"
    (home / "jobs" / job.name / "result").unlink()
    with pytest.raises(errors.RunError, match="start it again"):
        found.result()
    after.close()


@pytest.mark.invariant
def test_a_job_is_on_disk_before_it_is_said_to_have_ended(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Invariant: who sees that it is done may end the server at once, and loses nothing."""
    here, put, seen = jobs.Jobs(), kept.put, []

    def watched(name: str, told: dict[str, Any]) -> None:
        seen.append((told["state"], here.find(name).state))
        put(name, told)

    monkeypatch.setattr(kept, "put", watched)
    ended(here, here.begin(Work(**QUICK_JOB)).name)
    here.close()
    assert seen == [("waiting", "waiting"), ("running", "running"), ("done", "running")]


@pytest.mark.invariant
def test_a_job_that_the_server_left_is_interrupted_and_keeps_its_inputs(home: Path) -> None:
    kept.put("left", jobs.Job("left", Work(**QUICK_JOB, seed=5), "running").as_dict())
    kept.put("older", {"asked": {"gone": 1}})
    (home / "jobs" / "torn").mkdir()
    (home / "jobs" / "torn" / "job.json").write_text("{")
    found = jobs.Jobs()
    assert [job.name for job in found.listed()] == ["left"]
    job = found.find("left")
    assert job.state == "interrupted" and job.problems and job.asked.seed == 5
    found.again("left")
    again = ended(found, "left")
    assert again.state == "done" and json.loads(again.result())["seed"] == 5
    found._jobs["left"].state = "running"
    with pytest.raises(problems.TakenError):
        found.again("left")
    found.close()


@pytest.mark.invariant
def test_where_nothing_can_be_written_a_job_lives_as_long_as_the_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("VALLUM_HOME", str(tmp_path / "file"))
    found = jobs.Jobs()
    job = ended(found, found.begin(Work(**QUICK_JOB)).name)
    assert job.state == "done" and json.loads(job.result())["kind"] == "run"
    found.close()


# ---- links ----


def opened(address: str) -> tuple[State, list[str]]:
    """What the API makes of an address, read by the rules in docs/questions/page.md."""
    given = dict(parse_qsl(address))
    changes = {key: _value(text) for key, text in given.items() if "." in key and not key.startswith("a.")}
    packages = [name for name in given.get("p", "").split(",") if name]
    made = json.loads(
        answers.opened(State(scenario=given["s"], packages=packages, set=changes, seed=int(given.get("seed", 0))))
    )
    return State(**made["state"]), [one["name"] for one in made["left_out"]]


def _value(text: str) -> Any:
    return json.loads(text) if re.fullmatch(r"-?\d+(\.\d+)?|true|false|null|[\[{].*", text) else text


@pytest.mark.invariant
@pytest.mark.parametrize("link", json.loads(LINKS.read_text(encoding="utf-8")), ids=lambda link: link["name"])
def test_an_old_link_opens_and_what_cannot_be_opened_is_named(link: dict[str, Any]) -> None:
    state, left_out = opened(link["address"])
    assert {path: str(value) for path, value in state.set.items()} == link["shows"]
    assert [states.shelf()[name]["title"] for name in state.packages] == link["packages"]
    assert set(left_out) <= set(link["says"])
    state.read()
