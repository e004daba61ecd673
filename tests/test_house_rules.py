"""The house rules, read from the source: who imports whom, what happens at import, how big a file may be."""

import ast
import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

import pytest

from tests.house.source import CODE, ROOT, Problems, Rule, imports, modules, parse
from tests.house.words import loops_name_their_nouns, names_are_no_riddles

STAGES = ("fetch", "normalise", "derive", "validate", "publish")
FOUNDATION = ("errors", "files", "overlay", "csv", "descriptor", "store")
CROSSING = (
    "assets.validate.report",
    "assets.publish.release.release",
    "assets.derive.register_places",  # until the places are a published table, which pages then read
)  # the types that go from stage to stage
CLIENT = ("innoregio.", "assets.derive.", "assets.errors.", "assets.files.", "assets.publish.site.citation")
GEOGRAPHY = "assets.normalise.regions"  # dated lists and shares, which `derive` converts by
INTERNAL_ERRORS = (
    "assets.csv.rows.NotPlain",
    "assets.errors.InnoregioError",
    "assets.files.Locked",
    "assets.validate.tables.Unreadable",
    "assets.validate.vector.pattern._Untranslatable",
)
ENVIRONMENT = (
    "assets.fetch.http.client",  # the system's own certificates
    "assets.overlay",  # the operator's folder
    "innoregio.tree",  # where a person's tree and cache are
)
PROGRAMS = ("assets.bundle.write", "assets.normalise.readers.workbook_cells")  # run by themselves
LONGEST = 400
BESIDE_EACH_OTHER = 20
VAGUE = re.compile(r"utils?|helpers?|common|misc|.*manager")


def at_import(tree: ast.Module) -> Iterator[ast.AST]:
    """What runs when the module is imported: all but the bodies of functions and of the main guard."""
    todo: list[ast.AST] = list(tree.body)
    while todo:
        node = todo.pop()
        if isinstance(node, ast.If) and ast.unparse(node.test) in ("__name__ == '__main__'", "TYPE_CHECKING"):
            continue
        yield node
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            todo += [*node.decorator_list, *node.args.defaults, *filter(None, node.args.kw_defaults)]
        elif not isinstance(node, ast.Lambda):
            todo += ast.iter_child_nodes(node)


def dagster_stays_outside(name: str, tree: ast.Module) -> Problems:
    for imported in imports(tree):
        if imported.split(".")[0].startswith("dagster") and name.split(".")[0] != "orchestration":
            yield f"{name} imports {imported}; only orchestration knows Dagster"


def frictionless_stays_in_the_tests(name: str, tree: ast.Module) -> Problems:
    """It is the referee, for tests and users; the verdict of the main job is our own engine's."""
    for imported in imports(tree):
        if imported.split(".")[0] == "frictionless":
            yield f"{name} imports {imported}; only tests ask frictionless-py"


def layers_are_one_way(name: str, tree: ast.Module) -> Problems:
    """orchestration -> pipeline -> stages -> descriptor, store, csv, files; between stages only the types
    that cross, and the dated geography that `derive` converts by. Nothing imports the bundle's makers."""
    package, _, rest = name.partition(".")
    layer = rest.split(".")[0]
    for imported in imports(tree):
        if not imported.startswith(("innoregio.", "assets.", "orchestration.", "schemas.", "tests.")):
            continue
        target = imported.split(".")[1]
        own = imported.startswith(f"{package}.{layer}.")
        foundation = imported.startswith("assets.") and target in FOUNDATION
        crossing = imported.startswith(CROSSING)
        if imported.startswith("assets.bundle."):
            allowed = own
        elif package == "innoregio":
            allowed = imported.startswith(CLIENT)
        elif package == "orchestration":
            allowed = imported.startswith(("assets.", "orchestration."))
        elif package == "assets" and layer in FOUNDATION:
            allowed = foundation or imported.startswith("schemas.")
        elif package == "assets" and layer in STAGES:
            later = crossing and STAGES.index(target) > STAGES.index(layer)
            geography = layer == "derive" and imported.startswith(GEOGRAPHY)
            allowed = own or foundation or geography or (crossing and not later)
        else:
            allowed = package == "assets" and imported.startswith("assets.")
        if not allowed:
            yield f"{name} imports {imported}"


def nothing_happens_at_import(name: str, tree: ast.Module) -> Problems:
    """No environment read, no file read, no network, no output when a module is imported."""
    active = re.compile(
        r"os\.(environ|getenv|listdir|walk|scandir|makedirs)\b.*|print|open|(.+\.)?(read_text|read_bytes|write_text|glob|rglob|iterdir|mkdir|"
        r"exists|is_file|is_dir|basicConfig|getcwd|cwd|now|today|urlopen|safe_load|read_csv|read_parquet|scan_csv|scan_parquet)"
    )
    for node in at_import(tree):
        if isinstance(node, ast.Call):
            used = ast.unparse(node.func)
        else:
            used = (
                "os.environ" if isinstance(node, ast.Attribute) and ast.unparse(node) == "os.environ" else ""
            )
        if active.fullmatch(used):
            yield f"{name}, line {getattr(node, 'lineno', 0)}: {used} when the module is imported"


def a_module_says_what_it_is(name: str, tree: ast.Module) -> Problems:
    if len(ast.get_docstring(tree) or "") < 40:
        yield f"{name} has no docstring that says what belongs there"
    if VAGUE.fullmatch(name.split(".")[-1]):
        yield f"{name}: the name says nothing; name the thing that is in it"


def public_things_are_documented(name: str, tree: ast.Module) -> Problems:
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("_"):
            if not ast.get_docstring(node):
                yield f"{name}.{node.name} has no docstring"
            if node.name.startswith("process_"):
                yield f"{name}.{node.name}: name it verb and thing"


def files_are_touched_in_one_place(name: str, tree: ast.Module) -> Problems:
    """Renames, syncs and locks of files are those of `assets.files`, so that they last equally long. (The
    stages that only compute call a polars method of the same name.)"""
    if name == "assets.files":
        return
    computes = name.startswith(("assets.normalise.", "assets.derive.", "assets.validate."))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import) and any(alias.name == "fcntl" for alias in node.names):
            yield f"{name} imports fcntl; lock with assets.files"
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        renames = node.func.attr == "replace" and len(node.args) == 1 and not node.keywords and not computes
        if renames or ast.unparse(node.func) in (
            "os.replace",
            "os.rename",
            "os.fsync",
            "hashlib.file_digest",
        ):
            yield f"{name}, line {node.lineno}: {ast.unparse(node)}; use assets.files"


def errors_are_of_one_family(name: str, tree: ast.Module) -> Problems:
    """What a user may meet is an `InnoregioError`; another exception is caught where it is raised."""
    for node in tree.body:
        if not isinstance(node, ast.ClassDef) or f"{name}.{node.name}" in INTERNAL_ERRORS:
            continue
        if "Exception" in map(ast.unparse, node.bases):
            yield f"{name}.{node.name} is no InnoregioError; derive it from one of assets.errors"


def the_environment_is_read_at_the_edge(name: str, tree: ast.Module) -> Problems:
    """Settings come from the command line and Dagster; the few that read it are named above."""
    if name.startswith("orchestration.") or name in ENVIRONMENT:
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and ast.unparse(node) in ("os.environ", "os.getenv"):
            yield f"{name}, line {node.lineno}: {ast.unparse(node)}; take the setting as an argument"


def only_commands_print(name: str, tree: ast.Module) -> Problems:
    """Results and progress are the command line's; the assets log, return and raise."""
    if name.startswith("orchestration.") or name in PROGRAMS:
        return
    for node in ast.walk(tree):
        printed = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
        if printed in ("print", "sys.stdout.write", "sys.stderr.write") or printed.startswith("click."):
            yield f"{name}, line {getattr(node, 'lineno', 0)}: {printed}; log, return or raise"


def shared_builders_are_named(name: str, tree: ast.Module) -> Problems:
    """What two tests need stands in a module of its own, imported by its whole name."""
    for imported in imports(tree):
        if re.search(r"(^|\.)test_\w+\.|(^|\.)conftest\.", f"{imported}."):
            yield f"{name} imports {imported}; move what is shared to a module with a name"


RULES: tuple[Rule, ...] = (
    dagster_stays_outside,
    frictionless_stays_in_the_tests,
    layers_are_one_way,
    nothing_happens_at_import,
    a_module_says_what_it_is,
    public_things_are_documented,
    files_are_touched_in_one_place,
    errors_are_of_one_family,
    the_environment_is_read_at_the_edge,
    only_commands_print,
    names_are_no_riddles,
    loops_name_their_nouns,
)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_house_keeps_the_rule(rule: Rule) -> None:
    found = [p for name, path in modules(*CODE) for p in rule(name, parse(path))]
    assert found == []


def test_shared_builders_are_named() -> None:
    rule = shared_builders_are_named
    found = [p for name, path in modules("tests") for p in rule(name, parse(path))]
    assert found == []


@pytest.mark.parametrize(
    ("rule", "name", "source"),
    [
        (shared_builders_are_named, "tests.fetch.test_x", "from tests.fetch.faults.test_faults import rows"),
        (shared_builders_are_named, "tests.fetch.x", "from tests.conftest import tree_bytes"),
        (dagster_stays_outside, "assets.pipeline", "def f():\n    import dagster as dg"),
        (dagster_stays_outside, "assets.normalise.mapping", "from dagster_shared import x"),
        (frictionless_stays_in_the_tests, "assets.validate.engine", "def f():\n    import frictionless"),
        (layers_are_one_way, "assets.fetch.snapshots", "from assets.normalise.mapping import map_table"),
        (layers_are_one_way, "assets.publish.release.tree", "from assets.validate.engine import validate"),
        (layers_are_one_way, "assets.publish.release.tree", "from assets.validate import engine"),
        (layers_are_one_way, "assets.normalise.mapping", "from assets.validate.report import Report"),
        (layers_are_one_way, "assets.normalise.mapping", "import assets.pipeline"),
        (layers_are_one_way, "assets.normalise.mapping", "from assets.derive.series import series"),
        (layers_are_one_way, "assets.validate.engine", "from assets.normalise.regions.lists import x"),
        (layers_are_one_way, "assets.derive.series", "from assets.normalise.mapping import x"),
        (layers_are_one_way, "assets.fetch.acquire", "from assets.bundle.recorded import read_index"),
        (layers_are_one_way, "assets.store.snapshots", "from assets.fetch.snapshots import fetch_snapshots"),
        (layers_are_one_way, "assets.descriptor.yaml", "from assets.normalise.mapping import x"),
        (layers_are_one_way, "assets.pipeline", "from orchestration.jobs import refresh"),
        (layers_are_one_way, "assets.pipeline", "from innoregio.loading import load"),
        (layers_are_one_way, "innoregio.loading", "from assets.pipeline import package_dataset"),
        (nothing_happens_at_import, "assets.x", "import os\nHOME = os.environ['HOME']"),
        (nothing_happens_at_import, "assets.x", "import os\nHOME = os.environ.get('HOME')"),
        (nothing_happens_at_import, "assets.x", "def f(home=os.getenv('HOME')): pass"),
        (nothing_happens_at_import, "assets.x", "class A:\n    text = Path('x').read_text()"),
        (nothing_happens_at_import, "assets.x", "if True:\n    print('hello')"),
        (files_are_touched_in_one_place, "assets.store.sets", "def f(a, b):\n    a.replace(b)"),
        (files_are_touched_in_one_place, "orchestration.run", "def f(file):\n    os.fsync(file)"),
        (files_are_touched_in_one_place, "assets.store.sets", "import fcntl"),
        (errors_are_of_one_family, "assets.x", "class Broken(Exception): ..."),
        (the_environment_is_read_at_the_edge, "assets.x", "def f():\n    return os.environ['HOME']"),
        (only_commands_print, "assets.x", "def f():\n    print('done')"),
        (a_module_says_what_it_is, "assets.x", '"""Short."""'),
        (a_module_says_what_it_is, "assets.utils", f'"""{"Words " * 9}."""'),
        (public_things_are_documented, "assets.x", "def process_data():\n    pass"),
    ],
)
def test_a_broken_rule_is_seen(rule: Rule, name: str, source: str) -> None:
    assert list(rule(name, ast.parse(source)))


@pytest.mark.parametrize(
    ("rule", "name", "source"),
    [
        (dagster_stays_outside, "orchestration.factory", "import dagster as dg"),
        (dagster_stays_outside, "orchestration.jobs", "import dagster"),
        (layers_are_one_way, "assets.publish.release.tree", "from assets.validate.report import Report"),
        (
            layers_are_one_way,
            "assets.publish.release.tree",
            "from assets.publish.release.lock import publication_lock",
        ),
        (layers_are_one_way, "assets.normalise.resource", "from assets.descriptor import Resource"),
        (
            layers_are_one_way,
            "orchestration.factory",
            "from assets.publish.release.tree import publish_dataset",
        ),
        (nothing_happens_at_import, "assets.x", "import os\ndef f():\n    return os.environ['HOME']"),
        (nothing_happens_at_import, "assets.x", "if __name__ == '__main__':\n    print('hello')"),
        (errors_are_of_one_family, "assets.x", "class Broken(StoreError): ..."),
        (the_environment_is_read_at_the_edge, "orchestration.settings", "def f(): os.environ"),
        (only_commands_print, "orchestration.cli.main", "def f(): print('done')"),
        (files_are_touched_in_one_place, "assets.files", "def f(a, b):\n    a.replace(b)"),
        (files_are_touched_in_one_place, "assets.x", "def f(a):\n    return a.replace('-', '_')"),
        (files_are_touched_in_one_place, "assets.x", "def f(a):\n    return replace(a, b=1)"),
        (files_are_touched_in_one_place, "assets.derive.x", "def f(a, b):\n    return a.replace(b)"),
        (nothing_happens_at_import, "assets.x", "import re\nWORD = re.compile('x')"),
    ],
)
def test_a_kept_rule_is_not_seen(rule: Rule, name: str, source: str) -> None:
    assert list(rule(name, ast.parse(source))) == []


def test_the_main_job_is_installed_without_frictionless() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert not [one for one in project["dependencies"] if one.startswith("frictionless")]
    assert [one for one in project["optional-dependencies"]["test"] if one.startswith("frictionless[")]


def test_files_stay_small() -> None:
    lengths = {path: len(path.read_text("utf-8").splitlines()) for _, path in modules(*CODE, "tests")}
    assert {str(path.relative_to(ROOT)): n for path, n in lengths.items() if n > LONGEST} == {}


def test_a_folder_has_few_modules() -> None:
    folders = Counter(path.parent for _, path in modules(*CODE) if path.name != "__init__.py")
    assert {str(f.relative_to(ROOT)): n for f, n in folders.items() if n > BESIDE_EACH_OTHER} == {}


SAME_NAME = {
    "main": "the entry of a command",
    "snapshots": "each maker of the bundle: the snapshots that it holds",
}


def defined_in(modules: Iterable[tuple[str, ast.Module]]) -> dict[str, list[str]]:
    """Public functions and classes at the top of a module -> the modules that define one of that name."""
    found: dict[str, list[str]] = defaultdict(list)
    for name, tree in modules:
        for node in tree.body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
                found[node.name].append(name)
    return {name: places for name, places in found.items() if len(places) > 1}


def test_a_name_is_one_thing() -> None:
    inside = CODE[1:]  # the public face repeats short names of what it passes on
    found = defined_in((name, parse(path)) for name, path in modules(*inside))
    assert {name: places for name, places in found.items() if name not in SAME_NAME} == {}
    assert set(SAME_NAME) <= set(found), "a name that is no longer shared needs no exception"


def test_a_second_thing_of_a_name_is_seen() -> None:
    two = [("a.x", ast.parse("def place(): ...")), ("a.y", ast.parse("class place: ...\ndef other(): ..."))]
    assert defined_in(two) == {"place": ["a.x", "a.y"]}


def test_schemas_are_data() -> None:
    """What a statistician edits is YAML, JSON and CSV, and one docstring that says so."""
    kinds = {
        path.suffix for path in (ROOT / "schemas").rglob("*") if path.is_file() and "__" not in str(path)
    }
    assert kinds <= {".yaml", ".json", ".csv"}


def test_no_path_of_a_machine_is_in_the_project() -> None:
    machine = re.compile("/wor" + r"k/|/tm" + r"p/|/hom" + r"e/\w|[A-Z]:\\\\Users")
    folders = (*CODE, "tests", "docs", ".ci")
    within = (path for folder in folders for path in (ROOT / folder).rglob("*"))
    texts = (path for path in (*within, *ROOT.glob("*.*")) if "snapshots" not in path.parts)
    kinds = {".py", ".yaml", ".json", ".csv", ".md", ".toml"}
    named = [p for p in texts if p.is_file() and (p.suffix in kinds or p.parent.name == ".ci")]
    found = [str(p.relative_to(ROOT)) for p in named if machine.search(p.read_text("utf-8"))]
    assert found == []
