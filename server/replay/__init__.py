"""Matches as files: what is taken down of a room (`tape`), who has it written (`recorder`), and where (`archive`)."""
