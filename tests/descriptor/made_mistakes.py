"""Descriptors with mistakes, and what the check says of them."""

from pathlib import Path

from assets.descriptor import DescriptorMistake, load_datasets
from tests.descriptor.mistakes_by_profile import Case
from tests.made_schemas import make_schemas


def mistakes(folder: Path, text: str) -> list[DescriptorMistake]:
    """All that is said of the descriptor `text`."""
    make_schemas(folder, text)
    datasets, errors = load_datasets(folder)
    assert not datasets, "a wrong descriptor was loaded"
    assert all(isinstance(error, DescriptorMistake) for error in errors)
    return [error for error in errors if isinstance(error, DescriptorMistake)]


def check(said: list[DescriptorMistake], text: str, case: Case) -> None:
    """One of the mistakes is that of the case, on one line that names everything."""
    lines = [number for number, line in enumerate(text.splitlines(), 1) if case.at in line]
    shown = "\n".join(map(str, said))
    (mistake,) = [one for one in said if one.place == case.place and case.found in one.found] or [None]
    assert mistake is not None, shown
    assert case.allowed in mistake.allowed, shown
    assert mistake.line in lines, shown
    assert str(mistake).endswith(f"found {mistake.found}; allowed: {mistake.allowed}")
    where = f"made-statistics.yaml:{mistake.line}: " + (f"{case.place}: " if case.place else "")
    assert where in str(mistake)
    assert "\n" not in str(mistake)
    assert len(str(mistake)) < 900
