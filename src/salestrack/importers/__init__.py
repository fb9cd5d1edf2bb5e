"""Bytes of an export in, records and row errors out."""
