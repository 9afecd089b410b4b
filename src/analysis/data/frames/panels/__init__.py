"""Panels: regions by period under interventions, from tables to what a method takes."""
