"""`python -m newsbot`: the same as the `newsbot` command."""

from newsbot.cli import main

main()
