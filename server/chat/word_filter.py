"""The operator's say in what is said: any function from a line to a line, or to None for "not here".

    chat_filter = "words:clean"        the function `clean` of words.py, in the working directory or installed

It is called for each line. Where it fails the line isn't said, its speaker is told, and the conversation goes on. How
long it may take, and in which threads it is called, is `filter_desk`'s to say.
"""

import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import structlog

from protocol.errors import Code, UserError, Violation
from protocol.limits import CHAT_CHARS_MAX
from protocol.messages import is_good_chat

log = structlog.get_logger("ricochet.chat")

Function = Callable[[str], str | None]


class WordFilter:
    """Without a function everything passes."""

    def __init__(self, function: Function | None = None) -> None:
        self._function = function
        self.failed = 0

    def __call__(self, text: str) -> str:
        """What is said in the place of `text`. Raises Violation where nothing is."""
        if self._function is None:
            return text
        try:
            passed: object = self._function(text)
        except Exception:
            log.exception("the word filter has failed")
            raise self._failed() from None
        if passed is None:
            raise Violation(Code.CHAT_REFUSED, "the word filter of this server doesn't let that through")
        if not isinstance(passed, str) or not is_good_chat(passed) or len(passed) > CHAT_CHARS_MAX:
            log.error("the word filter made no line", made=type(passed).__name__)
            raise self._failed()
        return passed

    def _failed(self) -> Violation:
        self.failed += 1
        return Violation(Code.CHAT_REFUSED, "the word filter of this server has failed; the line was not said")


def load(name: str) -> WordFilter:
    """The filter of that name, `module:function`. Raises UserError."""
    module_name, colon, function_name = name.partition(":")
    if not (module_name and colon and function_name.isidentifier()):
        raise UserError(f"chat_filter is module:function, not {name!r}")
    try:
        module = _imported(module_name)
    except Exception as error:
        raise UserError(f"chat_filter: {module_name} can't be imported: {type(error).__name__}: {error}") from None
    function = getattr(module, function_name, None)
    if not callable(function):
        raise UserError(f"chat_filter: {module_name} has no function {function_name}")
    return WordFilter(function)


def _imported(name: str) -> object:
    """The working directory counts, as it does for `python -m`."""
    here = str(Path.cwd())
    sys.path.insert(0, here)
    try:
        return import_module(name)
    finally:
        sys.path.remove(here)
