"""Floor 4. The parts of the matcher: what is asked, which names to compare, how well they agree, what forbids an answer."""
