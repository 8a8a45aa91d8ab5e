"""Rooms over many processes: who owns which, for how long, and where a seat is. Off unless a directory is configured.

`ledger` has the directory's rules, pure; `redis` runs the same rules inside Redis, `directory` within one process.
`tenure` is the owner's side of a lease, and `membership` keeps one.
"""
