"""Chat: who says what, where, and who hears it. All but `filter_desk` is pure.

    speaker      one person: their number, their limits, whom they don't want to hear
    channel      room, team, lobby: what was said there last
    talk         what becomes of a line: checked, remembered, delivered
    commands     what begins with a slash
    names        who is meant by a name
    reports      what people told the admins
    word_filter  the operator's say in what is said
    filter_desk  asks it, away from the game's thread

A line is text and nothing else: printable, on one line, bounded. What is said is kept in memory alone. Everything kept
is bounded: each channel's history, which goes with its room, each person's mutes, which go with their seat, through a
restart too, and the queue of reports.
"""
