"""Reading a TOML file of a user, with an error that says where it is wrong."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any

from gis.errors import InputError, Problem

if TYPE_CHECKING:
    from pathlib import Path

_LINE = re.compile(r"\(at (line \d+, column \d+)\)")


def read_toml(path: Path, what: str = "project file") -> dict[str, Any]:
    """Read a file as TOML.

    Parameters
    ----------
    path
        The file.
    what
        How it is called in messages.

    Raises
    ------
    InputError
        When it is not there, not UTF-8 or no TOML.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError as error:
        raise _refuse(path, f"the {what} does not exist", "Check its path.") from error
    except UnicodeDecodeError as error:
        raise _refuse(path, f"the {what} is not UTF-8 text", "Save it as UTF-8.") from error
    except OSError as error:
        message = f"the {what} cannot be read: {error.strerror}"
        raise _refuse(path, message, "Name a file that you may read.") from error
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise _refuse(path, f"the {what} is nested too deep", "Write it flatter.") from error
    except tomllib.TOMLDecodeError as error:
        where = _LINE.search(str(error))
        reason = _LINE.sub("", str(error)).strip()
        place = where[1] if where else "the end of the file"
        repair = "Repair the TOML there; text stands between quotes and a backslash is written twice."
        raise _refuse(path, f"the {what} is no valid TOML at {place}: {reason}", repair) from error


def _refuse(path: Path, message: str, repair: str) -> InputError:
    return InputError(Problem(message, repair, file=path.name))
