"""The drawing engine: the drawings of the site in few calls of vl-convert (Vega, the engine of Altair,
without a browser), taken apart into one SVG each, and their texts filled in by language.

vl-convert and not Matplotlib: its SVG keeps text as text and colours as the stylesheet's names, its bytes do
not depend on fonts, clock or hash seed, and all drawings of a site take one start of the engine (a second)
and some hundredths of a second each. Vega's own language and not Altair's, which would be compiled to it at
ten times the cost.
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup, escape

from assets.descriptor import LANGUAGES
from assets.errors import PublishError
from assets.publish.catalogue.words import number, read_site_settings
from assets.publish.site.charts import Drawing

SVG = "{http://www.w3.org/2000/svg}"
FILLED = re.compile(r"\{([ant]):([^}]*)\}")
AT_ONCE = 100  # drawings in a call: the engine's time grows faster than their number
NOISE = (
    "aria-hidden",
    "aria-roledescription",
    "aria-label",
    "role",
    "class",
    "pointer-events",
    "font-family",
)


def draw_all(drawings: Mapping[str, Drawing]) -> dict[str, str]:
    """Each drawing as SVG with open texts, by the same names. Raises `PublishError` when the engine fails."""
    found: dict[str, str] = {}
    names = list(drawings)
    for start in range(0, len(names), AT_ONCE):
        found |= draw_some({name: drawings[name] for name in names[start : start + AT_ONCE]})
    return found


def draw_some(drawings: Mapping[str, Drawing]) -> dict[str, str]:
    """The drawings of one call."""
    import vl_convert  # 80 MB of engine: loaded only when something is drawn

    marks = [{**drawing.group, "name": f"drawing{place}"} for place, drawing in enumerate(drawings.values())]
    spec: dict[str, Any] = {
        "$schema": "https://vega.github.io/schema/vega/v5.json",
        "width": 10,
        "height": 10,
        "padding": 0,
        "autosize": "none",
        "marks": marks,
    }
    try:
        root = ET.fromstring(vl_convert.vega_to_svg(spec))  # our own engine's words, not foreign XML
    except (ValueError, ET.ParseError) as error:
        raise PublishError(f"the charts cannot be drawn: {str(error).splitlines()[0]}") from error
    groups = {name: group for group in root.iter(f"{SVG}g") for name in (group.get("class") or "").split()}
    return {
        name: svg(groups[f"drawing{place}"], drawing)
        for place, (name, drawing) in enumerate(drawings.items())
    }


def svg(group: ET.Element, drawing: Drawing) -> str:
    """One group as an SVG document, without what the engine adds for its own viewers."""
    clean_drawing(group)
    inner = "".join(ET.tostring(element, encoding="unicode") for element in group)
    inner = re.sub(r' xmlns:ns\d+="[^"]*"|xmlns="[^"]*"', "", inner).replace("ns0:", "")
    texts = "".join(map(svg_text, drawing.labels))
    box = f'viewBox="0 0 {drawing.width} {drawing.height}"'
    return f'<svg {box} fill="none" aria-hidden="true" focusable="false">{inner}{texts}</svg>'


def svg_text(label: Mapping[str, Any]) -> str:
    """One label."""
    anchor = {"left": "start", "center": "middle", "right": "end"}[label["align"]]
    weight = ' font-weight="bold"' if label["weight"] == "bold" else ""
    return (
        f'<text x="{label["x"]:g}" y="{label["y"]:g}" text-anchor="{anchor}" '
        f'font-size="{label["size"]}"{weight} '
        f'fill="{label["fill"]}">{escape(label["text"])}</text>'
    )


def clean_drawing(element: ET.Element) -> None:
    """Drop empty backgrounds and attributes that a page does not want."""
    for child in list(element):
        if child.get("class") in ("background", "foreground"):
            element.remove(child)
        else:
            clean_drawing(child)
    for name in NOISE:
        element.attrib.pop(name, None)


def fill_texts(drawn: str, names: Sequence[Mapping[str, str]], language: str) -> Markup:
    """The SVG in one language: `{n:…}` numbers, `{a:…}` areas (and the unit) of `names`, `{t:…}` short names
    of tiles; after another colon a number's decimals, a name's most letters."""

    def fill(found: re.Match[str]) -> str:
        kind = found[1]
        what, _, limit = found[2].partition(":")
        if kind == "n":
            return number(float(what), language, int(limit) if limit else None)
        if kind == "a":
            name = names[int(what)][language]
            return str(escape(name if not limit or len(name) <= int(limit) else f"{name[: int(limit) - 1]}…"))
        settings = read_site_settings("tiles.yaml")
        short = (settings["tiles"].get(what) or settings["other_names"][what])[-len(LANGUAGES) :]
        return str(escape(short[LANGUAGES.index(language)]))

    return Markup(FILLED.sub(fill, drawn))
