"""Floor 7. People who asked to be told: what waits to be told them, what it says, and when it goes into the outbox."""
