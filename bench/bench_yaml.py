"""Measures the time to read YAML with positions, in slosmith and in other ways.

python bench/bench_yaml.py FOLDER...      # every *.yaml below each folder
pip install ruamel.yaml                   # is measured too, if it is installed
"""

from __future__ import annotations

import argparse
import importlib.util
import io
import time
from collections.abc import Callable
from pathlib import Path

import yaml

from slosmith.formats.yaml import document


def _nodes(text: str) -> None:
    """PyYAML's nodes, which have marks. Values would have to be made from them."""
    for _ in yaml.compose_all(text, Loader=yaml.CSafeLoader):
        pass


def _events(text: str) -> None:
    """Only the events of the C parser. Nothing is made from them."""
    for _ in yaml.parse(text, Loader=yaml.CSafeLoader):
        pass


def _ruamel(text: str) -> None:
    """ruamel.yaml's round-trip loader, the only loader of ruamel.yaml whose values have lines."""
    from ruamel.yaml import YAML

    reader = YAML(typ="rt")
    for _ in reader.load_all(io.StringIO(text)):
        pass


WAYS: dict[str, Callable[[str], object]] = {
    "only events (PyYAML, C parser)": _events,
    "slosmith: values and marks from one walk over the events": lambda text: document.read(text, "f"),
    "nodes with marks (PyYAML, C parser), no values yet": _nodes,
    "values with lines (ruamel.yaml, round trip)": _ruamel,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    for folder in parser.parse_args().folders:
        texts = [path.read_text("utf-8") for path in sorted(folder.rglob("*.yaml"))]
        print(f"{folder}: {len(texts)} files, {sum(map(len, texts)) / 1e6:.1f} million characters")
        for name, way in WAYS.items():
            if way is _ruamel and importlib.util.find_spec("ruamel.yaml") is None:
                continue
            times = []
            for _ in range(1 if way is _ruamel else 3):
                started = time.process_time()
                for text in texts:
                    way(text)
                times.append(time.process_time() - started)
            print(f"  {min(times):8.3f} s CPU  {name}")


if __name__ == "__main__":
    main()
