"""Find texts that occur more than once among very many, with little memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

_BUCKETS: Final = 256
_SHIFT: Final = np.uint64(56)


def hashes_of(texts: Any) -> NDArray[np.uint64]:
    """Give a number for each text of an arrow column; equal texts have equal numbers."""
    return pd.util.hash_array(texts.to_pandas().to_numpy(dtype=object), categorize=False)


class Twice:
    """Texts that are noted, as numbers in files of which one at a time is looked at.

    Parameters
    ----------
    folder
        Where those files go; made. A billion texts take eight gigabytes there, and 32 MB in memory.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir()

    def note(self, texts: Any) -> None:
        """Note the texts of an arrow column."""
        number = np.sort(hashes_of(texts))
        edges = np.searchsorted(number >> _SHIFT, np.arange(_BUCKETS + 1, dtype=np.uint64))
        for bucket in range(_BUCKETS):
            part = number[edges[bucket] : edges[bucket + 1]]
            if len(part):
                with (self._folder / str(bucket)).open("ab") as file:
                    part.tofile(file)

    def found(self) -> NDArray[np.uint64]:
        """Give the numbers that were noted more than once: of all texts that were, and of hardly any other.

        The files are removed.
        """
        several = [np.zeros(0, dtype=np.uint64)]
        for path in sorted(self._folder.iterdir()):
            number = np.sort(np.fromfile(path, dtype=np.uint64))
            several.append(np.unique(number[1:][number[1:] == number[:-1]]))
            path.unlink()
        return np.concatenate(several)
