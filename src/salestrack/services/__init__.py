"""Actions that touch several records at once."""
