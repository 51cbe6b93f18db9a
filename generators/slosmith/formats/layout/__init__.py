"""The layout of a spec file: text -> the same text in one form, with all comments.

Keys are in the order of the JSON Schema. Lines have at most 100 columns where they can be broken, and levels are
indented by two spaces. Texts have quotes only where they need them. The data that the file means does not change: every
result is read again and compared before it is returned.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from slosmith.formats.layout.comments import attach, find_comments
from slosmith.formats.layout.order import Schemas, kind_of, sort_keys
from slosmith.formats.layout.printer import print_documents
from slosmith.formats.layout.tree import LayoutError, parse
from slosmith.formats.yaml.document import read

__all__ = ["OTHER_FORMAT", "LayoutError", "Schemas", "format_text", "same_data"]

OTHER_FORMAT = "it is not in slosmith's own format"
"""Why a file of another tool stays as it is."""

_OTHER_BREAKS = ("\x85", "\u2028", "\u2029")


def format_text(text: str, schemas: Schemas) -> str:
    """The formatted text. ``text`` has been read without problems, and has no byte order mark.

    ``schemas`` names the kinds of documents. Raises LayoutError if the file must stay as it is.
    """
    if any(each in text for each in _OTHER_BREAKS):
        raise LayoutError("it has line separators that are no line breaks for most editors")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    documents = parse(text)
    comments = attach(text, documents)
    for document in documents:
        if document.root is not None and kind_of(document) not in schemas:
            raise LayoutError(OTHER_FORMAT)
        sort_keys(document, schemas)
    result = print_documents(documents)
    if result != text:
        _compare(text, comments, result)
    return result


def _compare(text: str, comments: list[str], result: str) -> None:
    """Raises LayoutError if the result has other data or other comments than the text."""
    before, after = read(text, ""), read(result, "")
    if after.problems or len(before.documents) != len(after.documents):
        raise LayoutError("the writer cannot write it with the same meaning")
    pairs = zip(before.documents, after.documents, strict=True)
    if not all(same_data(old.value, new.value) for old, new in pairs):
        raise LayoutError("the writer cannot write it with the same meaning")
    if Counter(comments) != Counter(comment for _, comment in find_comments(result)):
        raise LayoutError("the writer cannot keep its comments")


def same_data(first: Any, second: Any) -> bool:
    """Whether two values of the reader are the same, with the types of numbers. The order of keys does not count."""
    if type(first) is not type(second):
        return False
    if isinstance(first, dict):
        return first.keys() == second.keys() and all(same_data(value, second[key]) for key, value in first.items())
    if isinstance(first, list):
        return len(first) == len(second) and all(map(same_data, first, second))
    return bool(first == second)
