"""What the site says of all its reports: lists, evidence, claims, studies, methods, changes."""
