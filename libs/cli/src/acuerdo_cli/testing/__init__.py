"""What tests of a whole deployment share: people who ask until they are answered, and what must hold afterwards."""
