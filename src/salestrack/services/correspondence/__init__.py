"""Mail and calendars: who wrote to whom and who met whom becomes activities of the customers that the book knows."""
