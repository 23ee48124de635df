"""The page and its JSON API: one process, no outside request. It computes nothing; it asks the rooms below."""

from vallum.web.app import create
from vallum.web.looks import warm

__all__ = ["create", "warm"]
