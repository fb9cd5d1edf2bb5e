"""Pure functions from facts to one frozen report each."""
