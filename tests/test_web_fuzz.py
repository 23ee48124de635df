"""The API asked with whatever its own description allows, and with what it forbids: it may refuse, it never breaks."""

import os
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

schemathesis = pytest.importorskip("schemathesis", reason="the API is fuzzed by schemathesis")
pytest.importorskip("fastapi", reason="the page needs FastAPI")

from hypothesis import HealthCheck, Phase, given, settings  # noqa: E402 - only where there is something to fuzz with
from hypothesis.errors import Unsatisfiable  # noqa: E402
from tests.serving import served  # noqa: E402

from vallum import web  # noqa: E402
from vallum.web.contract import PROBLEM  # noqa: E402

#: Requests to each route that the description allows, and as many that it forbids; more where they are asked for.
EXAMPLES = int(os.environ.get("VALLUM_FUZZ", "6"))
#: Routes that run as many futures as they are asked for, and how many they are asked for here, for time is short.
LONG, FEW = ("POST /api/v1/run", "POST /api/v1/jobs"), 8
UNCHECKED = list(HealthCheck)
ROUTES = {
    one.ok().label: one.ok() for one in schemathesis.openapi.from_dict(web.create(1).openapi()).get_all_operations()
}


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with served() as found:
        yield found


@pytest.mark.invariant
@pytest.mark.parametrize("mode", schemathesis.GenerationMode, ids=lambda mode: mode.value)
@pytest.mark.parametrize("route", ROUTES)
def test_no_request_breaks_the_server(address: str, route: str, mode: Any) -> None:
    @settings(
        max_examples=EXAMPLES, derandomize=True, deadline=None, database=None, suppress_health_check=UNCHECKED,
        phases=[Phase.generate],
    )  # fmt: skip
    @given(case=ROUTES[route].as_strategy(generation_mode=mode))
    def asked(case: Any) -> None:
        if route in LONG and isinstance(case.body, dict) and isinstance(case.body.get("futures", FEW), int):
            case.body["futures"] = FEW
        answer = case.call(base_url=address)
        assert answer.status_code < 500, (case.as_curl_command(), answer.text)
        if answer.status_code >= 400:
            assert answer.headers["content-type"] == [PROBLEM], case.as_curl_command()

    with suppress(Unsatisfiable):  # what takes nothing cannot be asked wrongly
        asked()
