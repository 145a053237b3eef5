"""Floor 7. What the maintainers' commands are made of: writing entries, counting, exporting, checking links and answers."""
