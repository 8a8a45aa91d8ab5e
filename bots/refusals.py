"""Which of the server's errors answer `enter`, `open` or `browse`: all that don't answer something else."""

from typing import Final

from protocol.errors import Code
from protocol.messages import Error

OTHERS: Final = frozenset(
    {Code.INVALID_NAME, Code.INPUT_TOO_FAR, Code.RESUME_REFUSED, Code.CHAT_REFUSED, Code.CHAT_TIMED_OUT}
)
"""Of a name, inputs too far ahead, a seat that is gone, chat: they may be under way when we ask to go."""


def is_answer(error: Error) -> bool:
    """Whether who has asked for another place has this for an answer."""
    return error.code not in OTHERS
