"""`make bench`: measure everything in one run and print one table."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter

from bench import commits, floors, imports, keys, pages, reports, start
from bench.table import Result, Unavailable, table
from bench.target import Target

Measure = Callable[[Target], Iterator[Result]]
MEASURES: dict[str, Measure] = {
    "floor": floors.hello,
    "start": start.caseload,
    "sign-in": start.sign_in,
    "password": start.password,
    "end": start.end,
    "widget": keys.widget,
    "keys": keys.session,
    "pages": pages.raw,
    "imports": imports.rate,
    "reports": reports.every,
    "commit": commits.durable,
}


def collect(name: str, measure: Measure, target: Target) -> list[Result]:
    """Run one measurement; what is not there, or breaks, becomes a line that says so."""
    results: list[Result] = []
    begun = perf_counter()
    try:
        results.extend(measure(target))
    except Unavailable as reason:
        results.append(Result(name, note=f"not available: {reason}"))
    except Exception as fault:  # one broken measurement must not lose the figures of the others
        traceback.print_exc()
        results.append(Result(name, note=f"failed: {fault!r}"[:160], failed=True))
    print(f"{name}: {perf_counter() - begun:.0f} s", file=sys.stderr, flush=True)
    return results


def save(target: Target, results: list[Result]) -> Path:
    """Write the results with what is known of the machine; return the file."""
    path = target.out / f"bench-{target.cases}.json"
    machine = {
        "python": platform.python_version(),
        "system": platform.system(),
        "processors": os.cpu_count(),
        "load": os.getloadavg()[0],
    }
    lines = [result.as_json() for result in results]
    answer = {"cases": target.cases, "machine": machine, "results": lines}
    path.write_text(json.dumps(answer, indent=1), encoding="utf-8")
    return path


def main() -> int:
    """Measure what was asked; the status is 1 when a goal was missed."""
    parser = argparse.ArgumentParser(description="Measure nurse-tui beside its own floors.")
    parser.add_argument("--cases", type=int, default=1000, help="size of the database")
    parser.add_argument("--runs", type=int, default=9, help="starts of each program")
    parser.add_argument("--only", nargs="*", choices=MEASURES, default=list(MEASURES))
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "out")
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    target = Target(asked.cases, asked.runs, asked.out)
    results = [line for name in asked.only for line in collect(name, MEASURES[name], target)]
    path = save(target, results)
    load = os.getloadavg()[0]
    print(f"\n{asked.cases:,} cases, {os.cpu_count()} processors, load {load:.1f}\n")
    print(table(results))
    print(f"\nwritten to {os.path.relpath(path)}")
    return 1 if any(result.ok is False for result in results) else 0


if __name__ == "__main__":
    raise SystemExit(main())
