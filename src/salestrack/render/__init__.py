"""Reports and records in, text out."""
