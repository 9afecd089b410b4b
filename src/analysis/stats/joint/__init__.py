"""Several interventions estimated together: their effects, which did more, and where."""
