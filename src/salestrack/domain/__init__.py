"""The rules of the ledger: values and records without clock, files or printing."""
