"""What `diff` and `rebuild` print: the differences of two releases, for people or as JSON.

What differs is found in `assets.publish.revisions.diff`, what was rebuilt in `assets.rebuild`.
"""

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import click

from assets.publish.revisions.changelog import count, number_text
from assets.publish.revisions.diff import ReleaseDiff, describe_diff
from assets.rebuild import Rebuilt
from orchestration.cli.printing import print_json, shortened

WIDTH = 79
KEY_AT = 12  # the column in which the key of a difference begins
LONGEST = 40  # signs of a cell
BY = {"provider": "the provider's code", "label": "its label", "figures": "its figures"}


def print_diff(diff: ReleaseDiff | None, dataset: str, form: str, rows: int | None) -> None:
    """Two releases compared: numbers first, then at most `rows` differences of each kind (None: all)."""
    nothing: dict[str, Any] = {"old": None, "new": None, "equal": True}
    nothing |= {name: [] for name in ("tables", "code_lists", "texts", "snapshots")}
    content = describe_diff(diff, rows) if diff else {"dataset": dataset, **nothing}
    if form == "json":
        print_json(content)
        return
    if diff is None:
        click.echo(f"{dataset}: one release only, there is nothing to compare")
        return
    click.echo(f"{diff.dataset} {diff.old} -> {diff.new}" + (": no difference" if diff.is_empty else ""))
    for table in content["tables"]:
        print_table(table, rows)
    for name in diff.code_lists:
        click.echo(f"\ncode list {name}: other content")
    if diff.texts:
        click.echo(f"\ndescriptor: {', '.join(diff.texts)}")
    for snapshot in diff.snapshots:
        updated = snapshot.get("updated") or "not stated"
        table = f"{snapshot['provider']}/{snapshot['table']}"
        click.echo(f"snapshot {table} {snapshot['sha256'][:16]}, updated {updated}")


def print_table(table: Mapping[str, Any], limit: int | None) -> None:
    """One table: numbers, renamed codes, largest revisions, differences."""
    old, new = table["rows"]["old"], table["rows"]["new"]
    sizes = " -> ".join("not there" if rows is None else f"{rows:,}" for rows in (old, new))
    click.echo(f"\n{table['table']}: {sizes if old != new else f'{new:,}'} rows{format_period(table)}")
    for column in table["columns"]:
        click.echo(f"  {column}")
    changes = {kind: number for kind, number in (table["changes"] or {}).items() if number}
    revised = changes.pop("recoded_revised", 0)
    for kind, number in changes.items():
        also = (
            f", {revised:,} of them with another value or flag too" if kind == "recoded" and revised else ""
        )
        click.echo(f"  {count(kind, number, 'en')}{also}")
    if table["changes"] is not None and not changes and not table["columns"]:
        click.echo("  as before")
    for line in format_renames(table["renames"], limit):
        click.echo(f"  {line}")
    largest, relative = table["largest_revision"], table["largest_relative_revision"]
    for label, revision in (("largest revision", largest), ("largest in proportion", relative)):
        if revision and (revision is largest or revision != largest):
            share = f" ({revision['relative']:.1%})" if revision["relative"] is not None else ""
            key = " ".join(str(code) for code in revision["key"].values())
            values = " -> ".join(number_text(revision[side], "en") for side in ("old", "new"))
            echo_wrapped(f"  {label}: {values}{share} at {key}")
    for difference in table["differences"]:
        print_difference(difference)
    hidden = sum(changes.values()) - len(table["differences"])
    if hidden > 0:
        click.echo(f"  {hidden:,} more; --rows shows them")


def format_renames(renames: Sequence[Mapping[str, Any]], limit: int | None) -> Iterator[str]:
    """The renamed codes: areas that only changed their vintage in one line for each, others one by one."""
    vintages: dict[tuple[str, str], list[int]] = {}
    for rename in renames:
        if rename["evidence"] == "vintage":
            vintages.setdefault((rename["old"][0], rename["new"][0]), []).append(rename["rows"])
    for (old, new), rows in vintages.items():
        yield f"vintage {old} -> {new}: {len(rows):,} areas with the same code ({sum(rows):,} rows)"
    others = [rename for rename in renames if rename["evidence"] != "vintage"]
    for rename in others[:limit]:
        codes = " -> ".join(" ".join(map(str, rename[side])) for side in ("old", "new"))
        yield f"{rename['fields'][-1]} {codes} ({rename['rows']:,} rows, known by {BY[rename['evidence']]})"
    if limit is not None and len(others) > limit:
        yield f"{len(others) - limit:,} more codes"


def echo_wrapped(text: str) -> None:
    """A line, broken where a terminal of 80 columns ends; what follows is indented under the key."""
    indent = len(text) - len(text.lstrip())
    wrapped = textwrap.wrap(
        text.strip(),
        WIDTH,
        initial_indent=" " * indent,
        subsequent_indent=" " * KEY_AT,
        break_long_words=False,
        break_on_hyphens=False,
    )
    click.echo("\n".join(wrapped))


def format_period(table: Mapping[str, Any]) -> str:
    """The newest period, and the one before where it is another."""
    old, new = table["newest_period"]["old"], table["newest_period"]["new"]
    if not new:
        return ""
    return f", newest period {new}" + (f" (was {old})" if old and old != new else "")


def print_difference(difference: Mapping[str, Any]) -> None:
    """One differing row on a line: what happened, the key, the values."""
    key = " ".join(str(code) for code in difference["key"].values())
    if "old_key" in difference:
        key += " (was " + " ".join(str(code) for code in difference["old_key"].values()) + ")"
    old, new = difference.get("old"), difference.get("new")
    values = [
        f"{name} {format_cell(old[name])} -> {format_cell(new[name])}"
        if old and new
        else f"{name} {format_cell((new or old or {})[name])}"
        for name in (new or old or {})
        if (old and new) or (new or old or {})[name] is not None
    ]
    echo_wrapped(f"  {difference['kind']:<10}{key}: {', '.join(values)}".rstrip(": "))


def format_cell(value: Any) -> str:
    """A cell on one line, long text cut; a missing one as a dash."""
    text = "-" if value is None else " ".join(str(value).split())
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def print_rebuilt(rebuilt: Rebuilt, form: str) -> None:
    """Whether a rebuilt release has the bytes of the published one; else which files have not, and why."""
    if form == "json":
        print_json(vars(rebuilt) | {"same": rebuilt.is_same})
        return
    name = f"{rebuilt.dataset}@{rebuilt.version}"
    if rebuilt.is_same:
        click.echo(f"{name}: all {rebuilt.files} files come out the same, byte by byte")
    for file in rebuilt.different:
        click.echo(f"{name}: {file} differs")
    if rebuilt.needs and rebuilt.is_same:
        click.echo(f"it was made with {rebuilt.needs}: no byte of its files depends on that")
    elif rebuilt.needs:
        click.echo(
            f"to make it again, use what it was made with: {rebuilt.needs}; "
            f"`innoregio show {rebuilt.dataset}` shows the same for the code that runs"
        )
    if rebuilt.folder:
        click.echo(f"left in {shortened(rebuilt.folder)}")
