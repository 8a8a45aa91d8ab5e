"""Whoever minds this process: systemd on one machine, Agones on Kubernetes. They are told how the game fares."""
