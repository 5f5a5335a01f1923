"""The message catalogues in ``locale/``: how they are collected, checked and compiled."""

import contextlib
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.core.management import call_command
from django.core.management.commands import makemessages

# One sentence, or the forms of one by number.
Text = str | list[str] | tuple[str, ...] | None

STOREYS = ("portal", "home", "registration")
READ = (".py", ".html", ".txt")

# Each pattern finds what a translation must keep: %(name)s, {name}, tags.
KEPT: dict[str, re.Pattern[str]] = {
    "placeholders": re.compile(r"%\(\w+\)[sdf]|\{\w*\}"),
    "tags": re.compile(r"</?[a-z][a-z0-9]*"),
}


class Collector(makemessages.Command):
    """Django's command, kept to the ``locale`` folder of the current directory, without guesses."""

    # Else LOCALE_PATHS would lead a run on a copy back to the original.
    settings_available = False
    # A guessed translation of a consent text is worse than none, so nothing is matched fuzzily.
    msgmerge_options = [*makemessages.Command.msgmerge_options, "--no-fuzzy-matching"]


def collect(root: Path, *, languages: list[str]) -> None:
    """Bring ``root/locale`` up to date with the sentences of code and templates under ``root``.

    Entries name their file but no line and carry no date, so a catalogue changes only when a
    sentence does.
    """
    with contextlib.chdir(root):
        call_command(
            Collector(),
            locale=languages,
            add_location="file",
            no_obsolete=True,
            ignore_patterns=["var", "tests", "bench", "deploy", "static", "migrations"],
            verbosity=0,
        )
    for path in catalogue_files(root / "locale"):
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        kept = [line for line in lines if not line.startswith('"POT-Creation-Date:')]
        path.write_text("".join(kept), encoding="utf-8")


def copy_sources(root: Path, target: Path) -> None:
    """Copy what holds sentences, so that a check need not touch the original."""

    def others(folder: str, names: list[str]) -> list[str]:
        return [n for n in names if not (Path(folder, n).is_dir() or n.endswith(READ))]

    for storey in STOREYS:
        shutil.copytree(root / storey, target / storey, ignore=others)
    shutil.copytree(root / "locale", target / "locale", ignore=shutil.ignore_patterns("*.mo"))


def catalogue_files(locale: Path) -> list[Path]:
    return sorted(locale.glob("*/LC_MESSAGES/*.po"))


def read_catalogue(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.parent.name, abort_invalid=True)


def compile_changed(locale: Path) -> list[Path]:
    """Write each ``.mo`` that is missing or older than its ``.po``; return those written.

    A fuzzy entry is left out: the reader gets the English sentence rather than a guess.
    """
    written = []
    for source in catalogue_files(locale):
        compiled = source.with_suffix(".mo")
        if compiled.exists() and compiled.stat().st_mtime >= source.stat().st_mtime:
            continue
        # Written beside and renamed: a running process never reads half a catalogue.
        half = compiled.with_suffix(".half")
        with half.open("wb") as file:
            write_mo(file, read_catalogue(source))
        half.replace(compiled)
        written.append(compiled)
    return written


def complaints(committed: Catalog, collected: Catalog) -> Iterator[str]:
    """Say what keeps a catalogue from being complete: missing, stale, fuzzy, lost placeholders."""
    have = {key(message): message for message in committed if message.id}
    need = {key(message) for message in collected if message.id}
    for missing in sorted(need - have.keys()):
        yield f"missing: {missing[1]!r}"
    for stale in sorted(have.keys() - need):
        yield f"stale: {stale[1]!r}"
    for message in have.values():
        if message.fuzzy:
            yield f"fuzzy: {first(message.id)!r}"
        elif not all(strings(message.string)):
            yield f"not translated: {first(message.id)!r}"
        else:
            yield from differences(message)


def differences(message: Message) -> Iterator[str]:
    sources, translations = strings(message.id), strings(message.string)
    for what, pattern in KEPT.items():
        allowed = [Counter(pattern.findall(source)) for source in sources]
        for translation in translations:
            found = Counter(pattern.findall(translation))
            # "one donor" may do without the number that "%(count)s donors" names.
            if found not in allowed:
                yield f"{what} differ: {sources[0]!r} → {translation!r}"
    edges: list[Callable[[str], bool]] = [lambda s: s.startswith("\n"), lambda s: s.endswith("\n")]
    if any(edge(sources[0]) != edge(translations[0]) for edge in edges):
        yield f"line breaks at the edges differ: {sources[0]!r}"


def key(message: Message) -> tuple[str, str]:
    return (message.context or "", first(message.id))


def first(text: Text) -> str:
    return strings(text)[0]


def strings(text: Text) -> list[str]:
    return [text] if isinstance(text, str) else list(text or [""])
