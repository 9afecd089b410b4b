"""Complaint records counted where they lie."""
