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
from assets.derive.register_places import build_register_places
from assets.descriptor.derivation import Derivation

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
        tables["register-places/register-places"].filter(register=register).collect(),
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
