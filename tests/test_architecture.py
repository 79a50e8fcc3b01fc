"""How newsbot is built, held over its import statements and syntax trees: floors, cycles, docstrings, prints."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).parents[1]

FLOORS = (
    {"newsbot"},
    {
        "items",
        "errors",
        "masking",
        "signals",
        "plugins",
        "templates",
        "urls",
        "text",
        "onnx",
        "languages",
        "starting",
        "rule_versions",
        "capture",
        "public_addresses",
        "settings",
        "configuration",
    },
    {
        "query",
        "sources",
        "discovery",
        "extraction",
        "cleaning",
        "dedupe",
        "entities",
        "embeddings",
        "archive",
    },
    {"store"},
    {"ingest", "outputs", "metrics"},
    {"session", "jobs"},
    {"cluster"},
    {"middlewares", "extensions", "rendering"},
    {"spiders", "pipelines"},
    {"commands", "cli", "web", "api", "__main__"},
)
"""The parts of the package from the ground up. What stands on a floor imports from it and from those below."""
PURE = FLOORS[1] | FLOORS[2]
HOMES_OF_SCRAPY = {"session"} | FLOORS[7] | FLOORS[8] | FLOORS[9]
COMMAND_LINE = {"commands", "cli"}
OUTSIDE_WORLD = {"scrapy", "twisted", "sqlalchemy", "socket", "ssl", "http", "urllib.request", "time"}
CLOCK_READINGS = {"now", "utcnow", "today"}
SQL = {"sqlalchemy", "sqlite3", "psycopg", "alembic"}
NOT_SQL = {"sqlalchemy.orm.Session", "sqlalchemy.exc"}
"""What others may name of SQLAlchemy: the session that they pass on, and the failures that they catch."""


@dataclass(frozen=True)
class Module:
    path: Path

    @cached_property
    def name(self) -> str:
        return ".".join(self.path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")

    @cached_property
    def part(self) -> str:
        """Its part of the package, as FLOORS names it."""
        return ".".join(self.name.split(".")[:2]).removeprefix("newsbot.")

    @cached_property
    def floor(self) -> int:
        return next(number for number, parts in enumerate(FLOORS) if self.part in parts)

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.path.read_bytes(), str(self.path))

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """The nodes of its syntax tree, and of its stub's if the stub says where its names are (`import_name`)."""
        stub = self.path.with_suffix(".pyi")
        names_are_there = "import_name" in self.path.read_text("utf-8") and stub.is_file()
        return [*ast.walk(self.tree), *(ast.walk(ast.parse(stub.read_bytes())) if names_are_there else ())]

    @cached_property
    def imports(self) -> list[str]:
        """What it imports, wherever in the file; a name taken from a module is added to the module's."""
        found: list[str] = []
        for node in self.nodes:
            if isinstance(node, ast.Import):
                found += [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                found += [f"{'.' * node.level}{node.module or ''}.{alias.name}" for alias in node.names]
        return found

    @cached_property
    def calls(self) -> list[str]:
        """The last name of everything that it calls."""
        called = (node.func for node in ast.walk(self.tree) if isinstance(node, ast.Call))
        names = (getattr(function, "attr", None) or getattr(function, "id", None) for function in called)
        return [name for name in names if name]


MODULES = {module.name: module for module in map(Module, sorted(ROOT.glob("newsbot/**/*.py")))}


def imported_modules(module: Module) -> set[Module]:
    """Return newsbot's own modules that one imports: `from a import b` is `a.b` where that is a module, else `a`."""
    names = (name if name in MODULES else name.rpartition(".")[0] for name in module.imports)
    return {MODULES[name] for name in names if name in MODULES}


def imports_of(module: Module, packages: set[str]) -> list[str]:
    """Return what a module imports of some packages."""
    return [
        name for name in module.imports if any(f"{name}.".startswith(f"{package}.") for package in packages)
    ]


def offences(find: Callable[[Module], list[str]], modules: set[str] | None = None) -> dict[str, list[str]]:
    """Return what `find` has against each module, of all parts or of some."""
    judged = [module for module in MODULES.values() if modules is None or module.part in modules]
    return {module.name: found for module in judged if (found := find(module))}


def test_every_part_of_the_package_stands_on_a_floor() -> None:
    assert {module.part for module in MODULES.values()} <= set.union(*FLOORS)


def test_imports_run_downwards_only() -> None:
    def upwards(module: Module) -> list[str]:
        return [other.name for other in imported_modules(module) if other.floor > module.floor]

    assert offences(upwards) == {}


def test_imports_are_absolute() -> None:
    assert offences(lambda module: [name for name in module.imports if name.startswith(".")]) == {}


def test_no_import_cycle() -> None:
    graph = {name: {other.name for other in imported_modules(module)} for name, module in MODULES.items()}
    cycle: list[str] = []
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        cycle = error.args[1]
    assert cycle == []


def package_of(module: Module) -> str:
    """Return the package of a module: the first two levels below newsbot; a module directly in newsbot is its own."""
    names = module.name.split(".")
    is_package = module.path.name == "__init__.py"
    return ".".join(names[:3] if is_package else names[: min(3, max(2, len(names) - 1))])


def package_imports() -> dict[str, set[str]]:
    """Return package -> packages that its modules import."""
    graph: dict[str, set[str]] = {}
    for module in MODULES.values():
        package = package_of(module)
        others = {package_of(other) for other in imported_modules(module)} - {package}
        graph.setdefault(package, set()).update(others)
    return graph


def test_no_import_cycle_between_packages() -> None:
    graph = package_imports()
    cycle: list[str] = []
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        cycle = error.args[1]
    assert cycle == []


STORE_FLOORS = (
    "schema",
    "sql",
    "index",
    "changes",
    "crawl",
    "retention",
    "entities",
    "articles",
    "search",
    "counts",
    "following",
    "sending",
    "operating",
    "placing",
    "queries",
)
"""The packages of the store from the ground up; `newsbot.store` itself opens databases and uses the first three."""


def test_imports_run_downwards_inside_the_store() -> None:
    floors = {f"newsbot.store.{name}": number for number, name in enumerate(STORE_FLOORS)}
    floors["newsbot.store"] = floors["newsbot.store.crawl"]
    graph = {package: others for package, others in package_imports().items() if package in floors}
    assert graph.keys() == floors.keys()
    upwards = {
        (package, other)
        for package, others in graph.items()
        for other in others
        if other in floors and floors[other] >= floors[package]
    }
    assert upwards == set()


def test_the_package_itself_imports_nothing_before_it_is_asked_for_a_name() -> None:
    assert MODULES["newsbot"].imports == ["importlib.import_module"]


def test_pure_parts_know_no_network_and_no_database() -> None:
    assert offences(lambda module: imports_of(module, OUTSIDE_WORLD), PURE) == {}


def test_pure_parts_read_no_clock() -> None:
    assert offences(lambda module: [name for name in module.calls if name in CLOCK_READINGS], PURE) == {}


def test_sql_is_at_home_in_the_store_only() -> None:
    elsewhere = set.union(*FLOORS) - {"store"}
    assert (
        offences(
            lambda module: sorted({*imports_of(module, SQL)} - {*imports_of(module, NOT_SQL)}), elsewhere
        )
        == {}
    )


def test_scrapy_is_unknown_below_the_spiders() -> None:
    below = set.union(*FLOORS) - HOMES_OF_SCRAPY
    assert offences(lambda module: imports_of(module, {"scrapy"}), below) == {}


def test_every_module_has_a_docstring() -> None:
    assert offences(lambda module: [] if ast.get_docstring(module.tree) else ["no docstring"]) == {}


def test_only_the_command_line_prints() -> None:
    elsewhere = set.union(*FLOORS) - COMMAND_LINE
    assert offences(lambda module: [name for name in module.calls if name == "print"], elsewhere) == {}


MAX_MODULES = 13
"""Modules in a folder, besides `__init__`: more than that are not taken in at a glance."""
MIRRORS = {"cli", "commands"}
"""Packages whose modules may have the name of what they call."""


def test_no_folder_has_too_many_modules() -> None:
    counts = Counter(module.path.parent for module in MODULES.values() if module.path.name != "__init__.py")
    assert {str(folder.relative_to(ROOT)): n for folder, n in counts.items() if n > MAX_MODULES} == {}


def test_no_module_name_is_used_twice() -> None:
    paths = [module.path for module in MODULES.values() if module.part not in MIRRORS]
    counts = Counter(path.stem for path in paths if not path.stem.startswith("__"))
    assert [name for name, count in counts.items() if count > 1] == []
