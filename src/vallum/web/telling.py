"""Routes of what is told without a run: the claims of a text, monthly sums, imported records, frozen forecasts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import FastAPI, Query, Request
from fastapi import Path as InPath
from fastapi.responses import Response

from vallum.web import shown
from vallum.web.states import Question

Token = Annotated[str, InPath(max_length=64, pattern=r"^[A-Za-z0-9_.-]+$")]
Record = Annotated[str, Query(max_length=40, pattern=r"^[a-z0-9][a-z0-9_-]*$", description="An imported record.")]


def install(app: FastAPI, problems: dict[int | str, dict[str, Any]]) -> None:
    """Give the application these routes. problems : what each may answer instead"""

    @app.post("/api/v1/ask", responses=problems)
    async def claimed(request: Request, question: Question) -> Response:
        """What a text claims, a verdict on each claim, and the scenarios that answer it."""
        return await _told(request, lambda: shown.claimed(question))

    @app.get("/api/v1/monthly")
    async def monthly(request: Request) -> Response:
        """Launches and reported stops of Ukraine's record by month and class: sums, no row."""
        return await _told(request, shown.monthly)

    @app.get("/api/v1/records", responses=problems)
    async def records(request: Request) -> Response:
        """The records that were imported on this machine."""
        return await _told(request, shown.records)

    @app.get("/api/v1/records/{name}", responses=problems)
    async def summary(request: Request, name: Token) -> Response:
        """What an imported record says: reported shares with bands, raid sizes, lulls, regimes of reporting."""
        return await _told(request, lambda: shown.summary(name))

    @app.get("/api/v1/forecasts", responses=problems)
    async def forecasts(request: Request) -> Response:
        """The frozen forecasts at hand."""
        return await _told(request, shown.forecasts)

    @app.get("/api/v1/forecasts/{name}", responses=problems)
    async def forecast(request: Request, name: Token) -> Response:
        """A frozen forecast whose hash is proven, with quantiles of each target."""
        return await _told(request, lambda: shown.forecast(name))

    @app.get("/api/v1/forecasts/{name}/score", responses=problems)
    async def scored(request: Request, name: Token, record: Record) -> Response:
        """A frozen forecast scored against an imported record, beside naive baselines."""
        return await _told(request, lambda: shown.scored(name, record))


async def _told(request: Request, make: Callable[[], bytes]) -> Response:
    """Made anew each time: a record or a forecast may have come meanwhile."""
    made = await request.app.state.desk.answer("", "", lambda stop: make(), keep=False)
    return Response(made, media_type="application/json")
