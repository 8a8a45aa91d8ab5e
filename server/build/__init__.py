"""Building together: people edit a room's arena while it is played.

desk          orders what people do to the plan, and answers
buildable     what a game adds to the contract so that its arena can be edited
talk          what a session does with `edit` and `point`
works         the world follows the plan
shelf         arenas that were saved, with their versions
drafts        what was not, kept by itself
rescue        when that is done
"""
