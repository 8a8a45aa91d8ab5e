"""What both ends must agree on: the words, the numbers and the rules that both run.

Pure: nothing here reads a clock, a socket or a global random generator. Start with `messages` (the
conversation), then `snapshot` (the one message that needs a page of its own), then PROTOCOL.md.
"""
