"""That the database can't be reached, or not now: what is asked of it may be asked again later. Pure."""


class Away(Exception):
    """In one sentence, as the driver has it."""
