"""Floor 6. What the dialogue is made of: hearing what a person wants, and one module for each way to answer it."""
