"""A whole agreement's life, played through the public interfaces as partners would, and told in the terminal."""
