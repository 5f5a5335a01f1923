"""``python -m bench [names…]`` measures and writes var/bench.json; bench/README.md explains it."""

import argparse
import signal
import sys
from types import FrameType, ModuleType

from bench.measures import (
    banners,
    desk,
    effort,
    exports,
    figures,
    monitor,
    pages,
    queries,
    registrations,
    summaries,
    uniform,
)
from bench.run import Run, machine, new_run
from bench.table import Row, as_text, write_json
from bench.tools import ROOT, CannotMeasure, crowded, require_tools

OUTPUT = ROOT / "var" / "bench.json"
# In this order: figures, desk, exports, summaries and monitor copy the database while nobody uses
# it, and nothing of the portal's own is delivered before the registrations are measured.
MEASURES: dict[str, ModuleType] = {
    "figures": figures,
    "desk": desk,
    "exports": exports,
    "summaries": summaries,
    "monitor": monitor,
    "pages": pages,
    "banners": banners,
    "queries": queries,
    "uniform": uniform,
    "effort": effort,
    "registrations": registrations,
}


def main() -> int:
    options = _options()
    chosen = [module for name, module in MEASURES.items() if name in options.names]
    # Being told to end is an ordinary end: everything that was started is stopped and removed.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _end)
    rows: list[Row] = []
    try:
        require_tools(sorted({tool for module in chosen for tool in module.TOOLS}))
        if warning := crowded():
            print(warning)
        wants_peer = any(module.PEER for module in chosen)
        with new_run(quick=options.quick, wants_peer=wants_peer) as run:
            print(machine(run))
            for module in chosen:
                rows += module.measure(run)
    except CannotMeasure as problem:
        if rows:
            print(f"\n{as_text(rows)}\n")
        print(f"The measurement could not be finished. {problem}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nStopped; nothing is left running.", file=sys.stderr)
        return 130
    return _tell(run, rows)


def _tell(run: Run, rows: list[Row]) -> int:
    write_json(rows, OUTPUT)
    print(f"\n{as_text(rows)}\n")
    for note in run.notes:
        print(note)
    if run.quick:
        print("A quick run shows that everything works. Its figures are worth little.")
    if warning := crowded():
        print(warning)
    print(f"Written to {OUTPUT.relative_to(ROOT)}.")
    for failure in run.failures:
        print(f"FAILED: {failure}", file=sys.stderr)
    return 1 if run.failures else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "names", nargs="*", help=f"what to measure, of: {', '.join(MEASURES)} (all)"
    )
    parser.add_argument("--quick", action="store_true", help="a try in a few minutes")
    options = parser.parse_args()
    options.names = options.names or list(MEASURES)
    if unknown := set(options.names) - set(MEASURES):
        parser.error(f"there is no {', '.join(sorted(unknown))}; choose of {', '.join(MEASURES)}")
    return options


def _end(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
