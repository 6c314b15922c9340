"""Environment variables that name files of who may see what, for the command line and the service."""

from __future__ import annotations

from typing import Final

KEYS_VARIABLE: Final = "KRING_KEYS"
SESSIONS_VARIABLE: Final = "KRING_SESSIONS"
OUTCOMES_VARIABLE: Final = "KRING_OUTCOMES"
FEEDBACK_VARIABLE: Final = "KRING_FEEDBACK"
