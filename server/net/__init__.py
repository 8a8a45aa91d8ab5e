"""The server's edge: one port, where a request becomes a page or a player's connection.

front_door   reads each connection's first request and sends it where it belongs
request      what that request asks for, and whether it may have it
web          the page, the maps, the health checks and the metrics
connection   one player's WebSocket, from the handshake to the last byte
lane         what lies beneath trio-websocket, and fast_lane what is quicker over a plain TCP socket
sieve        which bytes of a connection need no library
link         what the tick sees of a connection
"""
