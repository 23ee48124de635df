"""The command line: thin, without arithmetic; each command calls the public verb of the same name.

Exit: 0 answered, 1 our fault or a failed check, 2 bad input, 130 interrupted.
"""

from vallum.cli.app import main

__all__ = ["main"]
