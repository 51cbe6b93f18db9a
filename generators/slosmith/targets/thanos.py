"""Rule files for a Thanos ruler: those of Prometheus, in which global scope has put site matchers into the selectors.

The ruler's own default for partial responses, abort, is the right one for SLOs - half of the data is not an SLI - so
the files say nothing about it, and promtool can read them.
"""

from __future__ import annotations

from slosmith.targets.prometheus import Settings, service_files, shared_files

__all__ = ["Settings", "service_files", "shared_files"]
