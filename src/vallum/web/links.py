"""Named links: the address of a view under a short name, kept in VALLUM_HOME/links."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from vallum import folders
from vallum.errors import RunError
from vallum.web.problems import TakenError, TooManyError
from vallum.web.states import Link

#: Links kept at most.
MOST: Final = 2_000


def place() -> Path:
    """The folder of the links."""
    return folders.home() / "links"


def keep(link: Link) -> None:
    """Keep a link. Raises TakenError where the name means another view, TooManyError where there are too many."""
    path = place() / f"{link.name}.json"
    if path.exists():
        if follow(link.name) != link.address:
            raise TakenError(f"{link.name}: means another view already; take another name")
        return
    if len(names()) >= MOST:
        raise TooManyError(f"at most {MOST:,} links are kept; take some out of {place()}")
    text = json.dumps({"schema": 1, "kind": "link", "address": link.address}, indent=1) + "\n"
    folders.put_file(path, text, "set VALLUM_HOME to a folder that can be written")


def follow(name: str) -> str:
    """Return what stands behind the question mark. Raises RunError where there is no such link."""
    path = place() / f"{name}.json"
    try:
        return str(json.loads(path.read_text(encoding="utf-8"))["address"])
    except (OSError, ValueError, KeyError):
        raise RunError(f"link {name}: there is none of this name; there are {', '.join(names()) or 'none'}") from None


def names() -> list[str]:
    """The names of all links."""
    return sorted(path.stem for path in place().glob("*.json"))
