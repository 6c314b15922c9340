"""QGIS of the system, asked by a script of its own."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from tests.support.needs import need

PYTHON = "/usr/bin/python3"
START = """
import json, os, sys
from qgis.core import QgsApplication, QgsVectorLayer
QgsApplication.setPrefixPath("/usr", True)
application = QgsApplication([], False)
application.initQgis()
answer = {}
"""
END = """
print(json.dumps(answer), flush=True)
# leaving through exitQgis crashes QGIS 3.22 when layers are still held
os._exit(0)
"""


def ask_qgis(script: str, *arguments: str, home: Path) -> Any:
    """Run a script that fills ``answer`` from ``sys.argv[1:]``, and give that answer.

    Skips the test when QGIS is not there; fails it when KRING_REQUIRE names it.
    """
    found = (
        Path(PYTHON).exists()
        and subprocess.run([PYTHON, "-c", "import qgis.core"], capture_output=True, check=False).returncode
        == 0
    )
    need("qgis", found, f"{PYTHON} cannot import qgis.core (Debian: python3-qgis)")
    done = subprocess.run(
        [PYTHON, "-c", START + script + END, *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
        env={"PATH": "/usr/bin:/bin", "QT_QPA_PLATFORM": "offscreen", "HOME": str(home)},
    )
    return json.loads(done.stdout.strip().splitlines()[-1])
