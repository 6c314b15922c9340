"""What the command line writes: results to stdout, everything about the work itself to stderr."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import orjson
from rich.console import Console
from rich.text import Text

from gis.errors import InputError, KringError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NARROWEST = 80


def stdout() -> Console:
    """Make the console for results; at least 80 columns, also in a file or a pipe."""
    console = Console(highlight=False, soft_wrap=False)
    return console if console.width >= NARROWEST else Console(highlight=False, width=NARROWEST)


def stderr() -> Console:
    """Make the console for errors and progress."""
    return Console(stderr=True, highlight=False)


def plain(text: object) -> str:
    """Take out what would steer a terminal, such as escape sequences in the name of a layer."""
    return "".join(
        character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in str(text)
    )


def print_json(values: Any) -> None:
    """Write a result for machines, and nothing else, to stdout."""
    option = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE | orjson.OPT_SERIALIZE_NUMPY
    sys.stdout.buffer.write(orjson.dumps(values, option=option))
    sys.stdout.buffer.flush()


def print_error(error: KringError) -> None:
    """Write an error to stderr: one line per problem, each with its repair."""
    lines = (
        [str(problem) for problem in error.problems]
        if isinstance(error, InputError)
        else str(error).splitlines()
    )
    print_lines(lines)


def print_lines(lines: list[str]) -> None:
    """Write lines to stderr in red, without breaking them, so that they can be searched and copied."""
    console = stderr()
    for line in lines:
        console.print(Text(plain(line), style="red"), soft_wrap=True)


@contextmanager
def progress(total: int) -> Iterator[Callable[[str], None] | None]:
    """Show a progress bar on stderr when that is a terminal.

    Parameters
    ----------
    total
        How many steps there will be, about.

    Yields
    ------
    callable or None
        To be called with what begins; None when nobody looks.
    """
    console = stderr()
    if not console.is_terminal:
        yield None
        return
    # rich's progress machinery is only loaded when there is something to show
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), BarColumn(24), TimeElapsedColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=total + 1)

        def step(message: str) -> None:
            done = bar.tasks[0].completed + 1
            bar.update(task, description=plain(message), completed=done, total=max(total + 1, done + 1))

        yield step
