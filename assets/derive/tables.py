"""The tables that descriptors of derived datasets name, each a function of derivation, inputs and geography.

Choosing the inputs and reading parameters belongs here; how a table is worked out belongs to the modules
beside this one.
"""

from collections.abc import Mapping

import polars as pl

from assets.derive.campus_participations import build_campus_participations
from assets.derive.conversion_weights import Geography
from assets.derive.newest import widen_newest
from assets.derive.peers import build_basis, find_similar
from assets.derive.region_groups import list_bordering_areas, list_programme_area
from assets.derive.regional_participations import count_participations, count_partners
from assets.derive.register_places import build_register_places
from assets.descriptor.derivation import Derivation
from assets.errors import MappingError

Tables = Mapping[str, pl.LazyFrame]


def register_places(derivation: Derivation, tables: Tables, geography: Geography) -> pl.DataFrame:
    """`register_places.build_register_places` of the register in `parameters` (`register`)."""
    register = derivation.parameters["register"]
    return build_register_places(
        tables[f"{register}/participations"].collect(),
        tables[f"{register}/organisations"].collect(),
        geography,
        register=register,
    )


def campus_participations(derivation: Derivation, tables: Tables, geography: Geography) -> pl.DataFrame:
    """`campus_participations.build_campus_participations` of the register in `parameters` (`register`)."""
    register = derivation.parameters["register"]
    return build_campus_participations(
        tables[f"{register}/participations"].collect(),
        _places(tables, register),
        geography,
        register=register,
    )


def indicators_newest(derivation: Derivation, tables: Tables, geography: None) -> pl.DataFrame:
    """`newest.widen_newest` of the table of indicators."""
    return widen_newest(tables["indicators/indicators"].collect(), derivation.parameters["indicators"])


def peer_basis(derivation: Derivation, tables: Tables, geography: None) -> pl.DataFrame:
    """`peers.build_basis` of the table of indicators."""
    return build_basis(tables["indicators/indicators"].collect(), derivation.parameters)


def similar_regions(derivation: Derivation, tables: Tables, geography: None) -> pl.DataFrame:
    """`peers.find_similar` by the basis of the table of indicators."""
    basis = build_basis(tables["indicators/indicators"].collect(), derivation.parameters)
    return find_similar(basis, derivation.parameters)


def regional_participations(derivation: Derivation, tables: Tables, geography: Geography) -> pl.DataFrame:
    """`regional_participations.count_participations` of the register in `parameters`, with its countries
    `baltic`."""
    register = derivation.parameters["register"]
    return count_participations(
        tables[f"{register}/participations"].collect(),
        tables[f"{register}/projects"].collect(),
        _places(tables, register),
        geography,
        _target(derivation),
        derivation.parameters["baltic"],
    )


def foreign_partners(derivation: Derivation, tables: Tables, geography: Geography) -> pl.DataFrame:
    """`regional_participations.count_partners` of the register in `parameters` (`register`)."""
    register = derivation.parameters["register"]
    campuses = tables["campus-participations/campus-participations"].filter(register=register)
    return count_partners(
        tables[f"{register}/participations"].collect(),
        tables[f"{register}/projects"].collect(),
        _places(tables, register),
        campuses.collect(),
        geography,
        _target(derivation),
    )


def neighbours(derivation: Derivation, tables: Tables, geography: Geography) -> pl.DataFrame:
    """`region_groups.list_bordering_areas` on the territory."""
    return list_bordering_areas(geography, _target(derivation))


def programme_area(derivation: Derivation, tables: Tables, geography: Geography) -> pl.DataFrame:
    """`region_groups.list_programme_area` of the programme in `parameters`."""
    return list_programme_area(geography, _target(derivation), derivation.parameters["programme"])


def _places(tables: Tables, register: str) -> pl.DataFrame:
    return tables["register-places/register-places"].filter(register=register).collect()


def _target(derivation: Derivation) -> str:
    if derivation.territory is None:
        raise MappingError(f"{derivation.build} needs innoregio:derive.territory, the areas to count by")
    return derivation.territory
