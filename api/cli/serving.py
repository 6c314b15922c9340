"""Start the processes of the service."""

from __future__ import annotations

import os
import secrets
import tempfile
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

START_S: Final = 120
"""Seconds that a worker may be silent, as it is while it opens a large release."""
GRACE_S: Final = 30
"""Seconds that running requests have to end when the service is stopped."""
COUNTS: Final = "PROMETHEUS_MULTIPROC_DIR"
"""Where workers add up their figures."""
WORKERS: Final = "KRING_WORKERS"
LOG_LEVEL: Final = "KRING_LOG_LEVEL"
SECRET: Final = "KRING_SIGN_IN_SECRET"  # noqa: S105 - the name of the variable, not its value
SECRET_FILE: Final = f"{SECRET}_FILE"


def run_server(told: Mapping[str, str], *, host: str, port: int, workers: int) -> None:
    """Run the service until it is stopped; requests that are being answered are then finished.

    Parameters
    ----------
    told
        Environment variables for the workers; an empty value unsets one.
    """
    import uvicorn

    for name, value in told.items():
        if value:
            os.environ[name] = value
        else:
            os.environ.pop(name, None)
    # calculations are known to one process only, so a worker must know whether it is alone
    os.environ[WORKERS] = str(workers)
    if workers > 1 and not (os.environ.get(SECRET) or os.environ.get(SECRET_FILE)):
        # workers must know each other's sign-ins
        os.environ[SECRET] = secrets.token_urlsafe(48)
    # on a terminal every request would be a line
    os.environ.setdefault(LOG_LEVEL, "warning")
    with tempfile.TemporaryDirectory(prefix="kring-figures-") as folder:
        if workers > 1:
            os.environ[COUNTS] = folder
        # named by a string: the command line and the service do not import each other
        uvicorn.run(
            "api.http.running:create", factory=True, host=host, port=port, workers=workers,
            access_log=False, log_config=None, log_level="warning", server_header=False,
            timeout_graceful_shutdown=GRACE_S, timeout_worker_healthcheck=START_S,
        )  # fmt: skip
