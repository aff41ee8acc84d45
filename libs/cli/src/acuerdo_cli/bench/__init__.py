"""How fast this machine runs a whole deployment: taken through the public APIs, on servers of its own."""
