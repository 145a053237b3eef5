"""Floor 5. What `bot/notice.py` reads a closure notice with, from the text it stands in to the names and dates in it."""
