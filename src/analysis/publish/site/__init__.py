"""Pages become a site that changes in one step."""
