"""The legend of a map as parts of a page: small pictures of classes, each pattern defined once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from html import escape
from typing import TYPE_CHECKING, Final

from markupsafe import Markup

from maps import patterns
from maps.styles.legend import PATTERNS_NL

if TYPE_CHECKING:
    from layers.classes import ClassStyle
    from maps.site.frame import Language
    from maps.styles.rules import LayerStyle, Shape

PATTERNS_EN: Final = {
    "solid": "solid", "none": "plain", "diagonal": "diagonal stripes", "cross": "crossed stripes",
    "dots": "dots", "horizontal": "horizontal stripes",
}  # fmt: skip
WIDTH, HEIGHT = 30, 18
"""Of a picture, pixels."""


@dataclass(frozen=True, slots=True)
class LegendItem:
    """One class: its picture, its label and its pattern in words."""

    picture: Markup
    label: str
    pattern: str


class Legend:
    """Draws classes and keeps which patterns they need.

    Parameters
    ----------
    prefix
        Of the ids, so that two maps on one page do not share them.
    language
        Of the page.
    """

    def __init__(self, prefix: str, language: Language) -> None:
        self._prefix = prefix
        self._language = language
        self._looks: dict[ClassStyle, ClassStyle] = {}

    def items(self, style: LayerStyle) -> tuple[LegendItem, ...]:
        """Give the classes of a style, in the order of the legend."""
        return tuple(self._item(rule.look, style.shape) for rule in style.rules)

    def definitions(self) -> Markup:
        """Give the patterns of all that was drawn, for one ``<svg>`` on the page."""
        drawn = "".join(patterns.definition(self._prefix, look) for look in self._looks.values())
        return Markup(drawn)  # noqa: S704 (each piece escapes what it is made of)

    def _item(self, look: ClassStyle, shape: Shape) -> LegendItem:
        english = self._language == "en"
        words = PATTERNS_EN if english else PATTERNS_NL
        return LegendItem(
            self._picture(look, shape), look.label_en if english else look.label_nl, words[look.pattern]
        )

    def _picture(self, look: ClassStyle, shape: Shape) -> Markup:
        line = escape(look.line, quote=True)
        fill = f"url(#{escape(patterns.identifier(self._prefix, self._known(look)), quote=True)})"
        if shape == "line":
            inside = f'<path d="M1 9h28" stroke="{line}" stroke-width="3"/>'
        elif shape == "point":
            inside = f'<circle cx="15" cy="9" r="6" fill="{fill}" stroke="{line}" stroke-width="1.5"/>'
        else:
            inside = (
                f'<rect x="1" y="1" width="28" height="16" fill="{fill}" stroke="{line}" stroke-width="1.5"/>'
            )
        return Markup(  # noqa: S704 (colours are escaped, all else is ours)
            f'<svg class="swatch" width="{WIDTH}" height="{HEIGHT}" aria-hidden="true">{inside}</svg>'
        )

    def _known(self, look: ClassStyle) -> ClassStyle:
        """Give classes that look alike one pattern."""
        bare = replace(look, code="", label_nl="", label_en="")
        if bare not in self._looks:
            self._looks[bare] = replace(bare, code=str(len(self._looks)))
        return self._looks[bare]
