"""Routes of the pages beside the first: claims of a text, records, forecasts, B against A taken apart."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import FastAPI, Header, Query, Request
from fastapi import Path as InPath
from fastapi.responses import Response

from vallum.web import apart, shown
from vallum.web.looks import Looks
from vallum.web.states import Pair, Preview, Question

Token = Annotated[str, InPath(max_length=64, pattern=r"^[A-Za-z0-9_.-]+$")]
PageName = Annotated[str, Header(alias="X-Page", max_length=64, description="Names the page and what it asks for.")]
Record = Annotated[str, Query(max_length=40, pattern=r"^[a-z0-9][a-z0-9_-]*$", description="An imported record.")]


def install(app: FastAPI, problems: dict[int | str, dict[str, Any]]) -> None:
    """Give the application these routes. problems : what each may answer instead"""

    @app.post("/api/v1/ask", responses=problems)
    async def claimed(request: Request, question: Question) -> Response:
        """What a text claims, a verdict on each claim, and the scenarios that answer it."""
        return await _told(request, lambda: shown.claimed(question))

    @app.post("/api/v1/attribution", responses=problems)
    async def attribution(request: Request, asked: Pair, x_page: PageName = "") -> Response:
        """Whose doing the difference between A and B is: its parts, each with its share."""
        looks: Looks = request.app.state.looks
        return await _paged(request, x_page, asked, lambda stop: apart.attribution(looks, asked, stop))

    @app.post("/api/v1/effects", responses=problems)
    async def effects(request: Request, asked: Preview, x_page: PageName = "") -> Response:
        """What each package that fits would change, one at a time, in the same futures."""
        looks: Looks = request.app.state.looks
        return await _paged(request, x_page, asked, lambda stop: apart.effects(looks, asked, stop))

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


async def _paged(
    request: Request, page: str, asked: Pair | Preview, make: Callable[[Callable[[], None]], bytes]
) -> Response:
    """For a page that asks again and again: its newest request wins, and an answer is kept a while."""
    key = f"{request.url.path} {asked.model_dump_json()}"
    return Response(await request.app.state.desk.answer(page, key, make), media_type="application/json")


async def _told(request: Request, make: Callable[[], bytes]) -> Response:
    """Made anew each time: a record or a forecast may have come meanwhile."""
    made = await request.app.state.desk.answer("", "", lambda stop: make(), keep=False)
    return Response(made, media_type="application/json")
