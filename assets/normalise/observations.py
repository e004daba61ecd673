"""Observations: the provider's flag to its SDMX status, the nil sign to 0, and periods to SDMX's form.

The rules of CL_OBS_STATUS and of `time_period` belong here. Which source columns hold them is the mapping's
matter (`mapping`), whether a period or value is plausible that of `validate`.
"""

import re
from collections.abc import Mapping

import polars as pl

from assets.descriptor import Field
from assets.errors import MappingError

VALUE, FLAG, STATUS = (
    "OBS_VALUE",
    "OBS_FLAG",
    "OBS_STATUS",
)  # names that every statistics reader gives, and the made one
NIL = "-"

_ORDER = "BEFPUDIN"  # of several letters with a value, the first of these is the status
_WITH_VALUE = dict(zip("bdesfinpurcC", "BDEEFINPUAAA", strict=True))
_WITHOUT_ORDER = "QMLO"
_WITHOUT_VALUE = {".": "M", "z": "M", "..": "O", "...": "Q", "c": "Q", "C": "Q"}

_PERIODS = (  # what providers write, and SDMX's form of it
    (re.compile(r"([0-9]{4})"), "{0}"),
    (re.compile(r"([0-9]{4})-?S([12])"), "{0}-S{1}"),
    (re.compile(r"([0-9]{4})-?[QK]([1-4])"), "{0}-Q{1}"),
    (re.compile(r"([0-9]{4})[M-](0[1-9]|1[0-2])"), "{0}-{1}"),
    (re.compile(r"([0-9]{4})-?W(0[1-9]|[1-4][0-9]|5[0-3])"), "{0}-W{1}"),
)


def status_of(flag: str | None, has_value: bool, meanings: Mapping[str, str]) -> str | None:
    """The SDMX status (CL_OBS_STATUS) of a cell with this flag; None where the flag is unknown.

    `meanings` is what the table's own note says of a symbol or letter; it comes first. Eurostat parts
    observation status and confidentiality by `|` (`e|C`). A cell with neither value nor flag is no
    observation and must not be asked for.
    """
    if flag is None:
        return "A" if has_value else None
    if flag in meanings:
        return meanings[flag]
    observed, bar, confidential = flag.partition("|")
    if bar and confidential not in ("c", "C"):
        return None
    letters = observed + confidential
    if has_value:
        found = {meanings.get(letter) or _WITH_VALUE.get(letter) for letter in letters}
        if None in found:
            return "A" if flag == NIL else None
        return min(filter(None, found), key=f"{_ORDER}A".find) if found else None
    if flag in _WITHOUT_VALUE:
        return _WITHOUT_VALUE[flag]
    if set(flag) == {"."}:
        return "L"
    if not (letters.isascii() and letters.isalpha()):
        return None
    return min((meanings.get(x) or _WITHOUT_VALUE.get(x, "O") for x in letters), key=_WITHOUT_ORDER.find)


def map_observations(
    frame: pl.DataFrame, status: Field | None, where: str, is_live: bool = False
) -> pl.DataFrame:
    """A reader's `OBS_VALUE` and `OBS_FLAG` with `OBS_STATUS` made from them.

    `OBS_VALUE` Float64, `OBS_FLAG` and `OBS_STATUS` String, null where there is none. A nil sign is the value
    0 and keeps its flag; a cell without value and flag is no row. `status` is the field `obs_status`: its
    `innoregio:status` is either a map of the table's own symbols to SDMX codes, or `lost`, where the recorded
    copy has lost its flags: then every status is null, but for an answer of the provider itself (`is_live`),
    which has them. Raises `MappingError` on a flag without a known
    meaning.
    """
    declared = status.raw.get("innoregio:status", {}) if status else {}
    meanings: Mapping[str, str] = {} if isinstance(declared, str) else declared
    value, flag = pl.col(VALUE), pl.col(FLAG)
    text = flag.cast(pl.String).str.strip_chars()
    frame = frame.with_columns(pl.when(text != "").then(text).alias(FLAG)).filter(
        value.is_not_null() | flag.is_not_null()
    )
    if NIL not in meanings:
        if not (wrong := frame.filter((flag == NIL) & (value != 0))).is_empty():
            raise MappingError(
                f"{where}: {wrong.height} cells have the nil sign '-' and a value (first {wrong[VALUE][0]}); "
                "say what '-' means in this table in innoregio:status of obs_status"
            )
        frame = frame.with_columns(pl.when(flag == NIL).then(pl.lit(0.0)).otherwise(value).alias(VALUE))
    if declared == "lost" and not is_live:
        if flags := frame[FLAG].drop_nulls().unique().sort().to_list():
            raise MappingError(
                f"{where}: obs_status is declared lost, but the source has flags ({', '.join(flags)}); "
                "remove innoregio:status"
            )
        return frame.with_columns(pl.lit(None, pl.String).alias(STATUS))
    return frame.with_columns(_status(frame, meanings, where))


def _status(frame: pl.DataFrame, meanings: Mapping[str, str], where: str) -> pl.Expr:
    """`OBS_STATUS` as an expression; the few flags that occur are looked up once each."""
    has_value = pl.col(VALUE).is_not_null()
    pairs = frame.select(pl.col(FLAG), has_value.alias("has_value")).unique().sort(FLAG, "has_value").rows()
    known = {(flag, has): status_of(flag, has, meanings) for flag, has in pairs}
    if unknown := [
        f"{flag!r} {'with' if has else 'without'} a value" for (flag, has), s in known.items() if not s
    ]:
        raise MappingError(
            f"{where}: flags without a known meaning: {', '.join(unknown)}; "
            "state the table's own meaning in innoregio:status of obs_status"
        )

    def looked_up(has: bool) -> pl.Expr:
        meaning = {flag: s for (flag, h), s in known.items() if h is has and flag is not None}
        return pl.col(FLAG).replace_strict(meaning, default="A" if has else None, return_dtype=pl.String)

    return pl.when(has_value).then(looked_up(True)).otherwise(looked_up(False)).alias(STATUS)


def sdmx_period(period: str) -> str | None:
    """A period in SDMX's form (`2024`, `2024-S1`, `2024-Q1`, `2024-05`, `2024-W07`); None for others."""
    for pattern, form in _PERIODS:
        if match := pattern.fullmatch(period):
            return form.format(*match.groups())
    return None


def map_periods(periods: pl.Series, where: str) -> pl.Series:
    """Periods as providers write them (`2016M01`, `2024Q1`) in SDMX's form.

    Raises `MappingError` on a missing period and on any other form.
    """
    found = {str(period): sdmx_period(str(period)) for period in periods.unique().drop_nulls()}
    if unknown := sorted(period for period, form in found.items() if form is None):
        raise MappingError(
            f"{where}: time_period: not a period: {', '.join(map(repr, unknown[:5]))}"
            f"{' …' if len(unknown) > 5 else ''}; expected 2024, 2024S1, 2024Q1, 2024M05 or 2024W07"
        )
    if missing := periods.null_count():
        raise MappingError(f"{where}: time_period: {missing} rows have no period")
    return periods.cast(pl.String).replace_strict(found, return_dtype=pl.String)
