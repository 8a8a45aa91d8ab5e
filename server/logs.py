"""Logs: one event a line on stderr, for people on a terminal and as JSON in a pipe.

Our own code logs through structlog, libraries through `logging`; both come out the same.
"""

import logging
import sys
from typing import TextIO

import structlog
from structlog.tracebacks import ExceptionDictTransformer
from structlog.typing import Processor


def set_up(level: str, form: str, stream: TextIO = sys.stderr) -> None:
    """`level` is a name of `logging`'s; `form` is console, json or auto (console on a terminal)."""
    is_json = form == "json" or (form == "auto" and not stream.isatty())
    common: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso" if is_json else "%H:%M:%S", utc=is_json),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *common,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    last: list[Processor] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if is_json:
        bare = ExceptionDictTransformer(show_locals=False)  # tokens and cookies are among them, and whole programs
        last += [structlog.processors.ExceptionRenderer(bare), structlog.processors.JSONRenderer()]
    else:
        plain = structlog.dev.plain_traceback  # the rich one takes seconds, in which no tick is computed
        last.append(structlog.dev.ConsoleRenderer(colors=stream.isatty(), exception_formatter=plain))
    handler = logging.StreamHandler(stream)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=common, processors=last))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    logging.getLogger("ricochet.audit").setLevel(logging.INFO)  # who did what to whom is said at every level
    # It logs each frame at DEBUG, and what peers do wrong is ours to say.
    logging.getLogger("trio-websocket").setLevel(logging.WARNING)
    logging.getLogger("alembic").setLevel(logging.WARNING)  # that there was nothing to migrate
    logging.getLogger("coredis").setLevel(logging.WARNING)  # each attempt, while Redis is away; who asks says so once
    # Ten times a second, with a traceback, while descriptors have run out.
    accepting = logging.getLogger("trio.serve_listeners")
    accepting.filters[:] = [Seldom()]


class Seldom(logging.Filter):
    """One record in `every_s`, and its sentence alone."""

    def __init__(self, every_s: float = 1.0) -> None:
        super().__init__()
        self._every_s, self._next_s = every_s, 0.0

    def filter(self, record: logging.LogRecord) -> bool:
        record.exc_info = None
        if self._next_s - self._every_s <= record.created < self._next_s:  # before that the clock was set back
            return False
        self._next_s = record.created + self._every_s
        return True
