"""`python -m tests.simulation`: see `soak`, which the processes that it starts can import."""

from tests.simulation.soak import main

main()
