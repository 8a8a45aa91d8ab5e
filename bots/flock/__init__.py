"""Bots that cost little, hundreds at once: as columns, as the server has its players.

    perch     the seat of one player, from the start of its clock to its end
    table     what is known of all who sit there, side by side
    ears      what they are told: heads in bulk, and beliefs that they share
    hands     what they do: whoever is due lives its ticks, and says its inputs
    flock     all of it, and what everybody else sees

A player is there only while it flies: handshakes, welcomes, the lobby and every end are its own affair (`Player`,
`Connection`), and so is each message that isn't a plain snapshot. To the server all of them are players like any other.
"""
