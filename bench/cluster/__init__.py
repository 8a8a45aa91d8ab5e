"""`ricochet bench cluster` and its like: real Redis, PostgreSQL, servers and networks, and what goes wrong with them.

`ground` is where processes live and how one is cut off, `redis` and `postgres` what they share, `fleet` the servers,
`crowd` who plays there, `observer` who watches from within. `sightings` and `scores` are what was seen, pure; `drill`
is what happens, one thing after another, and `verdict` what it comes to.
"""
