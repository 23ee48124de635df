"""`python -m vallum.cli`."""

from vallum.cli.app import main

main()
