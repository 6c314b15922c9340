"""Pages for people: the same documents as HTML, Dutch, without any script."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from functools import lru_cache, partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

import jinja2

from api.http import documents
from api.http.snapshot import FeatureCollection, Snapshot
from api.jobs.show import shown

Page = Callable[[Snapshot, str, dict[str, Any], FeatureCollection | None], str]

FRAMING = "frame-ancestors 'none'; base-uri 'none'; form-action 'none'; object-src 'none'"
"""For a page that carries its own policy for scripts and styles."""

TEMPLATES = Path(__file__).parent / "templates"


@lru_cache(maxsize=1)
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["segment"] = lambda text: quote(str(text), safe="")
    environment.globals["style"] = _style()
    return environment


@lru_cache(maxsize=1)
def _style() -> str:
    return (TEMPLATES / "style.css").read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def content_security_policy() -> str:
    """Give the policy of our pages: the one style sheet in them by its hash, and nothing else."""
    digest = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; {FRAMING}"


def landing(snapshot: Snapshot, root: str, document: dict[str, Any], _: FeatureCollection | None) -> str:
    """Draw the landing page."""
    return _draw("landing.html", snapshot, root, document, collections=list(snapshot.collections.values()))


def conformance(snapshot: Snapshot, root: str, document: dict[str, Any], _: FeatureCollection | None) -> str:
    """Draw the list of conformance classes."""
    return _draw("conformance.html", snapshot, root, document)


def api(snapshot: Snapshot, root: str, document: dict[str, Any], _: FeatureCollection | None) -> str:
    """Draw the description of the service."""
    return _draw("api.html", snapshot, root, document)


def collections(snapshot: Snapshot, root: str, document: dict[str, Any], _: FeatureCollection | None) -> str:
    """Draw the list of collections."""
    return _draw(
        "collections.html", snapshot, root, document, collections=list(snapshot.collections.values())
    )


def collection(
    snapshot: Snapshot, root: str, document: dict[str, Any], item: FeatureCollection | None
) -> str:
    """Draw one collection with its columns."""
    return _draw("collection.html", snapshot, root, document, item=item)


def metadata(snapshot: Snapshot, root: str, document: dict[str, Any], item: FeatureCollection | None) -> str:
    """Draw where one collection comes from."""
    return _draw("metadata.html", snapshot, root, document, item=item)


def items(snapshot: Snapshot, root: str, document: dict[str, Any], item: FeatureCollection | None) -> str:
    """Draw one page of features as a table."""
    links = {link["rel"]: link["href"] for link in document["links"] if link["rel"] in {"next", "first"}}
    pages = {rel: f"{href}&f=html" if "?" in href else f"{href}?f=html" for rel, href in links.items()}
    return _draw("items.html", snapshot, root, document, item=item, pages=pages)


def feature(snapshot: Snapshot, root: str, document: dict[str, Any], item: FeatureCollection | None) -> str:
    """Draw one feature."""
    return _draw("feature.html", snapshot, root, document, item=item)


def _draw(template: str, snapshot: Snapshot, root: str, document: dict[str, Any], **more: Any) -> str:
    return (
        _environment()
        .get_template(template)
        .render(
            snapshot=snapshot,
            title=str(snapshot.project["name"]),
            note=documents.sample_note(snapshot),
            shown=partial(shown, snapshot.view),
            root=root,
            document=document,
            **more,
        )
    )
