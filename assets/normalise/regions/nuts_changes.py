"""What changed from one NUTS version to the next, from the full lists that put both side by side.

Kinds of change, pairing and notes belong here. What a change does to figures (weights) does not. The sheets
with the changes of one level are not asked which areas changed (one repeats older changes), only for their
texts.
"""

import polars as pl

from assets.errors import MappingError
from assets.normalise.regions.lists import read_region_list
from assets.normalise.regions.nuts_lists import EXTRA_REGIO

VERSIONS = ["from", "to"]
KEY = [*VERSIONS, "old", "new"]
CODES = r"\b[A-Z]{2}[0-9A-Z]{1,3}\b"
ON_FIGURES = r"(, )?rec(alculation|l\.) by NSI[;=]?"  # the national institute recalculates the figures


def nuts_changes(lines: pl.DataFrame) -> pl.DataFrame:
    """The changes of areas of levels 1 to 3; `lines` are all lines of the workbooks, in their order.

    Columns: `from_classification`, `to_classification`, `old`, `new` (one of them can be null), `level`
    (Int64), `change` (a kind of `schemas/regions/nuts_change_kinds.csv`), `note` (the workbook's own words,
    where they say more than the kind), `pairing` (`line`: the workbook has both codes on one line; `name`:
    two adjacent lines of one level and name, of an area that ends by a boundary shift and one that begins;
    null where only one code is known). Raises `MappingError` for a line whose text is not in the list of
    kinds.
    """
    ours = (pl.col("level") != "0") & ~pl.coalesce("new", "old").str.contains(EXTRA_REGIO)
    both = lines.filter((pl.col("sheet") == "correspondence") & ours).drop("explanation")
    details = _details(lines)
    changes = _pair_by_name(_with_kinds(both, details)).filter(pl.col("kind").is_not_null())
    has_both = pl.col("old").is_not_null() & pl.col("new").is_not_null()
    return _with_notes(changes, details).select(
        pl.format("nuts-{}", "from").alias("from_classification"),
        pl.format("nuts-{}", "to").alias("to_classification"),
        "old",
        "new",
        pl.col("level").cast(pl.Int64),
        pl.col("kind").alias("change"),
        "note",
        pl.coalesce("pairing", pl.when(has_both).then(pl.lit("line"))).alias("pairing"),
    )


def _details(lines: pl.DataFrame) -> pl.DataFrame:
    """The texts of the sheets of one level, by versions and codes: `detail`, `explanation`."""
    found = lines.filter(pl.col("sheet") == "detail").with_columns(pl.col("change").alias("detail"))
    return found.unique(KEY, keep="first", maintain_order=True).select(*KEY, "detail", "explanation")


def _with_kinds(both: pl.DataFrame, details: pl.DataFrame) -> pl.DataFrame:
    """The lines with `kind`, null where nothing changed, and `tells` (`yes`: the text says more than the
    kind, `else`: it does where no other text is found).

    Where the full list leaves the text of a change out, the sheet of the level has it.
    """
    kinds = read_region_list("nuts_change_kinds").rename({"text": "key"})
    texts = both.join(details, on=KEY, how="left", maintain_order="left", nulls_equal=True)
    same = pl.col("old").eq_missing(pl.col("new"))
    text = pl.coalesce("change", pl.when(~same).then("detail"))
    found = texts.with_columns(text.str.to_lowercase().alias("key")).join(
        kinds, on="key", how="left", maintain_order="left"
    )
    lost = found.filter(pl.col("kind").is_null() & (pl.col("key").is_not_null() | ~same))
    if lost.height:
        row = lost.row(0, named=True)
        raise MappingError(
            f"regions: NUTS {row['from']} to {row['to']}, {row['old']} to {row['new']}: the change "
            f"{row['change'] or ''!r} is not in schemas/regions/nuts_change_kinds.csv; say there what kind "
            f"it is ({lost.height} such lines)"
        )
    return found.drop("key").rename({"note": "tells"})


def _pair_by_name(lines: pl.DataFrame) -> pl.DataFrame:
    """The lines, where a boundary shift without a new code and the new area beside it are one line.

    They stand next to each other, in either order, with one name and level.
    """
    begins = (pl.col("kind") == "new") & pl.col("old").is_null()
    ends = (pl.col("kind") == "boundary-shift") & pl.col("new").is_null()

    def beside(step: int) -> pl.Expr:
        same = [pl.col(c).eq_missing(pl.col(c).shift(step)) for c in (*VERSIONS, "level", "name")]
        return pl.all_horizontal(begins, ends.shift(step), *same).fill_null(False)

    before, after = beside(1), beside(-1)
    for_end = pl.coalesce(
        pl.when(before.shift(-1)).then(pl.col("new").shift(-1)),
        pl.when(after.shift(1)).then(pl.col("new").shift(1)),
    )
    paired = lines.with_columns(
        (before | after).alias("gone"),
        pl.coalesce("new", pl.when(ends).then(for_end)).alias("new"),
        pl.when(ends & for_end.is_not_null()).then(pl.lit("name")).alias("pairing"),
    )
    return paired.filter(~pl.col("gone")).drop("gone")


def _with_notes(changes: pl.DataFrame, details: pl.DataFrame) -> pl.DataFrame:
    """The changes with `note`: the words of the line, of its level's sheet, and of the area that a pair
    begins.

    An explanation that names other areas only is left out (one sheet has them in the wrong lines), and so are
    those that repeat the codes of a recoding or speak of the figures and not of the area. Where a text stands
    on the first of several lines that it is about, it is a note of each line whose code it names.
    """
    listed = read_region_list("nuts_change_kinds")["text"].implode()
    is_free = pl.col("detail").str.contains("[0-9(]") & ~pl.col("detail").str.to_lowercase().is_in(listed)
    free = details.filter(is_free.fill_null(False))
    named = (
        free.with_columns(pl.col("detail").str.extract_all(CODES).alias("code"))
        .explode("code")
        .group_by(*VERSIONS, "code", maintain_order=True)
        .agg(
            pl.col("detail")
            .str.strip_chars_end(".")
            .unique(maintain_order=True)
            .str.join("; ")
            .alias("named_note")
        )
    )
    new_side = details.filter(pl.col("old").is_null()).select(
        *VERSIONS, "new", pl.col("explanation").alias("begun")
    )
    found = changes.join(new_side, on=[*VERSIONS, "new"], how="left", maintain_order="left").join(
        named, left_on=[*VERSIONS, "old"], right_on=[*VERSIONS, "code"], how="left", maintain_order="left"
    )
    explained = pl.coalesce("explanation", pl.when(pl.col("pairing") == "name").then("begun"))
    explained = explained.str.replace_all(ON_FIGURES, "").str.strip_chars(" ;,")
    names = explained.str.extract_all(CODES)
    own = [names.list.contains(pl.col(side)).fill_null(False) for side in ("old", "new")]
    repeats = pl.col("kind").is_in(["recoded", "renamed"])
    kept = pl.any_horizontal(own) & ~repeats & (explained != "")
    text = pl.coalesce(
        pl.when(pl.col("tells") == "yes").then("change"),
        pl.when(is_free).then("detail"),
        "named_note",
        pl.when(pl.col("tells") == "else").then("change"),
    )
    words = [text.str.strip_chars_end("."), pl.when(kept).then(explained)]
    note = pl.concat_str(words, separator="; ", ignore_nulls=True)
    return found.with_columns(pl.when(note != "").then(note).alias("note"))
