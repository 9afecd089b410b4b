"""Figures printed in documents, and what they support."""
