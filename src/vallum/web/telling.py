"""Routes of the pages beside the first: claims of a text, records, forecasts, B against A taken apart."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import FastAPI, Header, Query, Request
from fastapi import Path as InPath
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from vallum.web import apart, shown
from vallum.web.contract import Told, told
from vallum.web.desk import Lane
from vallum.web.looks import Looks
from vallum.web.states import Apart, Effects, Question

Token = Annotated[str, InPath(max_length=64, pattern=r"^[A-Za-z0-9_.-]+$")]
PageName = Annotated[str, Header(alias="X-Page", max_length=64, description="Names the page and what it asks for.")]
Record = Annotated[str, Query(max_length=40, pattern=r"^[a-z0-9][a-z0-9_-]*$", description="An imported record.")]


def install(app: FastAPI) -> None:
    """Give the application these routes."""

    @app.post("/api/v1/ask", responses=told(Told))
    async def claimed(request: Request, question: Question) -> Response:
        """What a text claims, a verdict on each claim, and the scenarios that answer it."""
        return await _told(lambda: shown.claimed(question), request.app.state.desk.light)

    @app.post("/api/v1/attribution", responses=told(Told))
    async def attribution(request: Request, asked: Apart, x_page: PageName = "") -> Response:
        """Whose doing the difference between A and B is: its parts, each with its share."""
        looks: Looks = request.app.state.looks
        return await _paged(request, x_page, asked, lambda stop: apart.attribution(looks, asked, stop))

    @app.post("/api/v1/effects", responses=told(Told))
    async def effects(request: Request, asked: Effects, x_page: PageName = "") -> Response:
        """What each package that fits would change, one at a time, in the same futures."""
        looks: Looks = request.app.state.looks
        return await _paged(request, x_page, asked, lambda stop: apart.effects(looks, asked, stop))

    @app.get("/api/v1/monthly", responses=told(Told))
    async def monthly(request: Request) -> Response:
        """Launches and reported stops of Ukraine's record by month and class: sums, no row."""
        return await _told(shown.monthly, request.app.state.desk.light)

    @app.get("/api/v1/records", responses=told(Told))
    async def records(request: Request) -> Response:
        """The records that were imported on this machine."""
        return await _told(shown.records, request.app.state.desk.light)

    @app.get("/api/v1/records/{name}", responses=told(Told))
    async def summary(request: Request, name: Token) -> Response:
        """What an imported record says: reported shares with bands, raid sizes, lulls, regimes of reporting."""
        return await _told(lambda: shown.summary(name), request.app.state.desk.slow)

    @app.get("/api/v1/forecasts", responses=told(Told))
    async def forecasts(request: Request) -> Response:
        """The frozen forecasts at hand."""
        return await _told(shown.forecasts, request.app.state.desk.light)

    @app.get("/api/v1/forecasts/{name}", responses=told(Told))
    async def forecast(request: Request, name: Token) -> Response:
        """A frozen forecast whose hash is proven, with quantiles of each target."""
        return await _told(lambda: shown.forecast(name), request.app.state.desk.light)

    @app.get("/api/v1/forecasts/{name}/score", responses=told(Told))
    async def scored(request: Request, name: Token, record: Record) -> Response:
        """A frozen forecast scored against an imported record, beside naive baselines."""
        return await _told(lambda: shown.scored(name, record), request.app.state.desk.slow)


async def _paged(
    request: Request, page: str, asked: Apart | Effects, make: Callable[[Callable[[], None]], bytes]
) -> Response:
    """For a page that asks again and again: its newest request wins, and an answer is kept a while."""
    key, desk = f"{request.url.path} {asked.model_dump_json()}", request.app.state.desk
    return Response(await desk.answer(page, key, make, desk.slow), media_type="application/json")


async def _told(make: Callable[[], bytes], lane: Lane) -> Response:
    """Made anew each time: a record or a forecast may have come meanwhile."""
    async with lane.turn(""):
        return Response(await run_in_threadpool(make), media_type="application/json")
