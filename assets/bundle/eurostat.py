"""What the bundle holds of Eurostat's statistics: which lines of which recorded file, in Eurostat's format.

The selection and its wording belong here; NUTS workbooks belong to `regions`, writing the files to
`bundle`.
"""

import csv
import gzip
import io
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from assets.bundle.recorded import recorded_provenance
from assets.errors import SourceError
from assets.store.snapshots import Provenance

TSV = "text/tab-separated-values"
NEIGHBOURS = ("FI", "SE", "DK", "EE", "LV", "LT")
BALTIC_SEA = (*NEIGHBOURS, "PL", "DE")

SELECTIONS = {
    "nama_10r_3gdp": {
        "fi": "Taulukosta nama_10r_3gdp paketissa ovat kaikki mittayksiköt ja vuodet 2000–2022: Suomen, "
        "Ruotsin, Tanskan, Viron, Latvian, Liettuan, Puolan ja Saksan kaikki alueet sekä jokaisen maan "
        "ja EU:n yhteensä-tiedot. Muiden maiden alueet on jätetty pois.",
        "sv": "Ur tabellen nama_10r_3gdp innehåller paketet alla måttenheter och åren 2000–2022: alla "
        "regioner i Finland, Sverige, Danmark, Estland, Lettland, Litauen, Polen och Tyskland samt "
        "totaluppgifterna för varje land och för EU. Övriga länders regioner har utelämnats.",
        "en": "From table nama_10r_3gdp the package holds all units and the years 2000–2022: every "
        "region of Finland, Sweden, Denmark, Estonia, Latvia, Lithuania, Poland and Germany, and the "
        "totals of each country and of the EU. The regions of other countries are left out.",
    },
    "demo_r_pjanaggr3": {
        "fi": "Taulukosta demo_r_pjanaggr3 paketissa on kokonaisväestö (molemmat sukupuolet, kaikki iät) "
        "Suomen, Saksan ja Romanian NUTS 3 -alueilla vuosina 2000–2020.",
        "sv": "Ur tabellen demo_r_pjanaggr3 innehåller paketet den totala folkmängden (båda könen, alla "
        "åldrar) i Nuts 3-regionerna i Finland, Tyskland och Rumänien 2000–2020.",
        "en": "From table demo_r_pjanaggr3 the package holds the total population (both sexes, all ages) "
        "of the NUTS 3 regions of Finland, Germany and Romania, 2000–2020.",
    },
    "bd_size_r3": {
        "fi": "Taulukosta bd_size_r3 paketissa ovat Suomen, Ruotsin, Tanskan, Viron, Latvian ja Liettuan "
        "kaikki tiedot; muut maat on jätetty pois.",
        "sv": "Ur tabellen bd_size_r3 innehåller paketet alla uppgifter för Finland, Sverige, Danmark, "
        "Estland, Lettland och Litauen; övriga länder har utelämnats.",
        "en": "From table bd_size_r3 the package holds everything on Finland, Sweden, Denmark, Estonia, "
        "Latvia and Lithuania; other countries are left out.",
    },
    "edat_lfse_22": {
        "fi": "Taulukosta edat_lfse_22 paketissa ovat Suomen, Ruotsin, Tanskan, Viron, Latvian ja "
        "Liettuan kaikki tiedot; muut maat on jätetty pois.",
        "sv": "Ur tabellen edat_lfse_22 innehåller paketet alla uppgifter för Finland, Sverige, Danmark, "
        "Estland, Lettland och Litauen; övriga länder har utelämnats.",
        "en": "From table edat_lfse_22 the package holds everything on Finland, Sweden, Denmark, "
        "Estonia, Latvia and Lithuania; other countries are left out.",
    },
}

# pat_ep_rtot ended; Eurostat's table of contents of August 2023 gives this as its last update of data.
PATENTS_UPDATED = "2016-04-29"


def in_neighbours(geo: str) -> bool:
    """Whether an area belongs to Finland, the other Nordic EU countries or the Baltic countries."""
    return geo.startswith(NEIGHBOURS)


def in_baltic_sea_or_total(geo: str) -> bool:
    """Whether an area belongs to the countries round the Baltic Sea, or is a country or an EU total."""
    return geo.startswith((*BALTIC_SEA, "EU", "EA")) or len(geo) == 2


def snapshots(recorded: Path) -> Iterator[tuple[bytes, Provenance]]:
    """The bundled snapshots of Eurostat's statistics, made from the folder of recorded files."""
    for table, path, keep in (
        ("nama_10r_3gdp", "eurostat/tsv/nama_10r_3gdp_2024-07.tsv", in_baltic_sea_or_total),
        ("bd_size_r3", "eurostat/tsv/bd_size_r3_tabular.tsv.gz", in_neighbours),
        ("edat_lfse_22", "eurostat/tsv/edat_lfse_22_tabular.tsv.gz", in_neighbours),
    ):
        yield (
            compress(select_area_lines(unzip(recorded / path), keep)),
            _provenance(recorded, path, table, TSV, selection=SELECTIONS[table]),
        )

    path = "eurostat/sdmx-csv/demo_r_pjanaggr3_page_linear_2023-09.csv.gz"
    content = unzip(recorded / path)
    yield (
        compress(content),
        _provenance(
            recorded,
            path,
            "demo_r_pjanaggr3",
            "text/csv",
            updated=last_update(content),
            selection=SELECTIONS["demo_r_pjanaggr3"],
        ),
    )

    path = "eurostat/converted/pat_ep_rtot_1977-2012.csv.gz"
    yield (
        compress(patents_tsv(unzip(recorded / path))),
        _provenance(recorded, path, "pat_ep_rtot", TSV, updated=PATENTS_UPDATED),
    )


def select_area_lines(content: bytes, keep: Callable[[str], bool]) -> bytes:
    """The header and the lines of a Eurostat TSV whose area (last code of the first cell) is kept.

    Kept lines stay byte for byte, line ends included. Raises `SourceError` for another layout.
    """
    header, *lines = content.splitlines(keepends=True)
    if not header.split(b"\t")[0].endswith(b",geo\\TIME_PERIOD"):
        raise SourceError("TSV", "header", f"geo is not the last dimension: {header[:80]!r}")
    return header + b"".join(line for line in lines if keep(line.split(b"\t", 1)[0].decode().split(",")[-1]))


def last_update(content: bytes) -> str:
    """The one `LAST UPDATE` of an SDMX-CSV as RFC 3339. Eurostat writes it without zone, in Brussels time."""
    found = {row["LAST UPDATE"] for row in csv.DictReader(io.StringIO(content.decode()))}
    if len(found) != 1:
        raise SourceError("SDMX-CSV", "LAST UPDATE", f"one value expected, found {sorted(found)}")
    moment = datetime.strptime(found.pop(), "%d/%m/%y %H:%M:%S")
    return moment.replace(tzinfo=ZoneInfo("Europe/Brussels")).isoformat()


def patents_tsv(content: bytes) -> bytes:
    """The recorded long CSV of pat_ep_rtot (unit, geo, time, values) as the wide TSV that Eurostat serves.

    Values keep their digits; a period without value is `: `, as in every Eurostat TSV. The copy has no
    flags. Raises `SourceError` for a cell that is there twice.
    """
    series: dict[tuple[str, str], dict[str, str]] = {}
    for row in csv.DictReader(io.StringIO(content.decode())):
        values = series.setdefault((row["unit"], row["geo"]), {})
        if row["time"] in values:
            raise SourceError(
                "pat_ep_rtot", f"{row['unit']},{row['geo']},{row['time']}", "the cell is there twice"
            )
        values[row["time"]] = row["values"]
    years = sorted({year for values in series.values() for year in values})
    lines = ["\t".join(["freq,unit,geo\\TIME_PERIOD", *(f"{year} " for year in years)])]
    for (unit, geo), values in sorted(series.items()):
        lines.append("\t".join([f"A,{unit},{geo}", *(f"{values.get(year, ':')} " for year in years)]))
    return "".join(f"{line}\r\n" for line in lines).encode()


def unzip(path: Path) -> bytes:
    """The content of a recorded file, gunzipped where it is a gzip file."""
    content = path.read_bytes()
    return gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content


def compress(content: bytes) -> bytes:
    """Gzip without name and time, so that the same content gives the same bytes."""
    return gzip.compress(content, compresslevel=9, mtime=0)


def _provenance(
    recorded: Path,
    path: str,
    table: str,
    media_type: str,
    *,
    updated: str | None = None,
    selection: dict[str, str] | None = None,
) -> Provenance:
    return recorded_provenance(
        recorded,
        path,
        provider="eurostat",
        table=table,
        part="data",
        media_type=media_type,
        updated=updated,
        selection=selection,
    )
