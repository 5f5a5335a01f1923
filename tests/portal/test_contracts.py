"""The walls between the rooms: each contract is seen to fail on a breach made for it."""

import ast
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

STOREYS = ("portal", "home", "registration")

# A closed list: what every room may use must not become what nobody knows where to put.
COMMON = {
    "__init__", "apps", "charts", "dates", "errors", "folding", "limits", "models", "networks",
    "pages", "panels", "references", "sealing", "spreadsheets", "tasks", "typeset",
}  # fmt: skip
# What a rule may not know of: database, settings, clock, network, machine.
IMPURE = re.compile(
    r"(django\.(db|conf|apps|http|core\.(cache|mail|files)|utils\.timezone)|celery|os|pathlib|random"
    r"|requests|secrets|socket|subprocess|time|wagtail|registration\.\w+\.(models|services|tasks))"
    r"(\.\w+)*"
)
CLOCK = re.compile(r"\b(date|datetime)\.(now|today|utcnow)\(")
LONGEST_FILE, LONGEST_FUNCTION = 400, 60


def test_contracts_hold(tmp_path: Path) -> None:
    assert broken_contracts(copy_house(tmp_path)) == set()


@pytest.mark.parametrize(
    ("contract", "file", "line"),
    [
        pytest.param(
            "Storeys: portal stands on home, home on registration",
            "registration/pledges/breach.py",
            "import home",
            id="registration imports home",
        ),
        pytest.param(
            "Storeys: portal stands on home, home on registration",
            "home/breach.py",
            "import portal",
            id="home imports portal",
        ),
        pytest.param(
            "Floors: a room imports only rooms below it",
            "registration/ledger/breach.py",
            "import registration.people",
            id="a room imports the room above",
        ),
        pytest.param(
            "Floors: a room imports only rooms below it",
            "registration/common/breach.py",
            "def late():\n    import registration.units",
            id="common imports a room, inside a function",
        ),
        pytest.param(
            "Floors: a room imports only rooms below it",
            "registration/cellar/__init__.py",
            "",
            id="a room without a floor",
        ),
        pytest.param(
            "Figures come from the ledger and never see a person",
            "registration/reports/breach.py",
            "import registration.people.models",
            id="reports import people",
        ),
        pytest.param(
            "Figures come from the ledger and never see a person",
            "registration/reports/breach.py",
            "import registration.pledges.models",
            id="reports import pledges",
        ),
        pytest.param(
            "Inside a room: screens, services, tasks, models, rules, choices",
            "registration/units/choices.py",
            "import registration.units.models",
            id="choices import models",
        ),
        pytest.param(
            "Inside a room: screens, services, tasks, models, rules, choices",
            "registration/pledges/services.py",
            "import registration.pledges.views",
            id="services import views",
        ),
        pytest.param(
            "Inside a room: screens, services, tasks, models, rules, choices",
            "registration/pledges/forms.py",
            "import registration.pledges.services",
            id="forms import services",
        ),
        pytest.param(
            "Nobody imports another room's screens",
            "registration/pledges/breach.py",
            "import registration.banners.views",
            id="a room imports another's views",
        ),
        pytest.param(
            "Nobody imports another room's screens",
            "registration/reports/breach.py",
            "import registration.banners.forms",
            id="a room imports another's forms",
        ),
    ],
)
def test_contract_is_broken_by_a_breach(
    tmp_path: Path, contract: str, file: str, line: str
) -> None:
    house = copy_house(tmp_path)
    for imported in re.findall(r"import (registration\.\w+\.\w+)", line):
        module = house / (imported.replace(".", "/") + ".py")
        module.touch()
    breach = house / file
    breach.parent.mkdir(exist_ok=True)
    with breach.open("a") as source:
        source.write(f"\n{line}\n")

    assert broken_contracts(house) == {contract}


def test_forms_of_people_and_privacy_are_shared(tmp_path: Path) -> None:
    house = copy_house(tmp_path)
    for room in ("people", "privacy"):
        (house / "registration" / room / "forms.py").touch()
    (house / "registration/pledges/sharing.py").write_text(
        "import registration.people.forms\nimport registration.privacy.forms\n"
    )

    assert broken_contracts(house) == set()


def test_common_is_a_closed_list() -> None:
    folder = settings.BASE_DIR / "registration" / "common"

    assert {path.stem for path in folder.glob("*.py")} - COMMON == set()


def test_rules_are_pure() -> None:
    impure = [
        f"{path.parent.name}/rules.py imports {module}"
        for path in sorted((settings.BASE_DIR / "registration").glob("*/rules.py"))
        for module in imports_of(path)
        if IMPURE.fullmatch(module)
    ]
    looks_at_the_clock = [
        path.parent.name
        for path in sorted((settings.BASE_DIR / "registration").glob("*/rules.py"))
        if CLOCK.search(path.read_text(encoding="utf-8"))
    ]

    assert (impure, looks_at_the_clock) == ([], [])


def test_files_and_functions_stay_short() -> None:
    long = []
    for path in own_files():
        text = path.read_text(encoding="utf-8")
        if text.count("\n") > LONGEST_FILE:
            long.append(f"{path}: {text.count(chr(10))} lines")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > LONGEST_FUNCTION:
                    long.append(f"{path}: {node.name} has {lines} lines")

    assert long == []


def test_only_one_module_reads_the_environment() -> None:
    readers = {
        str(path.relative_to(settings.BASE_DIR))
        for path in own_files()
        if re.search(r"\bos\.(environ|getenv)\b", path.read_text(encoding="utf-8"))
    }

    assert readers == {"portal/settings/env.py"}


def copy_house(target: Path) -> Path:
    for storey in STOREYS:
        shutil.copytree(
            settings.BASE_DIR / storey,
            target / storey,
            ignore=lambda folder, names: [
                name
                for name in names
                if not (Path(folder, name).is_dir() or name.endswith(".py"))
                or name in {"__pycache__", "migrations"}
            ],
        )
    shutil.copy(settings.BASE_DIR / "pyproject.toml", target)
    return target


def broken_contracts(house: Path) -> set[str]:
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache", "--no-logo"]
    done = subprocess.run(
        command, cwd=house, capture_output=True, text=True, timeout=120, check=False
    )
    assert "Contracts" in done.stdout, done.stdout + done.stderr
    broken = set(re.findall(r"^(.+) BROKEN$", done.stdout, flags=re.MULTILINE))
    assert done.returncode == (1 if broken else 0), done.stdout
    return broken


def own_files() -> Iterator[Path]:
    for storey in STOREYS:
        for path in sorted((settings.BASE_DIR / storey).rglob("*.py")):
            if path.parent.name != "migrations":
                yield path


def imports_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
