"""Others' facts turned into our commands: one file per reaction."""
