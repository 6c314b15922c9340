"""Paging to the end, watched: counts, repeated pages, repeated features, circles."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from layers.sources.faults import FetchError

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

    from layers.sources.limits import Limits


class PageWatch:
    """Sees every page of one layer go by.

    Parameters
    ----------
    limits
        How many pages and features are taken at most.
    counted
        What the service said that there are before the first page; None when it says nothing.
    """

    def __init__(self, limits: Limits, counted: int | None = None) -> None:
        self._limits = limits
        self.counted = counted
        self.rows = 0
        self._pages: set[bytes] = set()
        self._ids: set[Hashable] = set()
        self._links: set[str] = set()

    def page(self, content: bytes, ids: Iterable[Hashable | None], rows: int, stated: int | None) -> None:
        """See one page.

        Parameters
        ----------
        content
            What tells this page from another one: its features, as bytes.
        ids
            Identifiers of its features; None where one has none.
        rows
            How many features it has.
        stated
            How many features there are in all according to this page; None when it says nothing.

        Raises
        ------
        FetchError
            ``repeated_page``, ``repeated_feature``, ``count_moved``, ``more`` or ``too_many``.
        """
        if stated is not None and self.counted is not None and stated != self.counted:
            raise FetchError("count_moved", f"first {self.counted:,}, then {stated:,}")
        self.counted = stated if self.counted is None else self.counted
        if rows:
            self._see(hashlib.sha256(content).digest(), ids)
        self.rows += rows
        if self.counted is not None and self.rows > self.counted:
            raise FetchError("more", f"{self.rows:,} came and {self.counted:,} were counted")
        if len(self._pages) > self._limits.pages or self.rows > self._limits.features:
            raise FetchError("too_many", f"{len(self._pages):,} pages, {self.rows:,} features")

    def link(self, url: str) -> None:
        """See the address of the next page.

        Raises
        ------
        FetchError
            ``page_loop`` when it was asked before.
        """
        if url in self._links:
            raise FetchError("page_loop", "the next page is one that was asked before")
        self._links.add(url)

    def finish(self) -> None:
        """Refuse an end that comes too early.

        Raises
        ------
        FetchError
            ``fewer``.
        """
        if self.counted is not None and self.rows < self.counted:
            detail = f"{self.rows:,} came and {self.counted:,} were counted"
            raise FetchError("fewer", detail)

    def _see(self, digest: bytes, ids: Iterable[Hashable | None]) -> None:
        if digest in self._pages:
            raise FetchError("repeated_page", f"page {len(self._pages) + 1} is one that came before")
        self._pages.add(digest)
        for one in ids:
            if one is None:
                continue
            if one in self._ids:
                raise FetchError("repeated_feature", f"{str(one)[:80]!r} came before")
            self._ids.add(one)
