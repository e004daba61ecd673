"""House rules of words: a variable is called by the noun of what it holds, prose is British English.

The rules of imports, sizes and places belong to `test_house_rules`, which also runs those of names from here.
"""

import ast
import re
from collections.abc import Iterator

from tests.house.source import Problems

RIDDLES = re.compile(r"told|tells?|tell_.*|mend(s|ed|ing)?|mend_.*|settled?|pieces?|fetched|thing|stuff")
AMERICAN = re.compile(
    r"\b(normaliz|harmoniz|summariz|organiz|recogniz|categoriz|standardiz|optimiz|minimiz|maximiz|analyz|"
    r"behavior|favor(s|ed|ite)?\b|colors?\b|labeled|labeling|modeled|modeling|canceled|neighbor|catalogs?\b|"
    r"licensed? under a license)",
    re.IGNORECASE,
)
# names of others that stand in our prose as they write them
THEIRS = re.compile(
    r"`[^`]*`|https?://\S+|\w+[./_-]\w[\w./_-]*|dcat:Catalog|DataCatalog|Organisation for Economic[^.]*"
)


def stored_names(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Every name that a module gives: variables, arguments, functions, classes; with its line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, node.lineno
        elif isinstance(node, ast.arg):
            yield node.arg, node.lineno
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name, node.lineno


def names_are_no_riddles(name: str, tree: ast.Module) -> Problems:
    """Describe, report, repair, chunk and result say what `told`, `mend`, `piece` and `fetched` hide."""
    for given, line in stored_names(tree):
        if RIDDLES.fullmatch(given.strip("_")):
            yield f"{name}, line {line}: {given} hides its thing; name what it holds"


def singular(plural: str) -> str | None:
    """The noun of one of `plural`; None for a word that is no plural, or whose singular is another's name."""
    word = plural.strip("_").split("_")[-1].lower()
    if word.endswith("ies") and word != "series":
        return word[:-3] + "y"
    if re.fullmatch(r"[a-z]{3,}[^su]s", word):
        return word[:-1]
    return None


def loops_name_their_nouns(name: str, tree: ast.Module) -> Problems:
    """A loop over `snapshots` names its variable `snapshot`, not `one`."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.For | ast.comprehension) or ast.unparse(node.target) != "one":
            continue
        over = node.iter
        plural = (
            over.id if isinstance(over, ast.Name) else over.attr if isinstance(over, ast.Attribute) else ""
        )
        if noun := singular(plural):
            yield f"{name}, line {node.target.lineno}: one of {plural}; call it {noun}"


def docstrings(tree: ast.Module) -> Iterator[str]:
    """The docstrings of a module, its classes and functions."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield ast.get_docstring(node) or ""


def comments(text: str) -> list[str]:
    """The comments of a module's text: what stands behind a # that begins a line or follows a blank."""
    return re.findall(r"(?m)(?:^|\s)#\s(.*)$", text)


def american_words(text: str) -> list[str]:
    """The words of a text in American spelling, but for names, addresses and code."""
    suspected = (line for line in text.splitlines() if AMERICAN.search(line))
    return [found.group() for line in suspected for found in AMERICAN.finditer(THEIRS.sub(" ", line))]
