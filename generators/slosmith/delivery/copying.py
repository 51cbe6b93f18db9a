"""Plans the copy of generated files into a checkout of another repository.

Only files that slosmith wrote are copied, replaced or removed. Everything else in the checkout belongs to others. A
list of checksums, kept in that repository, says which files an earlier copy brought. So a file that the specs no longer
need is removed, and the files of another slosmith project in the same folder stay.
"""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import msgspec

from slosmith.output.checksums import read_sums, sums_of, sums_text
from slosmith.output.replacing import replace_files
from slosmith.output.tree import OutputError, State, file_state, output_error


class Plan(msgspec.Struct, frozen=True):
    """What a copy changes. Paths are relative to the checkout, sorted."""

    texts: dict[str, str]
    """Path -> the text that it gets: new and changed files, and the list of checksums."""
    new: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    same: tuple[str, ...]
    refused: tuple[str, ...] = ()
    """Files, folders or links of others in the way. The copy cannot be carried out."""

    @property
    def empty(self) -> bool:
        """Whether the checkout has all files as they are."""
        return not (self.new or self.changed or self.removed)


def plan(source: Path, checkout: Path, into: PurePosixPath, sums: PurePosixPath) -> Plan:
    """Compare ``source``, a generated folder, with the folder ``into`` of ``checkout``.

    ``sums`` is the list of checksums of the last copy, relative to the checkout; it need not exist. Raises OutputError
    if ``source`` has no generated files, or if something cannot be read.
    """
    listed = sums_of(source)
    if not listed:
        raise OutputError(f"{source}: slosmith generated no file in this folder")
    found: dict[State, list[str]] = {state: [] for state in State}
    texts: dict[str, str] = {}
    try:
        for path in sorted(listed):
            content, place = (source / path).read_bytes(), (into / path).as_posix()
            state = file_state(checkout, place, content)
            found[state].append(place)
            texts[place] = content.decode("utf-8")
    except OSError as error:
        raise output_error(error) from error
    refused = found[State.FOREIGN]
    before: dict[str, str] = {}
    if file_state(checkout, sums.as_posix(), b"") is not State.MISSING:
        if _is_file_within(checkout, sums):
            before = read_sums(checkout / sums)
        else:
            refused.append(sums.as_posix())
    for path in sorted(before.keys() - listed.keys()):
        place = (into / path).as_posix()
        state = file_state(checkout, place, b"")
        if state is State.FOREIGN:
            refused.append(place)
        elif state is not State.MISSING:
            found[State.OBSOLETE].append(place)
    for place in found[State.SAME]:
        del texts[place]
    texts[sums.as_posix()] = sums_text(listed)
    return Plan(
        texts=texts,
        new=tuple(found[State.MISSING]),
        changed=tuple(found[State.STALE]),
        removed=tuple(found[State.OBSOLETE]),
        same=tuple(found[State.SAME]),
        refused=tuple(sorted(refused)),
    )


def carry_out(planned: Plan, checkout: Path) -> None:
    """Write and remove what the plan says. Raises OutputError."""
    assert not planned.refused
    try:
        written = {checkout / path: text for path, text in planned.texts.items()}
        for path in written:
            path.parent.mkdir(parents=True, exist_ok=True)
        replace_files(written)
        for gone in planned.removed:
            (checkout / gone).unlink(missing_ok=True)
    except OSError as error:
        raise output_error(error) from error


def _is_file_within(checkout: Path, path: PurePosixPath) -> bool:
    """Whether ``path`` is a regular file, and no part of it is a link: a link may lead out of the checkout."""
    places = [checkout / path, *(checkout / parent for parent in path.parents)]
    return (checkout / path).is_file() and not any(place.is_symlink() for place in places[:-1])
