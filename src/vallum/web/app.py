"""Routes: each hands a request to the rooms below and its errors back as problem+json."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Final

from fastapi import FastAPI, Header, Query, Request
from fastapi import Path as InPath
from fastapi.responses import FileResponse, RedirectResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.middleware.gzip import GZipMiddleware

from vallum import __version__, campaign, engine, report
from vallum.web import answers, contract, links, problems, telling
from vallum.web.contract import PROBLEMS, told
from vallum.web.desk import Desk
from vallum.web.jobs import Jobs
from vallum.web.limits import Rate
from vallum.web.looks import Looks
from vallum.web.states import QUICK, Link, Pair, Preview, State, TableOf, Whole, Work
from vallum.web.workers import MAKERS, Workers

STATIC: Final = Path(__file__).parent / "static"
#: Answers shorter than this are not packed, bytes; and how hard the others are.
PACK_FROM: Final = 2_000
PACK: Final = 3
FORMS: Final = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
PageName = Annotated[
    str, Header(alias="X-Page", max_length=64, description="Names the page and what it asks for: its newest wins.")
]
Token = Annotated[str, InPath(max_length=64, pattern=r"^[A-Za-z0-9_.-]+$")]


def create(workers: int | None = None, processes: bool = False, rate: float = 0.0) -> FastAPI:
    """Return the application.

    workers : models at once; default: all cores. processes : quick previews are made in processes of their own
    rate    : requests to the API that one address may make a second, 0 for any number
    """
    many = workers or engine.cores()

    @asynccontextmanager
    async def opened(app: FastAPI) -> AsyncIterator[None]:
        app.state.desk, app.state.workers = Desk(many), Workers(many if processes else 0)
        app.state.looks, app.state.jobs = Looks(), Jobs()
        yield
        app.state.jobs.close()
        app.state.workers.close()

    app = FastAPI(
        title="vallum", version=__version__, lifespan=opened, docs_url=None, redoc_url=None,
        openapi_url="/api/v1/openapi.json",
        description=contract.LIMITS,
    )  # fmt: skip
    app.add_middleware(GZipMiddleware, minimum_size=PACK_FROM, compresslevel=PACK)
    app.add_middleware(problems.Guard, rate=Rate(rate))
    problems.install(app)
    _looking(app)
    _taking_away(app)
    _working(app)
    _knowing(app)
    telling.install(app)
    _pages(app)
    return app


def _looking(app: FastAPI) -> None:
    """What a page asks while a slider moves."""

    @app.get("/api/v1/scenarios", responses=told(contract.ScenariosTold))
    async def scenarios(request: Request) -> Response:
        """The packaged scenarios and packages."""
        return await _answer(request, "", "scenarios", lambda stop: answers.scenarios())

    @app.post("/api/v1/scenario", responses=told(contract.ScenarioTold))
    async def described(request: Request, state: State) -> Response:
        """What a scenario asks, its controls, and where each number is from."""
        return await _answer(request, "", _key("scenario", state), lambda stop: answers.described(state))

    @app.post("/api/v1/opened", responses=told(contract.OpenedTold))
    async def opened(request: Request, state: State) -> Response:
        """What of a link can be opened today, and what cannot, with the reason."""
        return await _answer(request, "", _key("opened", state), lambda stop: answers.opened(state))

    @app.post("/api/v1/preview", responses=told(contract.PreviewTold))
    async def preview(request: Request, asked: Preview, x_page: PageName = "") -> Response:
        """The answer of few futures; of several requests of one page the newest wins, older ones get 409."""
        return await _looked(request, x_page, "preview", asked)

    @app.post("/api/v1/pair", responses=told(contract.PairTold))
    async def pair(request: Request, asked: Pair, x_page: PageName = "") -> Response:
        """B against A in the same futures: differences with bands, and the inputs that differ."""
        return await _looked(request, x_page, "pair", asked)

    @app.post("/api/v1/hypothetical", responses=told(contract.Told))
    async def hypothetical(request: Request, state: State, x_page: PageName = "") -> Response:
        """Systems by region as the covering model would spread them: assumed sites, no positions."""
        return await _answer(request, x_page, _key("sites", state), lambda stop: answers.hypothetical(state))

    @app.get("/api/v1/outlines/{name}", responses=told(contract.Told))
    async def outlines(request: Request, name: Token) -> Response:
        """Regions and cities of a country, by the name of its coverage table."""
        return await _answer(request, "", f"outlines {name}", lambda stop: answers.outlines(name))


def _taking_away(app: FastAPI) -> None:
    """Whole runs and tables."""

    @app.post("/api/v1/run", responses=told(contract.RunTold))
    async def run(request: Request, asked: Whole) -> Response:
        """A whole run: the bytes that the command line prints."""

        def made(stop: Callable[[], None]) -> bytes:
            return report.json_text(campaign.run(asked.read(), asked.futures, asked.seed)).encode()

        return _json(await request.app.state.desk.answer("", _key("run", asked), made, request.app.state.desk.slow))

    @app.post("/api/v1/table", responses=PROBLEMS)
    async def table(request: Request, asked: TableOf) -> Response:
        """The table behind a figure, as CSV or as a workbook with its provenance."""
        looks, desk = request.app.state.looks, request.app.state.desk
        made = await desk.answer("", _key("table", asked), lambda stop: answers.table(looks, asked, stop), desk.slow)
        name = f"vallum-{asked.scenario}-{asked.table}.{asked.form}"
        return Response(made, media_type=FORMS[asked.form], headers=_as_file(name))


def _working(app: FastAPI) -> None:
    """Work in the background."""

    @app.post("/api/v1/jobs", status_code=202, responses=told(contract.JobTold, 202))
    def begin(request: Request, asked: Work) -> Response:
        """Begin a whole run, a report, a comparison or a sizing; it goes on when the page is gone."""
        jobs: Jobs = request.app.state.jobs
        return _json(answers.text(jobs.begin(asked).as_dict()), 202)

    @app.get("/api/v1/jobs", responses=told(contract.JobsTold))
    async def jobs(request: Request) -> Response:
        """The jobs that are kept, the newest first; also those of before the server was started again."""
        found = [job.as_dict() for job in request.app.state.jobs.listed()]
        return _json(answers.text({"schema": 1, "kind": "jobs", "jobs": found}))

    @app.get("/api/v1/jobs/{name}", responses=told(contract.JobTold))
    async def standing(request: Request, name: Token) -> Response:
        """How a job stands."""
        return _json(answers.text(request.app.state.jobs.find(name).as_dict()))

    @app.get("/api/v1/jobs/{name}/result", responses=PROBLEMS)
    async def result(request: Request, name: Token) -> Response:
        """What a job made: for a run, the bytes that the command line prints."""
        job = request.app.state.jobs.find(name)
        if job.state != "done":
            return problems.problem(
                409, "no-result", "There is no result", [f"job {name} is {job.state}", *job.problems]
            )
        return Response(job.result(), media_type=job.form, headers=_as_file(job.file))

    @app.post("/api/v1/jobs/{name}/again", status_code=202, responses=told(contract.JobTold, 202))
    def again(request: Request, name: Token) -> Response:
        """Start a job that failed, was cancelled or was interrupted again, with what was asked then."""
        return _json(answers.text(request.app.state.jobs.again(name).as_dict()), 202)

    @app.delete("/api/v1/jobs/{name}", responses=told(contract.JobTold))
    async def cancel(request: Request, name: Token) -> Response:
        """Ask a job to stop."""
        return _json(answers.text(request.app.state.jobs.cancel(name).as_dict()))


def _knowing(app: FastAPI) -> None:
    """Evidence and links."""

    @app.get("/api/v1/evidence", responses=told(contract.Told))
    async def listed(
        request: Request,
        what: Annotated[str, Query(max_length=20)] = "claims",
        q: Annotated[str, Query(max_length=80)] = "",
    ) -> Response:
        """Claims, sources, parameters or groups, perhaps those that hold a word."""
        return await _answer(request, "", f"evidence {what} {q}", lambda stop: answers.listed(what, q))

    @app.get("/api/v1/evidence/{name}", responses=told(contract.Told))
    async def one_of_them(request: Request, name: Token) -> Response:
        """One claim, source, parameter or group: value, range, who, when, quote, address, conflicts."""
        return await _answer(request, "", f"told {name}", lambda stop: answers.told(name))

    @app.get("/api/v1/conflicts", responses=told(contract.Told))
    async def conflicts(request: Request) -> Response:
        """Where sources disagree."""
        return await _answer(request, "", "conflicts", lambda stop: answers.disputes())

    @app.post("/api/v1/links", status_code=201, responses=told(contract.Told, 201))
    def keep(link: Link) -> Response:
        """Keep the address of a view under a short name."""
        links.keep(link)
        return _json(answers.text({"schema": 1, "kind": "link", "name": link.name, "path": f"/l/{link.name}"}), 201)

    @app.get("/api/v1/links", responses=told(contract.Told))
    def kept() -> Response:
        """The names of all links."""
        return _json(answers.text({"schema": 1, "kind": "links", "names": links.names()}))


def _pages(app: FastAPI) -> None:
    """The page, its embed view and its short links."""

    @app.get("/l/{name}", include_in_schema=False)
    def follow(name: Token) -> Response:
        return RedirectResponse(f"/?{links.follow(name)}", 307)

    @app.get(problems.EMBED, include_in_schema=False)
    async def embed() -> Response:
        return FileResponse(STATIC / "embed.html")

    app.mount("/", StaticFiles(directory=STATIC, html=True), name="page")


def _key(kind: str, asked: State | Pair) -> str:
    return f"{kind} {asked.model_dump_json()}"


async def _answer(request: Request, page: str, key: str, make: Callable[[Callable[[], None]], bytes]) -> Response:
    return _json(await request.app.state.desk.answer(page, key, make))


async def _looked(request: Request, page: str, kind: str, asked: Preview | Pair) -> Response:
    """An answer of few futures from the quick lane, one of many from the slow one."""
    state, key = request.app.state, _key(kind, asked)
    if asked.futures <= QUICK:
        return _json(await state.desk.elsewhere(page, key, lambda: state.workers.made(kind, asked)))
    make = MAKERS[kind]
    return _json(await state.desk.answer(page, key, lambda stop: make(state.looks, asked, stop), state.desk.slow))


def _json(made: bytes, status: int = 200) -> Response:
    return Response(made, status, media_type="application/json")


def _as_file(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}
