"""Eurostat's structures in SDMX 2.1: the order of a table's dimensions, and which codes really occur.

Reading the two messages belongs here; what is asked for with them belongs to `eurostat`.
"""

from pathlib import Path
from xml.etree import ElementTree

from assets.descriptor.variables import Variable
from assets.fetch.errors import CutOff, NotData

TIME = "TIME_PERIOD"
_PER_YEAR = {"A": 1, "S": 2, "Q": 4, "M": 12}


def read_order(message: bytes, where: str) -> list[str]:
    """The dimensions in the order of their positions, time left out, from a data structure message."""
    found = [
        (int(element.get("position", "0")), element.get("id", ""))
        for element in _parse(message, where).iter()
        if _local(element.tag) == "Dimension" and element.get("id")
    ]
    if not found:
        raise NotData(f"{where}: a data structure without dimensions")
    return [name for _, name in sorted(found)]


def read_variables(message: bytes, order: list[str], where: str) -> list[Variable]:
    """The dimensions in `order` with the codes that occur, then time, from a content constraint message.

    Periods are written out where the message has a range of them, for annual and other regular series.
    """
    codes: dict[str, tuple[str, ...]] = {}
    for element in _parse(message, where).iter():
        if _local(element.tag) == "KeyValue":
            values = [child for child in element if _local(child.tag) == "Value"]
            codes[element.get("id", "")] = tuple((value.text or "").strip() for value in values) or _periods(
                element, codes.get("freq", ())
            )
    names = {name.casefold(): name for name in codes}
    if missing := [name for name in order if name.casefold() not in names]:
        raise NotData(f"{where}: a content constraint without {', '.join(missing)}")
    variables = [Variable(name, name, codes[names[name.casefold()]]) for name in order]
    return [*variables, Variable(TIME, TIME, codes.get(TIME, ()), time=True)]


def check_message(path: Path, where: str) -> None:
    """Raises `CutOff` where the file is not one whole XML message."""
    _parse(path.read_bytes(), where)


def _periods(element: ElementTree.Element, frequencies: tuple[str, ...]) -> tuple[str, ...]:
    bounds = {_local(child.tag): (child.text or "") for child in element.iter()}
    first, last = bounds.get("StartPeriod", "")[:4], bounds.get("EndPeriod", "")[:4]
    if not (first.isdigit() and last.isdigit()):
        return ()
    most = max((_PER_YEAR.get(frequency, 1) for frequency in frequencies), default=1)
    years = range(int(first), int(last) + 1)
    if most == 1:
        return tuple(map(str, years))
    sign = {2: "S", 4: "Q", 12: ""}[most]
    return tuple(
        f"{year}-{sign}{number:02d}" if most == 12 else f"{year}-{sign}{number}"
        for year in years
        for number in range(1, most + 1)
    )


def _parse(message: bytes, where: str) -> ElementTree.Element:
    try:
        return ElementTree.fromstring(message)
    except ElementTree.ParseError as error:
        raise CutOff(f"{where}: the XML is cut off or damaged ({error})") from error


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]
