"""Logs as JSON, one object a line, each with the id of its request and without secrets."""

from __future__ import annotations

import logging
import re
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, Final

import orjson

REQUEST_ID: Final[ContextVar[str | None]] = ContextVar("request_id", default=None)
"""The id of the request that is being worked on."""
FIELDS: Final = "fields"
"""Attribute of a log record with more values; pass ``extra={FIELDS: {...}}``."""
HIDDEN: Final = "[weggelaten]"
LONGEST: Final = 20_000
"""Characters of a message or traceback that are kept."""
_SECRET: Final = (
    re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{4,}"),
    re.compile(r"(?i)\b(authorization|cookie|set-cookie|x-api-key)\b(\W{1,4})[^\r\n,;\"']{1,2000}"),
    re.compile(
        r"(?i)([?&](?:token|key|api-key|apikey|password|secret|code|access_token)=)[^&\s\"'#]{1,2000}"
    ),
)


class JsonFormatter(logging.Formatter):
    """Writes a record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Give the line."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": without_secrets(record.getMessage()),
        }
        request_id = REQUEST_ID.get()
        if request_id is not None:
            line["request_id"] = request_id
        for name, value in getattr(record, FIELDS, {}).items():
            line.setdefault(name, without_secrets(value) if isinstance(value, str) else value)
        if record.exc_info:
            line["error"] = without_secrets(self.formatException(record.exc_info))
        return orjson.dumps(line, default=str).decode()


def without_secrets(text: str) -> str:
    """Blank what looks like a credential, for texts that others wrote; our own never hold one."""
    text = text[:LONGEST]
    text = _SECRET[0].sub(rf"\1 {HIDDEN}", text)
    text = _SECRET[1].sub(rf"\1\2{HIDDEN}", text)
    return _SECRET[2].sub(rf"\1{HIDDEN}", text)


def log_settings(level: str) -> dict[str, Any]:
    """Give the configuration for `logging.config.dictConfig`: everything to stderr as JSON.

    The access log of uvicorn is off: it would write whole addresses, with what stands in their query.
    """
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": JsonFormatter}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"level": level.upper(), "handlers": ["stderr"]},
        "loggers": {
            "uvicorn": {"level": level.upper(), "handlers": [], "propagate": True},
            "uvicorn.error": {"level": level.upper(), "handlers": [], "propagate": True},
            "uvicorn.access": {"level": "CRITICAL", "handlers": [], "propagate": False},
        },
    }
