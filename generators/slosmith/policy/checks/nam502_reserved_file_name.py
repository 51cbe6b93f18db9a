"""A name is taken on some file system, or by a file of slosmith's own.

## Why

The name of a service becomes the name of its files. Windows does not allow files named `con`, `aux`
or `nul`, with any ending, so a checkout of the repository would fail there. `calendars` is the rule
file that all services share. The unit tests of the service `search` are in the file `search_test`,
so a service `search_test` would need the same file name.

## Bad

```yaml
name: aux
name: search_test
```

## Good

```yaml
name: auxiliary
name: search-test
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from slosmith.model import Workspace
from slosmith.policy.check import Check, NoParameters, Violation
from slosmith.policy.context import Context
from slosmith.problems import Severity, at

_DEVICE = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)
_SHARED = ("calendars",)
_TEST = "_test"


def find(workspace: Workspace, context: Context, _: NoParameters) -> Iterator[Violation]:
    names = {name.casefold() for name in context.services}
    for service in workspace.services:
        folded = service.name.casefold()
        if _DEVICE.fullmatch(folded):
            reason = "it is the name of a device on Windows, and cannot be a file there"
        elif folded in _SHARED:
            reason = f"{folded}.yaml is the rule file that all services share"
        elif folded.endswith(_TEST) and folded.removesuffix(_TEST) in names:
            reason = f"it is the file with the tests of '{service.name[: -len(_TEST)]}'"
        else:
            continue
        yield Violation(
            at(service.origin, "name"),
            f"the name '{service.name}' is taken: {reason}",
            "choose another name",
            about=service,
        )


CHECK = Check(code="NAM502", level=Severity.ERROR, of="workspace", find=find, parameters=NoParameters)
