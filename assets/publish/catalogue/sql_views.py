"""Every published table as a view of DuckDB, labels beside codes: the file `innoregio.sql` of the tree.

The views read the newest releases' Parquet files where they lie, over HTTP or in a folder; nothing is copied.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from assets.errors import PublishError
from assets.publish.catalogue.packages import Package

SQL = "innoregio.sql"
PARQUET = "-parquet"
VARIABLE = "innoregio"
HEAD = """\
-- Every table of this tree as a view, its labels in Finnish, Swedish and English beside the codes.
--   duckdb -init innoregio.sql            reads over HTTP, from {base}
--   SET VARIABLE innoregio = 'public/';   before `.read innoregio.sql`: from a folder, its name with a slash
SET VARIABLE innoregio = coalesce(getvariable('innoregio'), {base_text});
"""


def write_views(packages: Sequence[Package], base: str, languages: Sequence[str]) -> bytes:
    """The statements, in UTF-8: one `CREATE OR REPLACE VIEW` a table, by name.

    A view is called like its table, with `_` for `-`; where the table is not called after its dataset, that
    stands before it (`regions_areas`). A label is the column `<field>_label_<language>`. Raises
    `PublishError` where two tables would have one view.
    """
    views: dict[str, str] = {}
    for package in packages:
        for name, statement in _views(package, languages):
            if name in views:
                raise PublishError(f"{package.name}: two tables would be the view {name}; rename one")
            views[name] = statement
    head = HEAD.format(base=base, base_text=_text(base))
    return "\n".join([head, *(views[name] for name in sorted(views))]).encode()


def view_name(dataset: str, table: str) -> str:
    """The view of a table: `rd_expenditure`, `population_eurostat`, `regions_areas`."""
    whole = table if table == dataset or table.startswith(f"{dataset}-") else f"{dataset}-{table}"
    return whole.replace("-", "_")


def _views(package: Package, languages: Sequence[str]) -> Iterator[tuple[str, str]]:
    resources = {entry["name"]: entry for entry in package.content["resources"]}
    for entry in package.content["resources"]:
        table = entry["name"].removesuffix(PARQUET)
        if entry["name"].endswith(PARQUET) and table in resources:
            name = view_name(package.name, table)
            yield name, _view(name, package.name, entry, resources[table]["schema"], resources, languages)


def _view(
    name: str,
    dataset: str,
    entry: Mapping[str, Any],
    schema: Mapping[str, Any],
    resources: Mapping[str, Mapping[str, Any]],
    languages: Sequence[str],
) -> str:
    labels: dict[str, tuple[str, list[str]]] = {}  # field -> alias of its list, languages
    joins = []
    for key in schema.get("foreignKeys", []):
        codes = resources.get(key["reference"]["resource"])
        if codes is None or not codes["name"].startswith("codes-"):
            continue
        there = {field["name"] for field in codes["schema"]["fields"]}
        spoken = [language for language in languages if f"label_{language}" in there]
        if not spoken:
            continue
        alias = f"codes{len(labels)}"
        labels[key["fields"][-1]] = alias, spoken
        pairs = zip(key["fields"], key["reference"]["fields"], strict=True)
        matched = " AND ".join(f"{alias}.{_name(code)} = data.{_name(field)}" for field, code in pairs)
        joins.append(f"  LEFT JOIN {_read_codes(dataset, codes)} AS {alias}\n    ON {matched}")
    taken = {field["name"] for field in entry["schema"]["fields"]}
    columns = []
    for field in entry["schema"]["fields"]:
        columns.append(f"data.{_name(field['name'])}")
        alias, spoken = labels.get(field["name"], ("", []))
        columns += [
            f"{alias}.{_name(f'label_{language}')} AS {_name(label)}"
            for language in spoken
            if (label := f"{field['name']}_label_{language}") not in taken
        ]
    selected = ",\n    ".join(columns)
    source = f"  FROM read_parquet({_file(dataset, entry)}) AS data"
    head = f"CREATE OR REPLACE VIEW {_name(name)} AS\n  SELECT {selected}"
    return "\n".join([head, source, *joins]) + ";\n"


def _read_codes(dataset: str, codes: Mapping[str, Any]) -> str:
    """With its columns said, so that nothing is read before the view is used."""
    columns = ", ".join(f"{_text(field['name'])}: 'VARCHAR'" for field in codes["schema"]["fields"])
    said = "delim = ',', quote = '\"', escape = '\"', header = true, auto_detect = false"
    return f"read_csv({_file(dataset, codes)}, {said},\n    columns = {{{columns}}})"


def _file(dataset: str, entry: Mapping[str, Any]) -> str:
    return f"getvariable('{VARIABLE}') || {_text(dataset + '/' + entry['path'])}"


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
