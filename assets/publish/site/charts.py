"""Figures as drawings in Vega: lines, bars, tiles. Colours are names of the stylesheet, so one drawing serves
light and dark; words and numbers are marks that `drawing` fills in for each language.

Positions of texts never depend on how wide a letter is, so that a machine's fonts change no byte. Which
figures there are belongs to `figures`, the drawing engine to `drawing`.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from assets.publish.catalogue.words import decimals_needed, number, read_site_settings
from assets.publish.site.figures import Figure, Series, alone, newest_values

Spec = dict[str, Any]

PLAIN = ("A", "B", None)  # statuses that are not marked with an open circle
LETTER = 12
DIGIT = 7.7  # the widest digit among common fonts at that size
NAME = 7.4  # a name's letters on average, in the widest of them
MOST_LETTERS = 30  # of a name beside a bar; the table has it whole
STYLE: Mapping[str, tuple[str, float, list[int]]] = {
    "peer": ("var(--peer)", 1, []),
    "country": ("var(--country)", 2, [6, 4]),
    "focus": ("var(--focus)", 3, []),
}
QUANTILES = 5
NARROW_BARS = 400  # pixels: names of 30 letters leave no room for bars


@dataclass(frozen=True)
class Drawing:
    """A Vega group, its size, and its labels at places in pixels: `{n:value:decimals}`,
    `{a:place in series:most letters}` (after the series: the unit), `{t:tile}` or plain periods.

    The engine does not see the labels: it would measure each with the machine's fonts, at milliseconds each.
    """

    width: int
    height: int
    group: Spec
    labels: Sequence[Spec]


def draw_lines(figure: Figure, width: int, height: int) -> Drawing:
    """Values over time: the focus on top, the country dashed, other areas thin; no value, no line."""
    unit = f"{{a:{len(figure.series)}:{int(width / NAME)}}}" if any(figure.units.values()) else ""
    figure = alone(figure)
    known = [value for series in figure.series for value in series.values if value is not None]
    ticks = nice_ticks(min(known), max(known), all(value.is_integer() for value in known))
    decimals = max(map(decimals_needed, ticks))
    longest = max(len(number(tick, "en", decimals)) for tick in ticks)
    left, right, top, bottom = math.ceil(14 + DIGIT * longest), 20, 26 if unit else 8, 24
    inner, deep = width - left - right, height - top - bottom
    last = max(len(figure.periods) - 1, 1)
    rules = [rule(0, tick, last, tick) for tick in ticks]
    texts = [text(format_number(tick, decimals), 0, tick, -8, 4, "right") for tick in ticks]
    if unit:
        texts.append(text(unit, 0, ticks[-1], 2 - left, -12, "left", fill="var(--muted)"))
    texts += [
        text(figure.periods[place], place, ticks[0], 0, 18)
        for place in spread(len(figure.periods), 6 if width > 500 else 4)
    ]
    points: list[Spec] = []
    rows: list[Spec] = []
    series = sorted(figure.series, key=lambda line: list(STYLE).index(line.role))
    for place, line in enumerate(series):
        rows += [{"line": place, "x": x, "y": y} for x, y in enumerate(line.values)]
        points += points_of(line)
    for line in series:
        broken = [
            place for place, status in enumerate(line.statuses) if status == "B" and line.role != "peer"
        ]
        rules += [rule(place, ticks[0], place, ticks[-1], "var(--muted)", [2, 3]) for place in broken]
    lines = [line_mark(place, line.role, figure.stepped) for place, line in enumerate(series)]
    scales = [scale("x", 0, last, 0, inner), scale("y", ticks[0], ticks[-1], deep, 0)]
    shapes = vega_group(left, top, scales, rules, [], points, lines, rows)
    return Drawing(width, height, shapes, labels(texts, scales, left, top))


def line_mark(place: int, role: str, stepped: bool) -> Spec:
    """The line of one area."""
    colour, stroke, dash = STYLE[role]
    enter = {
        "x": {"scale": "x", "field": "x"},
        "y": {"scale": "y", "field": "y"},
        "defined": {"signal": "datum.y !== null"},
        "stroke": {"value": colour},
        "strokeWidth": {"value": stroke},
        "strokeJoin": {"value": "round"},
        **({"strokeDash": {"value": dash}} if dash else {}),
        **({"interpolate": {"value": "step-after"}} if stepped else {}),
    }
    return {"type": "line", "from": {"data": f"line{place}"}, "encode": {"enter": enter}}


def points_of(series: Series) -> list[Spec]:
    """Where a line needs a circle: values alone between gaps, flagged ones (open), the end of the focus."""
    colour, stroke, _ = STYLE[series.role]
    points = []
    for place, value in enumerate(series.values):
        if value is None:
            continue
        beside = [
            series.values[neighbour]
            for neighbour in (place - 1, place + 1)
            if 0 <= neighbour < len(series.values)
        ]
        flagged = series.statuses[place] not in PLAIN
        end = series.role == "focus" and all(value is None for value in series.values[place + 1 :])
        if flagged or end or all(value is None for value in beside):
            fill = "var(--paper)" if flagged else colour
            points.append(
                {
                    "x": place,
                    "y": value,
                    "fill": fill,
                    "stroke": colour,
                    "size": {1: 14, 2: 26, 3: 50}[int(stroke)],
                    "dx": 0,
                    "dy": 0,
                    "width": min(stroke, 2),
                }
            )
    return points


def draw_bars(figure: Figure, width: int, most: int | None = None) -> Drawing:
    """The newest values, largest first, each with its area's name and its number; of more than `most` areas
    the focus, the country and the largest others. Names stand beside the bars, on narrow drawings above them.
    """
    _, newest = newest_values(figure)
    most = most or figure.most
    if most is not None:
        kept = sorted(newest.series, key=lambda series: series.role == "peer")[:most]
        newest = replace(newest, series=tuple(series for series in newest.series if series in kept))
    above = width <= NARROW_BARS
    letters = min(max(len(name) for series in newest.series for name in series.names.values()), MOST_LETTERS)
    left, line = (1, 38) if above else (math.ceil(10 + NAME * max(letters, 10)), 26)
    top, bottom = (0.5, 0.9) if above else (0.2, 0.8)
    limit = int(width / NAME) if above else MOST_LETTERS
    values = [series.values[0] or 0 for series in newest.series]
    right = math.ceil(14 + DIGIT * max(len(number(value, "en", figure.decimals)) for value in values))
    inner, deep = width - left - right, line * len(newest.series)
    low, high = min(0, *values), max(0, *values) or 1
    boxes, texts = [], []
    order = {series.area: place for place, series in enumerate(figure.series)}
    for row, (series, value) in enumerate(zip(newest.series, values, strict=True)):
        weight = "bold" if series.role == "focus" else "normal"
        middle = row + (top + bottom) / 2
        name = f"{{a:{order[series.area]}:{limit}}}"
        texts.append(
            text(name, low, row, 0, 14, "left", weight)
            if above
            else text(name, low, middle, -8, 4, "right", weight)
        )
        texts.append(text(format_number(value, figure.decimals), max(value, 0), middle, 7, 4, "left", weight))
        colour = "var(--bar)" if series.role == "peer" else STYLE[series.role][0]
        fill = colour if series.statuses[0] in PLAIN else "var(--paper)"
        boxes.append(box(0, row + top, value, row + bottom, fill, 2, colour, 2))
    scales = [scale("x", low, high, 0, inner), scale("y", 0, len(values), 0, deep)]
    return Drawing(
        width, deep + 4, vega_group(left, 2, scales, [], boxes, []), labels(texts, scales, left, 2)
    )


def format_number(value: float, decimals: int) -> str:
    """A number in a drawing, to be written in each language."""
    return f"{{n:{value:.15g}:{decimals}}}"


def draw_tiles(figure: Figure) -> Drawing | None:
    """Finland's regions as tiles in five shades; None where the figure has too few of them."""
    settings = read_site_settings("tiles.yaml")
    layout, other = settings["tiles"], settings["other_names"]
    _, newest = newest_values(figure)
    found = {other.get(name := area.names["fi"], [name])[0]: area for area in newest.series}
    values = sorted(found[name].values[0] or 0 for name in layout if name in found)
    if len(values) < len(layout) * 0.6:
        return None
    edge, inset = 69, 1.5
    written = [number(area.values[0], "fi", figure.decimals) for area in found.values()]
    size = min(14, *(math.floor(edge * 0.88 / width_of(label)) for label in written))
    boxes, texts = [], []
    for name, (column, row, *_) in sorted(layout.items(), key=lambda item: is_focus(found.get(item[0]))):
        area = found.get(name)
        value = area.values[0] if area else None
        steps = [values[len(values) * step // QUANTILES] for step in range(1, QUANTILES)]
        shade = 0 if value is None else 1 + sum(value >= step for step in steps)
        x, y, focus = column * edge, row * edge, is_focus(area)
        line = ("var(--focus)", 4) if focus else ("var(--line)", 1)
        boxes.append(
            box(x + inset, y + inset, x + edge - inset, y + edge - inset, f"var(--shade{shade})", 4, *line)
        )
        ink = f"var(--ink{shade})"
        weight, letters = ("bold", 11.0) if focus else ("normal", 11.5)
        own = area.names["fi"] if area and area.names["fi"] in other else name
        texts.append(text(f"{{t:{own}}}", x + edge / 2, y + 30, 0, 0, "center", weight, ink, letters))
        flagged = area is not None and area.statuses[0] not in PLAIN
        shown = "–" if value is None else format_number(value, figure.decimals) + "*" * flagged
        texts.append(text(shown, x + edge / 2, y + 48, 0, 0, "center", "bold", ink, size))
    width = edge * (1 + max(tile[0] for tile in layout.values()))
    height = edge * (1 + max(tile[1] for tile in layout.values()))
    scales = [scale("x", 0, width, 0, width), scale("y", 0, height, 0, height)]
    return Drawing(
        width + 4, height + 4, vega_group(2, 2, scales, [], boxes, []), labels(texts, scales, 2, 2)
    )


def width_of(written: str) -> float:
    """The width of a bold number in its own height, in the widest of common fonts; with room for a star."""
    return sum(0.7 if sign.isdigit() else 0.38 for sign in written)


def is_focus(series: Series | None) -> bool:
    """Whether an area is the one in focus; its tile is drawn last, over its neighbours' edges."""
    return series is not None and series.role == "focus"


def nice_ticks(low: float, high: float, whole: bool = False) -> list[float]:
    """Three to six round values around a range, `whole` ones for counts; from zero where the range is not far
    above it."""
    if 0 < low < 0.6 * high:
        low = 0
    span = (high - low) or abs(high) or 1
    step = 10.0 ** math.floor(math.log10(span / 4))
    step *= next(factor for factor in (1, 2, 2.5, 5, 10) if span / (step * factor) <= 5)
    step = max(step, 1) if whole else step
    first = math.floor(low / step)
    high = max(high, (first + 1) * step)
    return [round(step * tick, 10) for tick in range(first, math.ceil(high / step - 1e-9) + 1)]


def spread(count: int, most: int) -> list[int]:
    """Places of at most `most` labels, the first and the last among them, at distances as equal as whole
    places can be: equal ones, or else long ones that differ by one."""
    whole = max(count - 1, 1)
    steps = next(parts for parts in range(most - 1, 0, -1) if whole % parts == 0 or whole >= 3 * parts)
    return sorted({round((count - 1) * step / steps) for step in range(steps + 1)})


def vega_group(
    left: int,
    top: int,
    scales: list[Spec],
    rules: list[Spec],
    boxes: list[Spec],
    points: list[Spec],
    lines: Sequence[Spec] = (),
    rows: Sequence[Spec] = (),
) -> Spec:
    """A Vega group at a place: one mark and one data set for each kind of shape, in drawing order."""
    data: list[Spec] = [
        {"name": "rules", "values": rules},
        {"name": "boxes", "values": boxes},
        {"name": "points", "values": points},
    ]
    for place in range(len(lines)):
        values = [{"x": row["x"], "y": row["y"]} for row in rows if row["line"] == place]
        data.append({"name": f"line{place}", "values": values})
    marks = [
        mark(
            "rule",
            "rules",
            {**ends(), "stroke": field("stroke"), "strokeWidth": fixed(1), "strokeDash": field("dash")},
        ),
        mark("rect", "boxes", {**ends(), "cornerRadius": field("radius"), **painted()}),
        *lines,
        mark(
            "symbol",
            "points",
            {**at(), "shape": fixed("circle"), "size": field("size"), **painted()},
        ),
    ]
    enter = {"x": fixed(left), "y": fixed(top)}
    return {"type": "group", "encode": {"enter": enter}, "data": data, "scales": scales, "marks": marks}


def labels(texts: Sequence[Spec], scales: Sequence[Spec], left: int, top: int) -> list[Spec]:
    """The texts at places in pixels of the drawing."""
    found = []
    for label in texts:
        place = {"x": left + label["dx"], "y": top + label["dy"]}
        for axis in scales:
            (low, high), (start, end) = axis["domain"], axis["range"]
            part = (label[axis["name"]] - low) / (high - low)
            place[axis["name"]] = round(place[axis["name"]] + start + part * (end - start), 1)
        found.append({**label, **place})
    return found


def mark(kind: str, data: str, enter: Spec) -> Spec:
    """One mark for all rows of a data set."""
    return {"type": kind, "from": {"data": data}, "encode": {"enter": enter}}


def fixed(value: Any) -> Spec:
    """A value as it is."""
    return {"value": value}


def field(name: str) -> Spec:
    """A row's own value."""
    return {"field": name}


def at() -> Spec:
    """A row's place: in the scales' units, moved by some pixels."""
    return {axis: {"scale": axis, "field": axis, "offset": {"field": f"d{axis}"}} for axis in ("x", "y")}


def ends() -> Spec:
    """A row's two corners in the scales' units."""
    return {name: {"scale": name[0], "field": name} for name in ("x", "y", "x2", "y2")}


def painted() -> Spec:
    """A row's colours."""
    return {"fill": field("fill"), "stroke": field("stroke"), "strokeWidth": field("width")}


def scale(name: str, low: float, high: float, start: float, end: float) -> Spec:
    """A linear scale from values to pixels."""
    return {"name": name, "type": "linear", "domain": [low, high], "range": [start, end], "zero": False}


def rule(
    x: float, y: float, x2: float, y2: float, stroke: str = "var(--grid)", dash: Sequence[int] = ()
) -> Spec:
    """A straight line."""
    return {"x": x, "y": y, "x2": x2, "y2": y2, "stroke": stroke, "dash": list(dash) or None}


def box(
    x: float, y: float, x2: float, y2: float, fill: str, radius: int = 0, stroke: str = "none", width: int = 0
) -> Spec:
    """A rectangle."""
    corners = {"x": x, "y": y, "x2": x2, "y2": y2}
    return {**corners, "fill": fill, "radius": radius, "stroke": stroke, "width": width}


def text(
    words: str,
    x: float,
    y: float,
    dx: float,
    dy: float,
    align: str = "center",
    weight: str = "normal",
    fill: str = "var(--ink)",
    size: float = LETTER,
) -> Spec:
    """A text whose place does not depend on its width."""
    place = {"x": x, "y": y, "dx": dx, "dy": dy}
    return {**place, "text": words, "align": align, "weight": weight, "fill": fill, "size": size}
