"""Variables of a statistical table by the names that descriptors give them, across a provider's renamings.

Statistics Finland's variables had Finnish names (`Alue`, `Vuosi`, `Tiedot`) until June 2026 and have codes
since, some with a date that changes every year (`alue_23_20260101`); their labels stayed. Matching names
belongs here, as it serves the request that is asked as well as the reading of its answer; what either does
with it belongs to its stage.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Variable:
    """One variable (dimension) of a table as the provider describes it."""

    code: str
    label: str
    codes: tuple[str, ...] = ()
    time: bool = False
    content: bool = False  # its values are the table's measures
    eliminates: bool = False  # may be left out of a request: then its total comes, without the variable


def match_variables(wanted: Iterable[str], variables: Sequence[Variable]) -> dict[str, str]:
    """Descriptor's name -> the provider's code, for those that are found.

    By code; else by label; else by the code without its numbers (`sukupuoli_9_20180101` is `sukupuoli`),
    whatever the case; else `TIME_PERIOD` and `time` are the variable of time. What fits two is not found.
    """
    exact = {variable.code: variable.code for variable in variables}
    names = list(wanted)
    found = {name: exact[name] for name in names if name in exact}
    for rule in (_by_label, _by_stem, _by_role):
        for name in names:
            if name in found:
                continue
            fits = [v.code for v in variables if v.code not in found.values() and rule(name, v)]
            if len(fits) == 1:
                found[name] = fits[0]
    return found


def _by_label(name: str, variable: Variable) -> bool:
    return variable.label.strip().casefold() == name.casefold()


def _by_stem(name: str, variable: Variable) -> bool:
    return re.sub(r"(_\d+)+$", "", variable.code).casefold() == name.casefold()


def _by_role(name: str, variable: Variable) -> bool:
    return variable.time and name in ("TIME_PERIOD", "time")
