"""`python -m tests.fuzz`: a campaign with one process for each processor. Failures are written to reports/fuzz/."""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import sys
from functools import partial
from pathlib import Path

from tests.fuzz import campaign
from tests.fuzz.world import STAGES

REPORTS = Path("reports/fuzz")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0, help="how long [60]")
    parser.add_argument("--documents", type=int, help="stop after so many documents, whatever the time")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes at once [one a processor]")
    parser.add_argument("--first", type=int, default=0, help="the first round [0]")
    parser.add_argument("--round", type=int, help="this round alone, with its files and its traceback")
    wanted = parser.parse_args()
    if wanted.round is not None:
        return _again(wanted.round)
    tally = campaign.Tally()
    first, slice_seconds = wanted.first, min(30.0, wanted.seconds)
    with multiprocessing.get_context("spawn").Pool(wanted.jobs) as pool:
        spent = 0.0
        while spent < wanted.seconds and (wanted.documents is None or tally.documents < wanted.documents):
            part = partial(campaign.run, step=wanted.jobs, seconds=slice_seconds)
            found = pool.map(part, [first + job for job in range(wanted.jobs)])
            first += wanted.jobs * max(each.rounds for each in found)
            slice_tally = campaign.Tally()
            for each in found:
                slice_tally.add(each)
            spent += slice_tally.seconds
            tally.add(slice_tally)
            tally.seconds = spent
            print(f"{tally.documents:,} documents, {spent:.0f} s, {len(tally.failures)} failures", file=sys.stderr)
            for failure in slice_tally.failures:
                print(f"round {failure.round}: {failure.kind}", file=sys.stderr, flush=True)
    return _report(tally, first)


def _again(number: int) -> int:
    files, deep = campaign.files_of(number)
    for path, content in files.items():
        print(f"-- {path} --\n{content.decode('utf-8', 'backslashreplace')}")
    print(f"deep: {deep}")
    tally = campaign.run(number, 1, rounds=1)
    for failure in tally.failures:
        print(failure.trace)
    return 1 if tally.failures else 0


def _report(tally: campaign.Tally, following: int) -> int:
    stages = ", ".join(f"{stage} {tally.reached.get(stage, 0):,}" for stage in STAGES)
    print(f"{tally.documents:,} documents in {tally.rounds:,} specs folders, {tally.seconds:.0f} s; folders: {stages}")
    kinds: dict[str, list[campaign.Failure]] = {}
    for failure in tally.failures:
        kinds.setdefault(failure.kind, []).append(failure)
    for kind, failures in sorted(kinds.items(), key=lambda item: -len(item[1])):
        print(f"{len(failures):>5}  {kind}: python -m tests.fuzz --round {failures[0].round}")
        REPORTS.mkdir(parents=True, exist_ok=True)
        name = "".join(character if character.isalnum() else "-" for character in kind)[:80]
        text = json.dumps({"round": failures[0].round, "files": failures[0].files}, indent=2)
        (REPORTS / f"{name}.txt").write_text(f"{failures[0].trace}\n{text}\n", "utf-8")
    print(f"{len(tally.failures)} unexpected; the next campaign: --first {following}")
    return 1 if tally.failures else 0


if __name__ == "__main__":
    sys.exit(main())
