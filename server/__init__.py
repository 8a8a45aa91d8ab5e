"""The server: decides. `room` is one tick of one room, read it first; `net/` is where bytes come in and go out."""
