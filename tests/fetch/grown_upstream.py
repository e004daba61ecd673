"""An upstream that has grown since the bundle was recorded."""

from dataclasses import replace

from tests.fetch.live_runs import CODES, FOLDERS, made_upstream
from tests.upstream.figures import Table, cordis_members, eurostat_table, make_zip
from tests.upstream.programmes import ARCHIVES, archives
from tests.upstream.server import Upstream


def one_period_more(table: Table) -> Table:
    """The table with the cells of its newest period once more, a year later."""
    at = table.dimensions.index(table.time)
    newest = max(key[at] for key in table.cells)
    later = str(int(newest) + 1)
    new = {(*key[:at], later, *key[at + 1 :]): cell for key, cell in table.cells.items() if key[at] == newest}
    return replace(table, cells=table.cells | new)


def grown_population() -> Table:
    """Both parts of the population that the bundle has, as the provider's one table, and a year more."""
    code = "demo_r_pjanaggr3"
    totals, groups = (eurostat_table(code, lambda geo: True, part) for part in ("data", "age-groups"))
    assert totals.dimensions == groups.dimensions
    merged = replace(totals, cells=totals.cells | groups.cells, updated="2026-05-20T06:00:00")
    return one_period_more(merged)


def grown_upstream() -> Upstream:
    upstream = made_upstream()
    for code in CODES:  # the other tables are made, and no bundle has them
        upstream.eurostat[code] = one_period_more(eurostat_table(code, lambda geo: True))
    code = "edat_lfse_22"  # one year more would be too old for its bounds
    upstream.eurostat[code] = one_period_more(upstream.eurostat[code])
    upstream.eurostat["demo_r_pjanaggr3"] = grown_population()
    for code in FOLDERS:
        folder, table = upstream.statfin[code]
        upstream.statfin[code] = folder, one_period_more(table)
    upstream.files = archives() | {ARCHIVES["horizon"]: make_zip(cordis_members(100_000))}
    return upstream
