"""The program's own exports coming back into the book that wrote them, or into another."""
