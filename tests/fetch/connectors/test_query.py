"""Selections of cells: which values a query is, and how a selection is split under a server's limits."""

import itertools
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.descriptor.variables import Variable, match_variables
from assets.fetch.connectors.jsonstat_merge import check_chunk, merge_chunks
from assets.fetch.connectors.query import Chunk, choose_selection, count_cells, split_selection
from assets.fetch.errors import LayoutChanged, TooManyCells
from tests.upstream.figures import Table

NEW = [
    Variable("alue_23_20260101", "Alue", ("SSS", "MK01", "MK07", "KU398")),
    Variable("ikaryhma_10_20180101", "Ikä", ("SSS", "000")),
    Variable("sukupuoli_9_20180101", "Sukupuoli", ("SSS", "1", "2")),
    Variable("timeperiod_y", "Vuosi", ("2022", "2023", "2024"), time=True),
    Variable("contentscode", "Tiedot", ("vaerak-vaesto", "vaerak-osuus"), content=True),
]


def test_variables_are_found_across_the_renaming_of_2026() -> None:
    wanted = ["Alue", "Ikä", "Sukupuoli", "Vuosi", "Tiedot"]
    assert match_variables(wanted, NEW) == dict(zip(wanted, (v.code for v in NEW), strict=True))
    assert match_variables(["sukupuoli", "TIME_PERIOD", "contentscode"], NEW) == {
        "sukupuoli": "sukupuoli_9_20180101", "TIME_PERIOD": "timeperiod_y", "contentscode": "contentscode",
    }  # fmt: skip
    assert match_variables(["Laji"], NEW) == {}


def test_what_fits_two_variables_is_not_found() -> None:
    two = [Variable("alue_1_2025", "Alue"), Variable("alue_2_2026", "Alue")]
    assert match_variables(["Alue"], two) == {}


def test_a_query_by_codes_patterns_ranges_and_renamed_contents() -> None:
    selection = choose_selection(
        {"Alue": ["SSS", "MK*"], "Vuosi": ["2023.."], "Tiedot": ["vaesto"]}, NEW, "statfin/11re"
    )
    assert selection == {
        "alue_23_20260101": ("SSS", "MK01", "MK07"),
        "ikaryhma_10_20180101": ("SSS", "000"),
        "sukupuoli_9_20180101": ("SSS", "1", "2"),
        "timeperiod_y": ("2023", "2024"),
        "contentscode": ("vaerak-vaesto",),
    }


@pytest.mark.parametrize(
    "query", [{"Alue": ["MK99"]}, {"Alue": ["ELY*"]}, {"Laji": ["1"]}, {"Vuosi": ["2030.."]}]
)
def test_what_is_not_there_is_said_with_what_is(query: dict[str, list[str]]) -> None:
    with pytest.raises(LayoutChanged, match="it has"):
        choose_selection(query, NEW, "statfin/11re")


@given(
    st.lists(st.integers(1, 9), min_size=1, max_size=4),
    st.integers(1, 200),
    st.one_of(st.none(), st.integers(4, 40)),
)
def test_chunks_are_the_selection_once_and_within_the_limits(
    sizes: list[int], most: int, values: int | None
) -> None:
    selection = {f"v{at}": tuple(f"{at}-{n}" for n in range(size)) for at, size in enumerate(sizes)}
    chunks = split_selection(selection, most, "t", values)
    cells = [key for chunk in chunks for key in itertools.product(*chunk.selection.values())]
    assert sorted(cells) == sorted(itertools.product(*selection.values()))
    for chunk in chunks:
        assert 1 <= count_cells(chunk.selection) <= most
        assert values is None or sum(map(len, chunk.selection.values())) <= values


def test_the_longest_variable_is_split() -> None:
    chunks = split_selection({"a": tuple("ab"), "b": tuple("cdefghij")}, 8, "t")
    assert [chunk.selection for chunk in chunks] == [
        {"a": ("a", "b"), "b": tuple("cdef")}, {"a": ("a", "b"), "b": tuple("ghij")},
    ]  # fmt: skip
    with pytest.raises(TooManyCells):
        split_selection({"a": ("a",)}, 0, "t")


@settings(max_examples=40)
@given(st.lists(st.integers(1, 5), min_size=2, max_size=4), st.integers(1, 60), st.randoms())
def test_merged_chunks_are_the_whole(sizes: list[int], most: int, chance: random.Random) -> None:
    names = [f"v{at}" for at in range(len(sizes))]
    selection = {
        name: tuple(f"{name}{n}" for n in range(size)) for name, size in zip(names, sizes, strict=True)
    }
    cells = {
        key: (str(chance.randint(0, 99)) if chance.random() < 0.8 else "", chance.choice(["", "", "..", "c"]))
        for key in itertools.product(*selection.values())
    }
    table = Table("t", names, cells, content=names[-1], time="none", units={"x": "y"})
    answers = []
    for chunk in split_selection(selection, most, "t"):
        found = table.jsonstat({name: list(codes) for name, codes in chunk.selection.items()})
        check_chunk(found, chunk, "t")
        answers.append((chunk, found))
    assert merge_chunks(selection, answers, "t") == table.jsonstat({})


def test_chunks_of_two_updates_are_not_put_together() -> None:
    from assets.fetch.errors import CutOff

    table = Table("t", ["a"], {("x",): ("1", ""), ("y",): ("2", "")}, content="a", time="none")
    chunks = split_selection({"a": ("x", "y")}, 1, "t")
    answers = [(chunk, table.jsonstat({"a": list(chunk.selection["a"])})) for chunk in chunks]
    answers[1][1]["updated"] = "2026-05-05T00:00:00Z"
    with pytest.raises(CutOff, match="updated while"):
        merge_chunks({"a": ("x", "y")}, answers, "t")
    with pytest.raises(CutOff, match="other values"):
        check_chunk(answers[0][1], Chunk({"a": ("y",)}, {"a": 0}), "t")
