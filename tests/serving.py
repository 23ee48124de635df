"""The page's server on a free port of this machine, in a thread, for the tests of its API and of its page."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from vallum import campaign, scenario, web

PATIENCE = 60.0


@contextmanager
def served(workers: int = 2) -> Iterator[str]:
    """Serve until left; yields the address."""
    campaign.glance(scenario.read("winter-2025-26"), 8)  # compiles the kernel where that is still to be done
    server = uvicorn.Server(
        uvicorn.Config(web.create(workers), port=0, **{**web.PATIENCE, "timeout_graceful_shutdown": 1})
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    end = time.monotonic() + PATIENCE
    while not server.started and time.monotonic() < end:
        time.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(PATIENCE)
