"""An owner's files become checked tables."""
