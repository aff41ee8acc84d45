"""The work of a case: who has it, since when, and what they do with it."""
