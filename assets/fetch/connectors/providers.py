"""Who publishes what where: base addresses, and what is theirs in a protocol that others speak too.

Configuration only. A provider that speaks a known protocol is an entry here, or nothing but its address in
the environment; what it does differently in code stands in a file named after it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from assets.errors import SettingError
from assets.fetch.errors import NoLiveSource


@dataclass(frozen=True)
class Provider:
    """A provider's address, limits and names. The defaults suit one that is known by address only."""

    name: str
    base: str
    licence: str = "CC-BY-4.0"
    language: str = "en"
    calls: int = 30  # per `seconds`, until the server says otherwise
    seconds: float = 10.0
    database: str = ""  # PxWeb v1: below the language
    suffix: str = ""  # PxWeb v1: what follows the table's code in an address
    zone: str = ""  # PxWeb v1: of the times in its listings, which say none
    files: Mapping[str, str] = field(default_factory=dict)  # download: table -> file below the base address
    pages: Mapping[str, str] = field(default_factory=dict)  # paged: table -> path below the base address
    items: str = ""  # paged: the member of an answer that holds the list
    total: str = ""  # paged: the member that holds the count of all


PROVIDERS: dict[str, Provider] = {
    one.name: one
    for one in (
        Provider("eurostat", "https://ec.europa.eu/eurostat/api/dissemination", calls=20, seconds=10.0),
        Provider(
            "statfin",
            "https://pxdata.stat.fi/PxWeb/api/v1",
            language="fi",  # descriptors name variables as the Finnish tables do
            calls=10,  # of 10 calls in 10 seconds nobody complained (2021); `?config` says more
            seconds=10.0,
            database="StatFin",
            suffix=".px",
            zone="Europe/Helsinki",
        ),
        Provider("jrc", ""),  # its matrices have no address that we know: recorded copies are all there is
        Provider(
            "stat-ee",
            "https://andmed.stat.ee/api/v1",
            calls=10,
            database="stat",
            suffix=".px",
            zone="Europe/Tallinn",
        ),
        Provider(
            "scb-v1",
            "https://api.scb.se/OV0104/v1/doris",
            calls=10,
            database="ssd",
            zone="Europe/Stockholm",
        ),
        Provider("ssb-v0", "https://data.ssb.no/api/v0", database="table", zone="Europe/Oslo"),
        Provider("scb", "https://statistikdatabasen.scb.se/api/v2", calls=3, seconds=1.0),
        Provider("ssb", "https://data.ssb.no/api/pxwebapi/v2", calls=30, seconds=10.0),
        Provider(
            "cordis",
            "https://cordis.europa.eu/data",
            calls=5,
            files={  # case matters
                "horizon": "cordis-HORIZONprojects-csv.zip",
                "h2020": "cordis-h2020projects-csv.zip",
                "fp7": "cordis-fp7projects-csv.zip",
            },
        ),
        Provider(
            "prh",
            "https://avoindata.prh.fi/opendata-ytj-api/v3",
            calls=250,  # about 300 a minute is what people report
            seconds=60.0,
            pages={"companies": "companies"},
            items="companies",
            total="totalResults",
            files={"all-companies": "all_companies"},
        ),
        Provider(
            "ror",
            "https://api.ror.org/v2",
            calls=50,  # what is allowed without a client id
            seconds=300.0,
            pages={"organizations": "organizations"},
            items="items",
            total="number_of_results",
        ),
        Provider(
            "kohesio",
            "https://kohesio.ec.europa.eu/api/data/object",
            calls=5,
            files={
                "projects-2021-2027": "?id=data/projects-2021-2027/latest/FI-pp21-27-latest.csv",
                "projects-2014-2020": "?id=data/projects-2014-2020/latest/FI-pp14-20-latest.csv",
            },
        ),
    )
}


def setting_name(provider: str) -> str:
    """The environment variable that replaces the provider's base address."""
    return f"INNOREGIO_{provider.upper().replace('-', '_')}_URL"


def find_provider(name: str, environment: Mapping[str, str]) -> Provider:
    """The provider, with its base address from the environment where it stands there.

    Raises `NoLiveSource` for one that is known neither here nor in the environment, and `SettingError` for an
    address that none can be asked at; the message does not show it, since it may hold a password.
    """
    base = environment.get(setting_name(name), "").strip()
    if base and not (base.startswith("file:") or urlsplit(base).scheme in ("http", "https")):
        raise SettingError(
            f"{setting_name(name)} holds no base address; give one like https://data.example.org/"
        )
    known = PROVIDERS.get(name)
    if known is None and not base:
        raise NoLiveSource(f"{name}: no address of this provider is known; set {setting_name(name)}")
    known = known or Provider(name, base)
    return replace(known, base=base) if base else known
