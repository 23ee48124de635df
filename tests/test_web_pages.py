"""What the pages beside the first ask: the bytes of the command line, no file of the server, the same futures."""

import json
import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

httpx = pytest.importorskip("httpx", reason="the API is asked through httpx")
pytest.importorskip("fastapi", reason="the page needs FastAPI")

from tests.serving import served  # noqa: E402 - only where there is something to serve with

from vallum import campaign, folders, scenario  # noqa: E402
from vallum.ask import VERDICTS  # noqa: E402
from vallum.cli import app as cli  # noqa: E402
from vallum.web import problems, shown  # noqa: E402
from vallum.web.jobs import KINDS  # noqa: E402

WINTER = "winter-2025-26"
STATIC = Path(problems.__file__).parent / "static"
FORECAST = Path(__file__).parents[1] / "docs" / "forecasts" / "ukraine-2025-12-07.json"


@pytest.fixture(scope="module")
def api() -> Iterator[Any]:
    with served() as address, httpx.Client(base_url=f"{address}/api/v1/", timeout=60) as client:
        yield client


def ask(api: Any, path: str, **body: Any) -> Any:
    answer = api.post(path, json=body)
    assert answer.status_code in (200, 202), answer.text
    return answer.json()


def made(api: Any, **asked: Any) -> bytes:
    name = ask(api, "jobs", **asked)["id"]
    for _ in range(600):
        job = api.get(f"jobs/{name}").json()
        if job["state"] not in ("waiting", "running"):
            assert job["state"] == "done", job
            return bytes(api.get(f"jobs/{name}/result").content)
        time.sleep(0.1)
    raise AssertionError("the job does not end")


@pytest.mark.invariant
@pytest.mark.parametrize(
    ("asked", "line"),
    [
        (
            {"kind": "explain", "futures": 30, "which": "median", "against": "twenty-systems"},
            ["explain", WINTER, "--median", "--against", "twenty-systems", "--futures", "30"],
        ),
        (
            {"kind": "sensitivity", "futures": 30, "points": 8},
            ["sensitivity", WINTER, "--points", "8", "--futures", "30"],
        ),
        (
            {"kind": "place", "futures": 20, "system": "patriot", "count": 2, "forbid": ["Kharkiv"]},
            ["place", WINTER, "--system", "patriot", "--count", "2", "--forbid", "Kharkiv", "--futures", "20"],
        ),
    ],
    ids=["explain", "sensitivity", "place"],
)
def test_a_long_question_has_the_bytes_of_the_command_line(
    api: Any, capsys: pytest.CaptureFixture[str], asked: dict[str, Any], line: list[str]
) -> None:
    assert cli._answered([*line, "--json", "--quiet"]) == 0
    assert made(api, **asked) == capsys.readouterr().out.encode()


@pytest.mark.invariant
def test_a_text_is_answered_as_on_the_command_line(api: Any, capsys: pytest.CaptureFixture[str]) -> None:
    text = "20 Patriot systems and a licence would be enough. Eight missiles incoming and none left."
    assert cli._answered(["ask", text, "--as-of", "2025-12-01", "--json"]) == 0
    printed = capsys.readouterr().out.encode()
    assert api.post("ask", json={"text": text, "as_of": "2025-12-01"}).content == printed
    assert {one["scenario"] for one in json.loads(printed)["proposals"]} == {"three-years", "eight-and-none"}


@pytest.mark.invariant
def test_a_text_that_names_a_file_opens_none(api: Any, tmp_path: Path) -> None:
    """The server's files are its own: the same answer whether or not there is one of that name."""
    there, gone = tmp_path / "there.txt", tmp_path / "gone.txt"
    there.write_text("Eight missiles incoming and none left.", encoding="utf-8")
    answers = [api.post("ask", json={"text": str(path)}) for path in (there, gone)]
    assert [one.status_code for one in answers] == [422, 422]
    assert "Eight" not in answers[0].text
    folder = api.post("ask", json={"text": str(tmp_path)})
    assert folder.status_code in (200, 422) and "there" not in folder.text


@pytest.mark.invariant
def test_a_package_of_a_job_is_a_packaged_one_and_no_file(api: Any, tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text("title: mine\n", encoding="utf-8")
    for asked in ({"kind": "compare", "beside": [str(own)]}, {"kind": "explain", "against": f"licence+{own}"}):
        answer = api.post("jobs", json=asked)
        assert answer.status_code == 422 and answer.json()["problems"] == [f"there is no packaged package {own}"]


@pytest.mark.invariant
def test_the_parts_of_a_difference_sum_to_the_whole(api: Any) -> None:
    b = {"packages": ["twenty-systems"], "set": {"choices.stock.patriot_round": 200}}
    told = ask(api, "attribution", a={}, b=b, futures=24)
    assert told["note"] == "" and len(told["parts"]) == 2
    for one in told["attribution"]:
        assert sum(share["mean"] for share in one["shares"]) == pytest.approx(one["whole"], abs=1e-9)
    pair = ask(api, "pair", a={}, b=b, futures=24)
    through = next(one for one in pair["differences"] if (one["name"], one.get("class")) == ("leakers", "ballistic"))
    assert told["attribution"][0]["whole"] == pytest.approx(through["mean"])
    assert ask(api, "attribution", a={}, b={}, futures=24)["note"] == "A and B are the same"


@pytest.mark.invariant
def test_what_a_package_would_change_is_what_the_pair_says(api: Any) -> None:
    told = ask(api, "effects", futures=16)
    assert {"twenty-systems", "licence"} <= {row["name"] for row in told["packages"]}
    row = next(row for row in told["packages"] if row["name"] == "twenty-systems")
    pair = ask(api, "pair", a={}, b={"packages": ["twenty-systems"]}, futures=16)
    about = ("name", "class", "scope", "asset", "reason", "type")
    said = {tuple(one.get(key) for key in about): one["words"] for one in pair["differences"]}
    assert row["differences"]
    for one in row["differences"]:
        assert one["words"] == said[tuple(one.get(key) for key in about)]


@pytest.mark.invariant
def test_frozen_forecasts_are_proven_before_they_are_shown(api: Any) -> None:
    place = folders.home() / "forecasts"
    place.mkdir(parents=True, exist_ok=True)
    try:
        shutil.copy(FORECAST, place / "mine.json")
        changed = FORECAST.read_text(encoding="utf-8").replace('"0.50": ', '"0.50": 1', 1)
        (place / "changed.json").write_text(changed, encoding="utf-8")
        assert {"mine", "changed", FORECAST.stem} <= set(api.get("forecasts").json()["names"])
        told = api.get("forecasts/mine").json()
        assert told["cutoff"] == "2025-12-07" and set(told["targets"][0]["quantiles"]) == set(shown.LEVELS)
        assert "was changed after it was frozen" in api.get("forecasts/changed").json()["detail"]
        assert api.get("forecasts/none").status_code == 422
        assert api.get("forecasts/..%2Fmine").status_code in (404, 422)
    finally:
        shutil.rmtree(place)


@pytest.mark.invariant
def test_records_and_monthly_sums_are_at_hand(api: Any) -> None:
    sums = api.get("monthly").json()
    assert sums["columns"][:3] == ["month", "class", "launched"]
    assert all(row[3] <= row[2] for row in sums["rows"])
    assert api.get("records").json()["records"] == []
    assert "there is no record" in api.get("records/ukraine").json()["detail"]
    job = ask(api, "jobs", kind="backtest", futures=8)["id"]
    while (told := api.get(f"jobs/{job}").json())["state"] in ("waiting", "running"):
        time.sleep(0.05)
    assert told["state"] == "failed" and "vallum record import" in told["problems"][0]


@pytest.mark.docs
def test_both_languages_have_the_same_texts_and_each_kind_of_work_its_own() -> None:
    """Texts that scripts put together from names, and none that only one language has."""
    english, ukrainian = (
        json.loads((STATIC / "i18n" / f"{name}.json").read_text(encoding="utf-8")) for name in ("en", "uk")
    )
    assert set(english) == set(ukrainian)
    pages = re.search(r"const PAGES = \[(.+?)\]", (STATIC / "top.js").read_text(encoding="utf-8"))
    assert pages is not None
    for name in json.loads(f"[{pages[1]}]"):
        assert f"page.{name or 'answer'}" in english
        assert (STATIC / f"{name or 'index'}.html").is_file()
    assert {f"job.{kind}" for kind in KINDS} <= set(english)
    assert {f"verdictOf.{name}" for name in VERDICTS} <= set(english)


@pytest.mark.invariant
def test_a_proposal_of_a_text_can_be_opened_with_the_sliders(api: Any) -> None:
    told = ask(api, "ask", text="Eight missiles incoming and none left")["proposals"][0]
    changes = {one["path"]: json.loads(one["value"]) for one in told["set"]}
    state = {"scenario": told["scenario"], "packages": told["packages"], "set": changes}
    assert ask(api, "opened", **state)["left_out"] == []
    found = ask(api, "preview", futures=16, **state)
    asked = scenario.read(told["scenario"], told["packages"], changes)
    assert found["fingerprint"] == campaign.glance(asked, 16).result.manifest.fingerprint
