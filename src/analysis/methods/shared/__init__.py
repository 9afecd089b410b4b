"""What methods have in common, so that a method's own file holds the method alone."""
