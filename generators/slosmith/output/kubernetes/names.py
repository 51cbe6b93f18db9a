"""Valid names, namespaces and labels of Kubernetes (RFC 1123; Kubernetes, "Object Names and IDs", "Labels")."""

from __future__ import annotations

import hashlib
import re

from slosmith.vocabulary.provenance import MARKER, Source

LONGEST_NAME = 253
_NAME_PART = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_NAME = re.compile(rf"{_NAME_PART}(\.{_NAME_PART})*")
_NAMESPACE = re.compile(_NAME_PART)
_LABEL_PART = re.compile(r"[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?")
_LONGEST_LABEL_PART = 63
_HASH_LENGTH = 10

MANAGED_BY = ("app.kubernetes.io/managed-by", "slosmith")
SOURCE_ANNOTATION = "slosmith/source"
"""Names the spec of an object in the cluster, where comments are lost."""


def object_name(prefix: str, name: str) -> str:
    """``<prefix><name>`` as an object's name: a DNS-1123 subdomain of at most 253 characters.

    Other names are converted, with a hash of the whole name, so that no two names become equal.
    """
    wanted = f"{prefix}{name}"
    if _NAME.fullmatch(wanted) and len(wanted) <= LONGEST_NAME:
        return wanted
    digest = hashlib.sha256(wanted.encode()).hexdigest()[:_HASH_LENGTH]
    readable = re.sub(r"[^a-z0-9]+", "-", wanted.lower()).strip("-")[: LONGEST_NAME - _HASH_LENGTH - 1].strip("-")
    return f"{readable}-{digest}" if readable else f"x-{digest}"


def is_object_name(text: str) -> bool:
    """Whether ``text`` is a DNS-1123 subdomain of at most 253 characters."""
    return len(text) <= LONGEST_NAME and bool(_NAME.fullmatch(text))


def is_namespace(text: str) -> bool:
    """Whether ``text`` is a DNS-1123 label of at most 63 characters."""
    return len(text) <= _LONGEST_LABEL_PART and bool(_NAMESPACE.fullmatch(text))


def is_label_key(text: str) -> bool:
    """Whether ``text`` is a key of a label or an annotation: a name, or a DNS name, a slash and a name."""
    prefix, slash, name = text.rpartition("/")
    if slash and not is_object_name(prefix):
        return False
    return len(name) <= _LONGEST_LABEL_PART and bool(_LABEL_PART.fullmatch(name))


def is_label_value(text: str) -> bool:
    """Whether ``text`` is a label's value; it may be empty."""
    return not text or (len(text) <= _LONGEST_LABEL_PART and bool(_LABEL_PART.fullmatch(text)))


def source_annotation(source: Source) -> tuple[str, str]:
    """The annotation that names the spec of an object."""
    return SOURCE_ANNOTATION, f"{MARKER}{source.name}"
