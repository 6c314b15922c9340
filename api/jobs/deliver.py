"""Write a file that leaves the house: whole or not at all, and never over another one by accident."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from gis.errors import InputError, Problem


def deliver(folder: Path, name: str, content: bytes, *, replace: bool = False) -> Path:
    """Write a file into a folder, which is made when absent.

    Parameters
    ----------
    name
        File name, never a path.
    replace
        Whether a file of that name with other content may be replaced.

    Raises
    ------
    InputError
        When the folder cannot be written, or holds a file of that name with other content.
    """
    if Path(name).name != name or name in {"", ".", ".."}:
        raise ValueError(f"{name!r} is no file name")
    target = folder / name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if target.exists() and not replace:
            if target.read_bytes() == content:
                return target
            raise InputError(
                Problem(
                    "there is already a file of this name with other content",
                    "Move it, write to another folder with --out, or allow it with --replace.",
                    file=str(target),
                )
            )
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".", suffix=".part", delete=False) as part:
            part.write(content)
            part.flush()
            os.fsync(part.fileno())
    except OSError as error:
        message = f"the file cannot be written: {error.strerror}"
        raise InputError(Problem(message, "Check the folder and its rights.", file=str(target))) from error
    Path(part.name).chmod(0o644)
    Path(part.name).replace(target)
    return target
