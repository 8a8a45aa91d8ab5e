"""What becomes of a replay: played as a client would see it, counted, and drawn."""
