"""Building blocks of policy as data: one TOML file per block, checked as a whole when it is read.

The blocks B01 to B25 ship with the product; a user may bring a folder with blocks of their own, which replace
those with the same id. What a block is, `layers.block_model` says.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

from pydantic import ValidationError

from gis.errors import InputError, Problem
from layers.block_model import CONCEPT, DIALECTS, MUNICIPAL_BODIES, OPTIONS, Block, Dialect, Option

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from importlib.resources.abc import Traversable
    from pathlib import Path

__all__ = [
    "CONCEPT",
    "DIALECTS",
    "MUNICIPAL_BODIES",
    "OPTIONS",
    "Block",
    "Blocks",
    "Dialect",
    "Option",
    "read_blocks",
]


@dataclass(frozen=True, slots=True)
class Blocks:
    """Blocks by id, in the order of their ids."""

    by_id: Mapping[str, Block]

    def __iter__(self) -> Iterator[Block]:
        """Give the blocks in order."""
        return iter(self.by_id.values())

    def __len__(self) -> int:
        return len(self.by_id)

    def __getitem__(self, block_id: str) -> Block:
        return self.by_id[block_id]

    def __contains__(self, block_id: object) -> bool:
        return block_id in self.by_id


def read_blocks(folder: Path | None = None) -> Blocks:
    """Read the building blocks that ship with the product and those of a folder.

    Parameters
    ----------
    folder
        The user's own blocks, one TOML file each; a block with an id that ships replaces it.

    Raises
    ------
    InputError
        With every problem of every file.
    """
    problems: list[Problem] = []
    found: dict[str, Block] = {}
    for source in (files("layers") / "data" / "building_blocks", folder):
        if source is not None:
            found |= _read_folder(source, problems)
    for block in found.values():
        others = (*block.needs, *(contradiction.block for contradiction in block.contradicts))
        absent = sorted({other for other in others if other not in found})
        if absent:
            message = f"refers to blocks that do not exist: {', '.join(absent)}"
            problems.append(Problem(message, "Name blocks that exist.", file=f"{block.id}.toml"))
    if problems:
        raise InputError(*problems)
    return Blocks({key: found[key] for key in sorted(found)})


def _read_folder(source: Traversable | Path, problems: list[Problem]) -> dict[str, Block]:
    if not source.is_dir():
        problems.append(
            Problem("the folder with building blocks does not exist", "Name one.", file=source.name)
        )
        return {}
    found: dict[str, Block] = {}
    for path in sorted((path for path in source.iterdir() if path.name.endswith(".toml")), key=_name):
        block = _read(path, problems)
        if block is not None and block.id in found:
            message = f"the id {block.id} also stands in another file of the folder"
            problems.append(Problem(message, "Give one of them another id.", file=path.name))
        elif block is not None:
            found[block.id] = block
    return found


def _name(path: Traversable) -> str:
    return path.name


def _read(path: Traversable, problems: list[Problem]) -> Block | None:
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        message = f"the file cannot be read: {error}"
        problems.append(Problem(message, "Save it as TOML in UTF-8.", file=path.name))
        return None
    try:
        return Block.model_validate(raw)
    except ValidationError as error:
        for detail in error.errors():
            field = ".".join(str(part) for part in detail["loc"]) or None
            message = str(detail["msg"]).removeprefix("Value error, ")
            repair = "Correct it; the files that ship are examples."
            problems.append(Problem(message, repair, file=path.name, field=field))
        return None
