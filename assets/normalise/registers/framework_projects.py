"""What no mapping says of CORDIS's projects: which are ours, persons withheld, one row per organisation,
costs not declared.

Functions of `schemas/datasets/framework-projects.yaml`, frame in, frame out; hooks get the mapped fields and,
as `source.<name>`, the columns that the descriptor ignores. Codes and types belong to the descriptor, which
columns a bundle leaves blank to `fetch`.
"""

from collections.abc import Callable

import polars as pl

from assets.descriptor import Resource, load_catalogue

_PLACEHOLDER = r"(?i)^(-+|n/a|x+)$"  # what older files of CORDIS have in the place of nothing
_LINE_BREAKS = r"\s*[\r\n\t\x{0B}\x{0C}\x{85}\x{2028}\x{2029}]+\s*"


def in_focus_country(rows: pl.LazyFrame, beside: Callable[[str], pl.LazyFrame]) -> pl.LazyFrame:
    """The rows of the projects that have a participant in the focus country (`schemas/catalogue.yaml`), of
    whatever country the row is. CORDIS's files hold all projects of a programme; the bundle only these.
    """
    country = load_catalogue().focus[:2]
    key = "projectID" if "projectID" in rows.collect_schema().names() else "id"
    ours = beside("organization").filter(pl.col("country") == country).select(pl.col("projectID").alias(key))
    return rows.join(ours.unique(), on=key, how="semi", maintain_order="left")


def finish_projects(frame: pl.LazyFrame, resource: Resource) -> pl.LazyFrame:
    """`projects`: titles and acronyms in one line, a total cost of 0 (not declared) null."""
    return frame.with_columns(_one_line("acronym"), _one_line("title"), _declared("total_cost"))


def withhold_persons(frame: pl.LazyFrame, resource: Resource) -> pl.LazyFrame:
    """`participations`: `name_withheld`, then no `organisation`; a total cost of 0 (not declared) null.

    A contribution of 0 stays 0: it is a fact (paid through another participant).
    """
    return frame.with_columns(
        pl.when(~_may_be_person("source.city")).then(_number("organisation")),
        _may_be_person("source.city").alias("name_withheld"),
        _declared("total_cost"),
    )


def gather_organisations(frame: pl.LazyFrame, resource: Resource) -> pl.LazyFrame:
    """`organisations`: one row per PIC, from the row of the newest `contentUpdateDate`, then of the highest
    project number, then of the lowest order; rows without PIC and of possible persons are none.

    An update time that is missing counts as the oldest. `contentUpdateDate` sorts as text (ISO 8601).
    """
    newest = (
        pl.col("source.contentUpdateDate"),
        pl.col("source.projectID").cast(pl.Int64),
        -pl.col("source.order").cast(pl.Int64),
    )
    return (
        frame.with_columns(_number("organisation"))
        .filter(~_may_be_person("city"), pl.col("organisation").is_not_null())
        .sort(newest, descending=True, nulls_last=True)
        .unique("organisation", keep="first", maintain_order=True)
        .with_columns(_one_line("name"), _one_line("short_name"), _place("city"))
    )


def _number(column: str) -> pl.Expr:
    """A participant code; null where a placeholder says that there is none. Anything else stays, to be judged
    by the schema.
    """
    return pl.when(~pl.col(column).str.contains(_PLACEHOLDER)).then(column).alias(column)


def _place(column: str) -> pl.Expr:
    """A city in one line; null where it has no letter: a dash, or a telephone number in the wrong column."""
    return pl.when(pl.col(column).str.contains(r"\p{L}")).then(_one_line(column))


def _may_be_person(city: str) -> pl.Expr:
    """Whether a participant has neither street nor city, as sole traders and fellows in CORDIS have it.

    The one rule for bundle and live file. The bundle has no streets; its script makes sure that a city is
    missing there only where the street was missing too (`assets.bundle.cordis`).
    """
    return _blank("source.street") & _blank(city)


def _blank(column: str) -> pl.Expr:
    return pl.col(column).fill_null("").str.strip_chars() == ""


def _declared(column: str) -> pl.Expr:
    return pl.when(pl.col(column) != 0).then(column)


def _one_line(column: str) -> pl.Expr:
    return pl.col(column).str.replace_all(_LINE_BREAKS, " ").str.strip_chars()
