"""What goes wrong, as problem+json (RFC 9457), and what every answer carries."""

from __future__ import annotations

import re
from typing import Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vallum.errors import InputError, VallumError
from vallum.web.contract import PROBLEM
from vallum.web.desk import BusyError, SupersededError
from vallum.web.limits import Rate
from vallum.web.states import LARGEST, MOST_WAITING

#: A page may load nothing from elsewhere; Plot writes its styles into the SVG.
POLICY: Final = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; base-uri 'none'; "
    "form-action 'none'; object-src 'none'; frame-ancestors {framers}"
)
#: Where the API begins; its answers are not kept by browsers, and its requests are counted.
API: Final = "/api/"
#: Seconds after which to ask again where too many wait.
SOON: Final = 1
#: A line that begins with a path: `--set choices.stock.patriot_round: ...`, `futures: ...`, `a.set: ...`.
_PLACED: Final = re.compile(r'(?:--set )?((?:[\w-]+|"[^"]*")(?:\.(?:[\w -]+|"[^"]*"))*): (.+)', re.DOTALL)
#: The one page that others may put into a frame.
EMBED: Final = "/embed"


class TooManyError(Exception):
    """More than the server takes; its text names the limit."""


class TakenError(Exception):
    """A name is taken by something else."""


def install(app: FastAPI) -> None:
    """Give the application its errors."""
    app.add_exception_handler(InputError, _refused)
    app.add_exception_handler(VallumError, _refused)
    app.add_exception_handler(SupersededError, _superseded)
    app.add_exception_handler(BusyError, _busy)
    app.add_exception_handler(TooManyError, _too_many)
    app.add_exception_handler(TakenError, _taken)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _ours)


def problem(status: int, name: str, title: str, problems: list[str]) -> JSONResponse:
    """A problem with all that is wrong, line by line and with the path of each. name : of the kind of problem"""
    body = {"type": f"urn:vallum:problem:{name}", "title": title, "status": status, "detail": "\n".join(problems)}
    return JSONResponse({**body, "errors": [_fault(line) for line in problems], "problems": problems}, status,
                        media_type=PROBLEM)  # fmt: skip


def _fault(line: str) -> dict[str, str]:
    """A line of the validator, its dotted path apart."""
    found = _PLACED.match(line)
    return {"path": found[1], "message": found[2]} if found else {"path": "", "message": line}


def _refused(request: Request, error: Exception) -> JSONResponse:
    told = list(error.problems) if isinstance(error, InputError) else [str(error)]
    return problem(422, "refused", "This cannot be answered as asked", told)


def _superseded(request: Request, error: Exception) -> JSONResponse:
    return problem(409, "superseded", "A newer request of this page has come", ["superseded"])


def _busy(request: Request, error: Exception) -> JSONResponse:
    told = f"at most {MOST_WAITING} requests wait at once; try again in {SOON} s"
    return _later(problem(429, "busy", "Too many wait already", [told]))


def _too_many(request: Request, error: Exception) -> JSONResponse:
    return _later(problem(429, "too-many", "Too many", [str(error)]))


def _later(refusal: JSONResponse) -> JSONResponse:
    refusal.headers["Retry-After"] = str(SOON)
    return refusal


def _taken(request: Request, error: Exception) -> JSONResponse:
    return problem(409, "taken", "The name is taken", [str(error)])


def _invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    told = [f"{'.'.join(str(part) for part in one['loc'][1:])}: {one['msg']}" for one in error.errors()]
    return problem(422, "malformed", "The request is not as the API describes it", told)


def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    return problem(error.status_code, "http", str(error.detail), [f"{request.url.path}: {error.detail}"])


def _ours(request: Request, error: Exception) -> JSONResponse:
    told = f"this is a fault of ours, not of your input: {type(error).__name__}"
    return problem(500, "fault", "The server has a fault", [told])


class Guard:
    """Refuses requests that are too large, and says in every answer that nothing comes from elsewhere."""

    def __init__(self, app: ASGIApp, rate: Rate) -> None:
        self._app, self._rate = app, rate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on with the size of its body held, and its answer with the policy."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        seconds = self._rate.wait(_address(scope)) if scope["path"].startswith(API) else 0
        if seconds:
            refusal = problem(429, "rate", "Too many requests", [f"{self._rate.told}; try again in {seconds} s"])
            refusal.headers["Retry-After"] = str(seconds)
            await refusal(scope, receive, _with_policy(scope["path"], send))
            return
        whole = await _body(receive)
        if whole is None:
            refusal = problem(413, "too-large", "The request is too large", [f"at most {LARGEST:,} bytes are taken"])
            await refusal(scope, receive, _with_policy(scope["path"], send))
            return
        waiting = [{"type": "http.request", "body": whole, "more_body": False}]

        async def received() -> Message:
            return waiting.pop() if waiting else await receive()

        await self._app(scope, received, _with_policy(scope["path"], send))


def _address(scope: Scope) -> str:
    client = scope.get("client")
    return str(client[0]) if client else ""


async def _body(receive: Receive) -> bytes | None:
    """The body of a request, None where it is too large; counted as it comes, whatever its header says."""
    parts = bytearray()
    while True:
        message = await receive()
        parts += message.get("body", b"")
        if len(parts) > LARGEST:
            return None
        if not message.get("more_body"):
            return bytes(parts)


def _with_policy(path: str, send: Send) -> Send:
    policy = POLICY.format(framers="*" if path.startswith(EMBED) else "'none'").encode()

    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            kept = [(name, value) for name, value in message.get("headers", []) if name != b"cache-control"]
            caching = [(b"cache-control", b"no-cache" if not path.startswith(API) else b"no-store")]
            own = [(b"content-security-policy", policy), (b"x-content-type-options", b"nosniff")]
            message["headers"] = [*kept, *caching, *own, (b"referrer-policy", b"no-referrer")]
        await send(message)

    return sent
