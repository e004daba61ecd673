"""The tables of `collaboration-network`, each a function of derivation, inputs and geography.

Choosing inputs and reading parameters belongs here; counting and measuring to the modules beside this one.
"""

import polars as pl

from assets.derive.conversion_weights import Geography
from assets.derive.networks.brokerage import measure_brokerage
from assets.derive.networks.members import Tables, gather_members, measure_networks, place_organisations
from assets.derive.networks.nodes import count_network, count_nodes, describe_nodes, drop_abroad
from assets.derive.networks.positions import add_inhabitants, measure_positions
from assets.derive.networks.ties import count_ties, pair_members
from assets.descriptor.derivation import Derivation
from assets.errors import MappingError
from assets.normalise.regions.lists import read_region_list


def networks(derivation: Derivation, tables: Tables, geography: None) -> pl.DataFrame:
    """`nodes.count_network` of each register, programme and window."""
    country, largest = derivation.parameters["country"], derivation.parameters["largest"]
    members = gather_members(tables, derivation.parameters["windows"])
    return measure_networks(members, lambda network: count_network(network, country, largest))


def nodes(derivation: Derivation, tables: Tables, geography: Geography) -> pl.DataFrame:
    """`nodes.count_nodes` of each network, with names and areas."""
    country, largest = derivation.parameters["country"], derivation.parameters["largest"]
    members = gather_members(tables, derivation.parameters["windows"])
    counted = drop_abroad(
        measure_networks(members, lambda network: count_nodes(network, country, largest)), country
    )
    places = place_organisations(tables, geography.crosswalk, country)
    names = tables["framework-projects/organisations"].select("organisation", "name").collect()
    return describe_nodes(counted, places, names)


def edges(derivation: Derivation, tables: Tables, geography: None) -> pl.DataFrame:
    """`ties.count_ties` of each network."""
    country, largest = derivation.parameters["country"], derivation.parameters["largest"]
    members = gather_members(tables, derivation.parameters["windows"])
    return measure_networks(
        members, lambda network: count_ties(pair_members(network, country, largest), country)
    )


def regional_position(derivation: Derivation, tables: Tables, geography: Geography) -> pl.DataFrame:
    """`positions.measure_positions` of each network, with the area of the programme in `parameters`, and the
    inhabitants of each area.

    Raises `MappingError` where the list has no such programme: no share would be right without its area.
    """
    parameters = derivation.parameters
    members = gather_members(tables, parameters["windows"])
    places = place_organisations(tables, geography.crosswalk, parameters["country"])
    programme = parameters["programme"]
    listed = read_region_list("programme_areas").filter(programme=programme)["geo"]
    if listed.is_empty():
        raise MappingError(f"programme_areas.csv has no programme {programme}; name one of the list")
    found = measure_networks(members, lambda network: measure_positions(network, places, listed, parameters))
    people = tables["population/population-by-age"].filter(sex="T", age="TOTAL").collect()
    return add_inhabitants(found, people, places)


def brokerage(derivation: Derivation, tables: Tables, geography: Geography) -> pl.DataFrame:
    """`brokerage.measure_brokerage` of each network."""
    country, largest = derivation.parameters["country"], derivation.parameters["largest"]
    members = gather_members(tables, derivation.parameters["windows"])
    places = place_organisations(tables, geography.crosswalk, country)
    return measure_networks(members, lambda network: measure_brokerage(network, places, country, largest))
