"""What the providers serve today, as far as it is known: every dimension and code of the recorded constraints
of August 2026, all levels of NUTS 2024, flags; of Statistics Finland the dimensions that titles and answers
name, with municipalities. The figures are made; none is a published one.
"""

import re
from collections.abc import Iterable
from pathlib import Path

import polars as pl

from tests.upstream.made_tables import MadeTable, make_table
from tests.upstream.programmes import archives
from tests.upstream.server import Upstream

CONSTRAINTS = "upstream/eurostat/constraints/eurostat_constraints_2026-08.parquet"
DIMENSIONS = {  # in the order of the tables; time comes last
    "nama_10r_3gdp": ("freq", "unit", "geo"),
    "demo_r_pjanaggr3": ("freq", "unit", "sex", "age", "geo"),
    "bd_size_r3": ("freq", "indic_sb", "sizeclas", "nace_r2", "geo"),
    "pat_ep_rtot": ("freq", "unit", "geo"),
    "edat_lfse_22": ("freq", "training", "wstatus", "sex", "age", "unit", "geo"),
}
FLAGS = {"2024": "p", "FI200": "e", "EE001": "b", "DE300": "u"}  # code -> of all its cells
SECRET = {"edat_lfse_22": {"DE50": "c", "PT20": "bu"}}
EURO = {"MIO_EUR": 30, "MIO_NAC": 30, "MIO_PPS_EU27_2020": 29}
SHARES = {  # of young people: 2 to 60 of every 100
    "PC": 1.0, "T": 1.05, "M": 1.0, "F": 1.1, "A": 1.0, "NO_FE_NO_NFE": 1.0, "NEMP": 1.0,
    "Y15-24": 1.0, "Y15-29": 1.2, "Y18-24": 1.3, "Y18-29": 1.4,
}  # fmt: skip
RECODED = {  # areas that got a new code or border: old, new, the first year of the new one
    ("FI1D4", "FI1D8"): 2016, ("FI1D6", "FI1D9"): 2016, ("EE006", "EE009"): 2018, ("EE007", "EE00A"): 2018,
}  # fmt: skip
COUNTRIES = ("FI", "EE", "LV", "LT", "DE", "PT")  # of all, millions of cells come together
NUTS = re.compile(r"[A-Z]{2}[0-9A-Z]{0,3}")
AREAS = ["SSS", *(f"MK{n:02d}" for n in range(1, 22) if n not in (3, 20)), "SK071", "KU398", "KU142", "KU016"]


def eurostat_world(constraints: Path) -> dict[str, MadeTable]:
    """The shipped tables of Eurostat with the codes that the constraints list."""
    listed = pl.read_parquet(constraints).with_columns(pl.col("df_id").str.to_lowercase())
    tables = {}
    for code, dimensions in DIMENSIONS.items():
        own = listed.filter(df_id=code)
        found = {name: own.filter(dimension_id=name)["code_id"].sort().to_list() for name in dimensions}
        countries = ("FI", "EE") if code == "bd_size_r3" else COUNTRIES
        found["geo"] = [geo for geo in found["geo"] if geo[:2] in countries or is_other(geo)]
        times = own.filter(dimension_id="TIME_PERIOD")["code_id"].sort().to_list()
        scale: dict[str, float] = dict(EURO) if code == "nama_10r_3gdp" else {}
        if code == "edat_lfse_22":
            scale = SHARES | dict.fromkeys(times, 1.0)
            whole = {geo: geo[:2] if geo[:2] in ("EE", "LV") else geo for geo in found["geo"]}  # one region
            scale |= {geo: 2 + found["geo"].index(whole[geo]) / 20 for geo in found["geo"]}
        years = {}
        if code == "bd_size_r3":
            scale["V11910"] = 1000  # of all enterprises the others are parts
            for at, ((old, new), first) in enumerate(RECODED.items()):
                scale |= {old: 500 + at, new: 500 + at}
                years |= {old: ("2000", str(first - 1)), new: (str(first), "2100")}
        tables[code] = make_table(
            code,
            found | {"TIME_PERIOD": times},
            flags=FLAGS | SECRET.get(code, {}),
            scale=scale,
            years=years,
            updated="2026-08-01T06:00:00",
        )
    return tables


def other_tables(constraints: Path, codes: Iterable[str]) -> dict[str, MadeTable]:
    """More tables of Eurostat by their constraints, with figures near 1: which stay below every bound."""
    listed = pl.read_parquet(constraints).with_columns(pl.col("df_id").str.to_lowercase())
    tables = {}
    for code in codes:
        own = listed.filter(df_id=code)
        names = own["dimension_id"].unique().sort().to_list()
        order = sorted(names, key=lambda name: (name == "TIME_PERIOD", name == "geo", name != "freq", name))
        found = {name: own.filter(dimension_id=name)["code_id"].sort().to_list() for name in order}
        if found:
            found["geo"] = [geo for geo in found["geo"] if geo[:2] in COUNTRIES or is_other(geo)]
            scale = {code: 1 + at / 1000 for known in found.values() for at, code in enumerate(known)}
            tables[code] = make_table(code, found, scale=scale, flags=FLAGS, updated="2026-08-01T06:00:00")
    return tables


def is_other(geo: str) -> bool:
    """Whether a code is of no country: the EU, EFTA, Germany within the borders of another time."""
    return geo in ("EFTA",) or not NUTS.fullmatch(geo)


def statfin_world() -> dict[str, tuple[str, MadeTable]]:
    """The shipped tables of Statistics Finland as their titles say them."""
    years = [str(year) for year in range(2007, 2026)]
    ages = ["SSS", *(f"{age:03d}" for age in range(100)), "100-"]
    named = {"time": "Vuosi", "content": "Tiedot", "flags": {"KU016": "..."}}
    shares = {"osuus10": 0.7, "osuus3": 0.4, "osuus15": 0.3, "SSS": 1.0, "1": 0.9, "2": 1.0}
    shares |= {area: 90 + at / 50 for at, area in enumerate(AREAS)} | {"15-19": 0.5, "20-24": 0.6}
    education = make_table(
        "12bs",
        {
            "Vuosi": years,
            "Alue": AREAS,
            "Sukupuoli": ["SSS", "1", "2"],
            "Ikä": ["SSS", "15-19", "20-24"],
            "Tiedot": ["osuus10", "osuus3", "osuus15", "vaesto"],
        },
        scale=shares | {"SSS": 1.0} | dict.fromkeys(years, 1.0),
        eliminated=("Sukupuoli", "Ikä", "Alue"),
        **named,
    )
    population = make_table(
        "11re",
        {"Alue": AREAS, "Ikä": ages, "Sukupuoli": ["SSS", "1", "2"], "Vuosi": years, "Tiedot": ["vaesto"]},
        eliminated=("Sukupuoli", "Ikä", "Alue"),
        **named,
    )
    return {"12bs": ("vkour", education), "11re": ("vaerak", population)}


def live_world(shared: Path) -> Upstream:
    """All of it."""
    from tests.fetch.live_runs import made_upstream

    known = made_upstream()
    own = dict(eurostat_world(shared / CONSTRAINTS))
    return Upstream(
        eurostat=own | other_tables(shared / CONSTRAINTS, set(known.eurostat) - set(own)),
        statfin=known.statfin | statfin_world(),
        files=known.files | archives("h2020", "fp7"),
    )
