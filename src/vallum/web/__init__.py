"""The page and its JSON API: one process, no outside request. It computes nothing; it asks the rooms below."""

from typing import Any, Final

from vallum.web.app import create
from vallum.web.looks import warm

__all__ = ["PATIENCE", "create", "warm"]

#: How uvicorn is to treat connections: one that idles is left open longer than any hand rests, so that no request
#: meets a connection that is being closed; seconds.
PATIENCE: Final[dict[str, Any]] = {"log_level": "warning", "timeout_keep_alive": 75, "timeout_graceful_shutdown": 2}
