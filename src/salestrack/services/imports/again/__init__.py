"""Rows that came in before: what changed at the source, what stays, and what it no longer says."""
