"""A few seconds of the fuzzer, with the same documents each time. `make fuzz` runs other documents for a given time."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import pytest

import slosmith.resolve.resolution as resolution
from slosmith.formats.yaml import document
from tests.cli.project import CHECKOUT
from tests.fuzz import campaign
from tests.fuzz.corpus import pick, seeds, words
from tests.fuzz.generation import generate, schemas
from tests.fuzz.mutation import EDGES, damage, junk, places, touch, written
from tests.fuzz.world import CLASS, COMMANDS, SERVICE, STAGES, lay_out, live, settings
from tests.sampling import Sample

ROUNDS = 48
"""About 800 documents; `make test-all` takes twenty times as many."""


@pytest.mark.parametrize("process", range(4))
def test_no_document_brings_about_anything_unexpected(process: int, sample: Sample) -> None:
    tally = campaign.run(1_000_000 * sample.seed + process, 4, rounds=ROUNDS // 4 * (20 if sample.everything else 1))
    shown = [f"python -m tests.fuzz --round {each.round}\n{each.trace}" for each in tally.failures]
    assert not shown, "\n".join(shown)
    assert tally.documents > tally.rounds
    assert tally.reached["read"] == tally.rounds


def test_some_documents_get_to_the_end() -> None:
    """Some documents must pass all steps. Otherwise the fuzzer would find little."""
    tally = campaign.Tally()
    for number in [number for number in range(400) if campaign.files_of(number)[1]][:60]:
        tally.add(campaign.run(number, 1, rounds=1))
    assert not tally.failures, tally.failures[0].trace
    assert all(tally.reached.get(stage, 0) >= 3 for stage in STAGES[1:-1])
    assert tally.reached["commanded"]


def test_a_round_is_made_of_its_number() -> None:
    for number in (0, 1, 4, 4711):
        assert campaign.files_of(number) == campaign.files_of(number)
    assert campaign.files_of(1) != campaign.files_of(2)


def test_the_corpus_has_every_format() -> None:
    found = Counter((seed.folder, str(seed.value.get("version", seed.value.get("apiVersion")))) for seed in seeds())
    assert {folder for folder, _ in found} == {"", "services", "classes", "catalogues", "templates", "policies"}
    for version in ("slosmith/v1", "prometheus/v1", "sloth.slok.dev/v1", "openslo/v1", "openslo/v1alpha",
                    "openslo.com/v2alpha", "pyrra.dev/v1alpha1"):  # fmt: skip
        assert any(known == version for _, known in found), version
    assert {"histogram_metric", "factor", "overridePrevious"} <= set(words()[0]), "slokit's and Sloth's rare keys"
    assert len(schemas()) >= 10


def test_every_kind_of_every_schema_is_generated_and_picked() -> None:
    """A format with one document among hundreds would hardly be tried; a generated one of a wrong version never is."""
    random = Random(5)
    for make in (generate, pick):
        found: Counter[tuple[str, str]] = Counter()
        for _ in range(1500):
            seed = make(random)
            value = seed.value if isinstance(seed.value, dict) else {}
            found[seed.folder, str(value.get("version", value.get("apiVersion")))] += 1
        for schema in schemas():
            name = str(schema["$id"]).rpartition(":")[2]
            folder, version = FORMATS.get(name, ("services", name))
            assert found[folder, version] >= 10, (make, name)


FORMATS = {
    "slosmith-v1": ("classes", "slosmith/v1"),
    "sli-template-v1": ("templates", "slosmith/v1"),
    "policy-v1": ("policies", "slosmith/v1"),
    "sloth-prometheus-v1": ("services", "prometheus/v1"),
    "sloth-kubernetes-v1": ("services", "sloth.slok.dev/v1"),
    "sloth-alert-windows-v1": ("catalogues", "sloth.slok.dev/v1"),
    "openslo-v1": ("services", "openslo/v1"),
    "openslo-v1alpha": ("services", "openslo/v1alpha"),
    "openslo-v2alpha": ("services", "openslo.com/v2alpha"),
    "pyrra-v1alpha1": ("services", "pyrra.dev/v1alpha1"),
}


def test_the_fuzzers_own_documents_are_good(tmp_path: Path) -> None:
    """Damage to a document that is refused anyway would not get far."""
    texts = Path(campaign.__file__).with_name("documents.yaml").read_text("utf-8").split("# ---\n")
    for index, text in enumerate(texts):
        project = "kind: Project" in text
        name = "slosmith" if project else "services/kinds" if "name: kinds" in text else f"services/{index}"
        files = {"slosmith.yaml": json.dumps(settings({}, "weighted")).encode(), f"{name}.yaml": text.encode()}
        if project:
            files["services/plain.yaml"] = PLAIN.encode()
        lay_out(tmp_path / "slo_specs", files)
        assert live(tmp_path / "slo_specs", Random(index), deep=True) >= {"sound", "compiled"}, text


PLAIN = """\
version: slosmith/v1
kind: Service
name: plain
objectives: {up: {target: 99%, indicator: {boolean_gauge: {gauges: up}}}}
"""


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_commands_are_tried_on_what_is_sound(command: tuple[str, ...], tmp_path: Path) -> None:
    class Chosen(Random):
        def choice(self, seq: Any) -> Any:
            return command if seq is COMMANDS else super().choice(seq)

        def random(self) -> float:
            return 0.05

    chosen = {"slosmith.yaml": json.dumps(settings({}, "sloth")).encode()}
    files = {**chosen, "classes/stable.yaml": CLASS.encode(), "services/good.yaml": SERVICE.encode()}
    lay_out(tmp_path / "slo_specs", files)
    assert live(tmp_path / "slo_specs", Chosen(1), deep=True) == set(STAGES)


def test_settings_with_any_key_are_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key that is no text once ended a campaign."""
    monkeypatch.setattr(campaign, "_targets", lambda _: {"grafana": {"tags": {None: 1, True: 2, 0.5: 3}}})
    for number in range(20):
        assert campaign._settings_text(Random(number))


def test_documents_are_damaged_and_stay_what_they_were() -> None:
    random = Random(1)
    for seed in random.sample(seeds(), 20):
        before = repr(seed.value)
        changed = [repr(change(seed, random, 3).value) for change in (damage, touch) for _ in range(3)]
        assert repr(seed.value) == before
        assert any(each != before for each in changed)
        assert () in list(places(seed.value))


def test_no_part_of_a_document_is_part_of_another() -> None:
    """A shared list that was put into itself once ended a campaign. Then a round depended on the rounds before it."""
    before = repr(EDGES)
    random = Random(4)
    for _ in range(400):
        value = junk(random, ())
        while isinstance(value, list | dict):
            inner = [*value] if isinstance(value, list) else [*value.values()]
            value.append(1) if isinstance(value, list) else value.update(new=1)
            value = inner[0] if inner else None
    assert repr(EDGES) == before


def test_documents_are_written_as_yaml_that_says_the_same() -> None:
    random = Random(2)
    for number in range(40):
        value = seeds()[number * 3 % len(seeds())].value if number % 2 else generate(random).value
        text = written(value, random, damaged=False).decode()
        assert len(document.read(text, "x.yaml").documents) <= 1
        if number % 2:
            assert document.read(text, "x.yaml").problems == []


# --- the fuzzer finds errors


@pytest.mark.parametrize("fault", ["exception", "hang"])
def test_a_fault_is_found_and_can_be_brought_back(fault: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    usual = resolution.resolve_period
    hits = []

    def faulty(context: Any, parts: Any, subject: str, origins: Any, **more: Any) -> Any:
        if fault == "hang":
            hits.append(subject)
            while True:
                pass
        if any(part is not None and part.rolling is not None and "28" not in str(part.rolling) for part in parts):
            raise KeyError("a fault of this test")
        return usual(context, parts, subject, origins, **more)

    monkeypatch.setattr(resolution, "resolve_period", faulty)
    monkeypatch.setattr(campaign, "ROUND_SECONDS", 1)
    tally = campaign.run(0, 1, rounds=40 if fault == "exception" else 2)
    assert tally.failures
    found = tally.failures[0]
    assert found.kind.startswith("KeyError at" if fault == "exception" else "_TooSlowError at")
    assert "faulty" in found.trace
    assert [each.kind for each in campaign.run(found.round, 1, rounds=1).failures] == [found.kind]


def test_from_the_command_line() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzz", "--seconds", "1", "--jobs", "1"],
        cwd=CHECKOUT, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 unexpected" in done.stdout
