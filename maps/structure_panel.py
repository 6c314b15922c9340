"""What stands beside the map of the main structure: title, legend, the chains step by step, and the hubs."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, Any

from matplotlib.lines import Line2D
from matplotlib.patches import FancyBboxPatch

from maps import heading, wording
from maps.static_face import SOFT
from maps.structure_marks import (
    ALARM,
    DASHES,
    INK,
    LEAST_DRAWN,
    MARKS,
    ROAD,
    SIZES,
    VERDICTS,
    WATER,
    WIDTHS,
    Mark,
    faces,
)

if TYPE_CHECKING:
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    from maps.reading import View

LEFT, RIGHT = 0.599, 0.985
TOP, FLOOR = 0.908, 0.058
LEVELS_NL = {"national": "nationaal", "provincial": "provinciaal", "regional": "regionaal", "local": "lokaal"}
STATES_NL = {
    "existing": "bestaand",
    "extended": "breidt uit",
    "proposed": "voorgesteld",
    "possible": "mogelijk",
}
LINE = 0.0137
ROW, NAMES = 0.0304, 0.094
"""Height of a chain, and width of its name, as shares of the paper."""
COLUMNS = (("", 0.0), ("Plek", 0.014), ("Type", 0.19), ("Niveau", 0.285), ("Stand", 0.336))
WIDE = 260
"""Characters of small print that fit across the paper."""
SUBJECT = "Circulaire hoofdstructuur"
PLAN = "plan"
NAME_COLUMNS = 3
SIGNS = 255
"""Signs of bold small print that fit across the paper."""
LEAST_STEPS = 3
"""A chain of fewer steps gets boxes no wider than one of so many."""


class Panel:
    """Writes on the paper beside the map, and knows how wide its texts are.

    Parameters
    ----------
    canvas
        Canvas of the figure that holds the map.
    """

    def __init__(self, canvas: FigureCanvasAgg) -> None:
        self._figure = canvas.figure
        self._renderer = canvas.get_renderer()  # type: ignore[no-untyped-call]

    def draw(self, view: View, hubs: list[dict[str, Any]], year: int | None) -> None:
        """Write everything round the map."""
        texts = heading.heading(view, SUBJECT)
        self._head(texts)
        self._foot(view, texts, year)
        bottom = self._legend(hubs, year)
        bottom = self._chains(_chains(view), hubs, bottom)
        self._hubs(hubs, bottom)

    def write(
        self, x: float, y: float, text: str, size: float, *, width: float | None = None, **style: Any
    ) -> float:
        """Write a text, cut where it is wider than `width`; give where it ends, as a share of the paper."""
        # names may hold a dollar sign, which must not start a formula
        given = {"fontsize": size, "va": "top", "color": INK, "parse_math": False, **style}
        found = self._figure.text(x, y, text, **given)
        wide = self._wide(found)
        kept = len(text)
        while width is not None and wide > width and kept > 1:
            # first to about the right length, then sign by sign
            kept = min(kept - 1, int(kept * width / wide))
            found.set_text(f"{text[:kept].rstrip()}…")
            wide = self._wide(found)
        return x + wide

    def _wide(self, text: Any) -> float:
        return float(text.get_window_extent(self._renderer).width / self._figure.bbox.width)

    def _head(self, texts: dict[str, str]) -> None:
        self.write(0.02, 0.972, texts["heading"], 20, width=RIGHT - 0.02, fontweight="bold")
        self.write(0.02, 0.936, texts["meta"], 11.5, color=SOFT)
        if texts["banner"]:
            box = {"facecolor": "#fff3c4", "edgecolor": "#b98900", "linewidth": 0.8, "pad": 4}
            banner = f"SCHEMATISCH VOORBEELD. {heading.SAMPLE}"
            self.write(RIGHT, 0.936, banner, 10, ha="right", bbox=box)
        elif texts["note"]:
            self.write(RIGHT, 0.936, f"Let op: {texts['note']}", 10, ha="right", width=0.6)

    def _foot(self, view: View, texts: dict[str, str], year: int | None) -> None:
        when = "" if year is None else f" in {year}"
        said = (
            f"Tonnen{when} verdelen wat functies verwerken over de plekken: het is geen telling. Type en "
            "niveau volgen uit regels die de provincie kan vervangen. Een plek op deze kaart is geen besluit."
        )
        plan = next((row for row in view.rows("structure_basis") if row["item_id"] == PLAN), None)
        if plan is not None:
            said += f" Reserveringsplan: {plan['value_nl']}."
        lines = [*wrap(texts["sources"], WIDE, max_lines=1, placeholder=" …"), said]
        for number, line in enumerate(reversed(lines)):
            self.write(0.02, 0.032 + 0.015 * number, line, 8, width=RIGHT - 0.02, color=SOFT)

    def _legend(self, hubs: list[dict[str, Any]], year: int | None) -> float:
        """Explain marks and lines in blocks; give where they end."""
        known = list(MARKS)
        types: dict[str, tuple[str, Mark]] = {}
        for hub in sorted(
            hubs, key=lambda hub: known.index(hub["hub_type"]) if hub["hub_type"] in MARKS else len(known)
        ):
            types.setdefault(str(hub["hub_type"]), (str(hub["hub_type_nl"]), hub["mark"]))
        plain = Mark("o", INK)
        states = [
            _dot(plain, "existing", 11, "bestaand; met ring binnenin: breidt uit"),
            _dot(plain, "proposed", 11, "voorgesteld"),
        ]
        states.append(
            Line2D([], [], marker="o", markersize=13, markerfacecolor="white", markeredgecolor=ALARM,
                   markeredgewidth=1.5, linestyle="none", label="zonder deze plek valt een keten stil")
        )  # fmt: skip
        lines = [
            Line2D([], [], color=WATER, linewidth=3.5, label="over water, langs de vaarweg"),
            Line2D([], [], color=ROAD, linewidth=2.4, label="over de weg, als boog"),
            Line2D([], [], color=INK, linewidth=2, linestyle=DASHES, label="gestippeld: voorgesteld"),
            *(Line2D([], [], color=INK, linewidth=width, label=label) for _, width, label in WIDTHS),
        ]
        what = "Verbindingen" if year is None else f"Verbindingen, ton in {year}"
        kinds = [_dot(mark, "existing", 11, name) for name, mark in types.values()]
        levels = [_dot(plain, "existing", SIZES[level], name) for level, name in LEVELS_NL.items()]
        ends = [self._block(LEFT + 0.238, TOP, what, lines)]
        left = self._block(LEFT, TOP, "Type plek", kinds) if kinds else TOP
        ends.append(self._block(LEFT + 0.14, TOP, "Niveau", levels, 0.75))
        ends.append(self._block(LEFT, min(left, ends[1]) - 0.002, "Stand", states))
        note = f"stromen onder {wording.number(LEAST_DRAWN)} ton zijn niet getekend"
        self.write(LEFT + 0.238, ends[0] + 0.004, note, 8, color=SOFT)
        return min(ends) - 0.008

    def _block(self, x: float, top: float, title: str, handles: list[Line2D], spacing: float = 0.55) -> float:
        legend = self._figure.legend(
            handles=handles, title=title, loc="upper left", bbox_to_anchor=(x, top), frameon=False,
            fontsize=9.5, title_fontproperties={"size": 10.5, "weight": "bold"}, alignment="left",
            borderaxespad=0, borderpad=0, handlelength=2.0, labelspacing=spacing,
        )  # fmt: skip
        return float(legend.get_window_extent().y0 / self._figure.bbox.height) - 0.01

    def _chains(self, chains: list[list[dict[str, Any]]], hubs: list[dict[str, Any]], top: float) -> float:
        """Draw each chain as boxes from step to step, with the numbers of the hubs in them."""
        if not chains:
            return top
        planned = any(step["verdict_plan"] != "not_assessed" for steps in chains for step in steps)
        title = "Ketens (+ is voorgesteld)" if planned else "Ketens zoals zij nu zijn"
        x = self.write(LEFT, top, title, 10.5, fontweight="bold") + 0.012
        shown = {_verdict(step) for steps in chains for step in steps}
        for label, fill, edge, style in (look for name, look in VERDICTS.items() if name in shown):
            self._box(x, top - 0.0105, 0.011, 0.009, fill, edge, style)
            x = self.write(x + 0.014, top - 0.001, label, 8, color=SOFT) + 0.009
        number = {str(hub["hub_id"]): int(hub["number"]) for hub in hubs}
        y = top - 0.021
        for steps in chains:
            self.write(LEFT, y - 0.007, str(steps[0]["chain_nl"]), 9, width=NAMES - 0.004, fontweight="bold")
            width = (RIGHT - LEFT - NAMES) / max(LEAST_STEPS, len(steps))
            for place, step in enumerate(steps):
                x = LEFT + NAMES + place * width
                self._step(x, y, width, step, number)
                if place + 1 < len(steps):
                    middle = y - (ROW - 0.006) / 2
                    self.write(
                        x + width - 0.0042,
                        middle,
                        "\N{BLACK RIGHT-POINTING SMALL TRIANGLE}",
                        8,
                        ha="center",
                        va="center",
                        color=SOFT,
                    )
            y -= ROW
        return y - 0.006

    def _step(self, x: float, y: float, width: float, step: dict[str, Any], number: dict[str, int]) -> None:
        _, fill, edge, style = VERDICTS[_verdict(step)]
        gap, height = 0.0085, ROW - 0.006
        self._box(x, y - height, width - gap, height, fill, edge, style)
        inside = width - gap - 0.007
        self.write(x + 0.004, y - 0.0025, str(step["step_nl"]), 7.5, width=inside)
        now = _numbers(step["hubs_now"], number)
        extra = sorted(set(_numbers(step["hubs_plan"], number)) - set(now))
        text = _together([", ".join(map(str, group)) for group in (now, extra)])
        if len(text) > inside * SIGNS:
            text = f"{_together([str(len(group) or '') for group in (now, extra)])} plekken"
        colour = INK if now or extra else ALARM
        text = text or VERDICTS["missing"][0]
        self.write(x + 0.004, y - 0.0128, text, 8, width=inside, fontweight="bold", color=colour)

    def _box(self, x: float, y: float, width: float, height: float, fill: str, edge: str, style: str) -> None:
        shape = FancyBboxPatch(
            (x, y), width, height, boxstyle="round,pad=0,rounding_size=0.003", mutation_aspect=1.4,
            facecolor=fill, edgecolor=edge, linewidth=1.0, linestyle=style,
            transform=self._figure.transFigure,
        )  # fmt: skip
        self._figure.add_artist(shape)

    def _hubs(self, hubs: list[dict[str, Any]], top: float) -> None:
        """List the hubs by number: with type, level and state where there is room, else by name alone."""
        if not hubs:
            self.write(LEFT, top, "In deze uitgave staan geen plekken met circulaire functies.", 10)
            return
        room = max(1, int((top - LINE - FLOOR) / LINE))
        if len(hubs) > room:
            self._hub_names(hubs, top, room)
            return
        for title, offset in COLUMNS:
            self.write(LEFT + offset, top, title, 9, fontweight="bold")
        for row, hub in enumerate(hubs):
            self._hub(hub, top - 0.001 - LINE * (row + 1))

    def _hub_names(self, hubs: list[dict[str, Any]], top: float, room: int) -> None:
        self.write(LEFT, top, "Plekken, op volgorde van niveau", 9, fontweight="bold")
        most = room * NAME_COLUMNS
        shown = hubs if len(hubs) <= most else hubs[: most - 1]
        width = (RIGHT - LEFT) / NAME_COLUMNS
        for place in range(len(shown) + (len(shown) < len(hubs))):
            x, y = LEFT + width * (place // room), top - 0.001 - LINE * (place % room + 1)
            if place == len(shown):
                left = f"en nog {len(hubs) - len(shown)}: tabel structure_hubs"
                self.write(x + 0.014, y, left, 8, color=SOFT)
                return
            self._number(hubs[place], x, y)
            self.write(x + 0.014, y, str(hubs[place]["name"]), 8, width=width - 0.018)

    def _hub(self, hub: dict[str, Any], y: float) -> None:
        maybe = "mogelijk " if hub["type_certainty"] == "possible" else ""
        kind = f"{maybe}{str(hub['hub_type_nl']).removeprefix('circulair ')}"
        texts = (_named(hub), kind, str(hub["level_nl"]), STATES_NL[str(hub["state"])])
        self._number(hub, LEFT, y)
        ends = [offset for _, offset in COLUMNS[2:]] + [RIGHT - LEFT]
        for text, (_, offset), end in zip(texts, COLUMNS[1:], ends, strict=True):
            self.write(LEFT + offset, y, text, 8, width=end - offset - 0.003)

    def _number(self, hub: dict[str, Any], x: float, y: float) -> None:
        style = {"ha": "right", "fontweight": "bold", "color": hub["mark"].colour}
        self.write(x + 0.0105, y, str(hub["number"]), 8, **style)


def _named(hub: dict[str, Any]) -> str:
    where = "" if wording.missing(hub["municipality_name"]) else f", {hub['municipality_name']}"
    return f"{hub['name']}{where}"


def _dot(mark: Mark, state: str, size: float, label: str) -> Line2D:
    style = faces(mark, state)
    return Line2D([], [], marker=mark.marker, markersize=size, linestyle="none", label=label, **style)


def _chains(view: View) -> list[list[dict[str, Any]]]:
    """Give the steps per chain, in their order."""
    result: dict[str, list[dict[str, Any]]] = {}
    for row in view.rows("structure_chains"):
        result.setdefault(str(row["chain_id"]), []).append(row)
    return [sorted(steps, key=lambda row: int(row["step"])) for _, steps in sorted(result.items())]


def _verdict(step: dict[str, Any]) -> str:
    """Give the verdict with what is proposed, or as it is where nothing is."""
    return str(step["verdict_now"] if step["verdict_plan"] == "not_assessed" else step["verdict_plan"])


def _together(groups: list[str]) -> str:
    """Write what stands and what is proposed, with a plus between or before."""
    now, extra = groups
    return f"{now} + {extra}".strip() if extra else now


def _numbers(hubs: Any, number: dict[str, int]) -> list[int]:
    if wording.missing(hubs):
        return []
    return sorted(number[name] for name in str(hubs).split("; ") if name in number)
