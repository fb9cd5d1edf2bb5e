"""What salestrack costs in time and memory, measured by one command: python -m benchmarks."""
