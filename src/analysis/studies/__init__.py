"""How often the rules claim what is not so, in worlds whose truth is known."""
