"""`vallum serve`."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from vallum.errors import RunError

EXAMPLES: Final = """Examples:\n
  vallum serve\n
  vallum serve --port 8080 --open
"""


def serve(
    host: Annotated[
        str, typer.Option("--host", help="Address to listen on; 127.0.0.1 is this machine only.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Port to listen on.")] = 8000,
    workers: Annotated[int | None, typer.Option("--threads", min=1, help="Models at once; default: all cores.")] = None,
    rate: Annotated[
        float, typer.Option("--rate", min=0, help="Requests a second that one address may make; 0 for any number.")
    ] = 40,
    alone: Annotated[
        bool, typer.Option("--one-process", help="No worker processes: half the memory, slower for several at once.")
    ] = False,
    browser: Annotated[bool, typer.Option("--open", help="Open the page in the browser.")] = False,
) -> None:
    """Serve the page: sliders, answers, sources; no account, no outside request."""
    try:
        import uvicorn

        from vallum import web
    except ImportError as error:
        raise RunError("the page needs FastAPI and uvicorn: pip install 'vallum[web]'") from error
    web.warm()
    typer.echo(f"vallum is at http://{host}:{port}/ (Ctrl-C ends it)", err=True)
    if browser:
        typer.launch(f"http://{host}:{port}/")
    uvicorn.run(web.create(workers, processes=not alone, rate=rate), host=host, port=port, **web.PATIENCE)
