"""All four databases at one point, and back to it."""
