"""What may leave: small counts and identifiers do not."""
