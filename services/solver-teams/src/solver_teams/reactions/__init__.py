"""Others' facts, and some of our own, turned into our commands: one file per reaction."""
