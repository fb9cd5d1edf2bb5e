"""What leaves the book together."""

from collections.abc import Mapping

Records = dict[str, set[int]]
"""Ids of records by the name of their table."""


def without(records: Mapping[str, set[int]], others: Mapping[str, set[int]]) -> Records:
    """Return the records that are not among others."""
    left = {table: keys - others.get(table, set()) for table, keys in records.items()}
    return {table: keys for table, keys in left.items() if keys}


def size(records: Mapping[str, set[int]]) -> int:
    """Return how many records there are."""
    return sum(len(keys) for keys in records.values())
