"""Leaflet itself, out of an installed package, so that a map opens without any network."""

from __future__ import annotations

import base64
import re
from importlib.resources import files

PACKAGE = "js_lib_leaflet"
FOLDER = "static/js_lib_leaflet"

_IMAGE = re.compile(r"url\(images/([\w.-]+\.png)\)")
_BEHAVIOUR = re.compile(r"^.*behavior: url\(#default#VML\);.*\n", re.MULTILINE)
_SOURCE_MAP = re.compile(r"\n?//# sourceMappingURL=\S+\s*$")


def script() -> str:
    """Give Leaflet's script, without the pointer to a source map that is not there."""
    return _SOURCE_MAP.sub("\n", _text("leaflet.js"))


def stylesheet() -> str:
    """Give Leaflet's style sheet with its pictures in it."""
    return _IMAGE.sub(_picture, _BEHAVIOUR.sub("", _text("leaflet.css")))


def _picture(found: re.Match[str]) -> str:
    data = (files(PACKAGE) / FOLDER / "images" / found.group(1)).read_bytes()
    return f"url(data:image/png;base64,{base64.b64encode(data).decode()})"


def _text(name: str) -> str:
    return (files(PACKAGE) / FOLDER / name).read_text(encoding="utf-8").replace("\r\n", "\n")
