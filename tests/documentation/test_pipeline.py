"""The pipeline that users run: no report is counted twice."""

from __future__ import annotations

from fnmatch import fnmatch
from itertools import combinations
from typing import Any

import yaml

from tests.cli.project import CHECKOUT

PIPELINE: dict[str, Any] = yaml.safe_load((CHECKOUT / ".gitlab-ci.yml").read_text("utf-8"))


def reports(job: dict[str, Any]) -> list[str]:
    """The JUnit files, or patterns of files, that a job uploads."""
    while "extends" in job and "artifacts" not in job:
        job = PIPELINE[job["extends"]]
    found = job.get("artifacts", {}).get("reports", {}).get("junit", [])
    return [found] if isinstance(found, str) else found


def test_every_job_hands_in_its_own_reports() -> None:
    """Later jobs get the files of earlier stages, so a pattern would upload them again."""
    jobs = {name: reports(job) for name, job in PIPELINE.items() if isinstance(job, dict) and "script" in job}
    handing = {name: files for name, files in jobs.items() if files and "extends" not in PIPELINE[name]}
    assert set(handing) >= {"validate", "test"}
    for (one, first), (other, second) in combinations(handing.items(), 2):
        both = [(a, b) for a in first for b in second if fnmatch(a, b) or fnmatch(b, a)]
        assert both == [], f"{one} and {other} both hand in {both}"
    # the jobs upload the files that their commands write
    makefile = (CHECKOUT / "Makefile").read_text("utf-8")
    for file in jobs["test"]:
        assert file.replace("reports/", "$(REPORTS)/") in makefile
    assert jobs["test-all"] == jobs["test"]


def test_what_is_tested_is_what_was_committed() -> None:
    """The job `drift` writes the expected files to generated/. A later job must not get these as the
    committed files.
    """
    assert PIPELINE["test"]["dependencies"] == []
