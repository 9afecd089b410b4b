"""Tables, the contract they obey, and the panels built from them."""
