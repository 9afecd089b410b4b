"""What several reports show: certainty, provenance, protection, truth, agreement, options."""
