"""`python -m vallum` is `vallum`."""

from vallum.cli import main

main()
