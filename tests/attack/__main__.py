"""`python -m tests.attack`: see `suite`."""

from tests.attack.suite import main

main()
