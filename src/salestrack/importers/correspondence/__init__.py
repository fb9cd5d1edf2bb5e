"""Reading mailboxes and calendars, a message or event at a time."""
