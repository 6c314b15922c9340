"""Write choices of a council as the TOML that `layers.selection` reads."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def selection_toml(raw: Mapping[str, Any], heading: str = "") -> str:
    """Write choices as a selection file.

    Parameters
    ----------
    raw
        Municipality code to ``dialect`` and ``blocks``, as `layers.selection.selection_of` takes it.
    heading
        Lines of comment on top.

    Returns
    -------
    str
        TOML; reading it gives `raw` back.
    """
    lines = [f"# {line}" for line in heading.splitlines()]
    for code, municipality in raw.items():
        lines += ["", f"[{code}]"]
        if municipality.get("dialect") is not None:
            lines.append(f"dialect = {_value(municipality['dialect'])}")
        for block_id, block in municipality.get("blocks", {}).items():
            lines += ["", f"[{code}.blocks.{block_id}]", *_lines(block)]
    return "\n".join(lines).lstrip("\n") + "\n"


def _lines(block: Mapping[str, Any]) -> Iterator[str]:
    for key in ("option", "dialect"):
        if block.get(key) is not None:
            yield f"{key} = {_value(block[key])}"
    parameters = block.get("parameters") or {}
    if parameters:
        inside = ", ".join(f"{name} = {_value(value)}" for name, value in parameters.items())
        yield f"parameters = {{ {inside} }}"


def _value(value: Any) -> str:
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, int | float):
        return repr(value)
    # texts of JSON are texts of TOML, but for the one control character that JSON leaves as it is
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")
