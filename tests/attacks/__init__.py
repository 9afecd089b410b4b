"""Readers who want the protection of counts to be undone.

They are given all that leaves the house and more: every protected number, also of withheld cells,
which true counts are small, the exact level to be expected and how counts vary about it.
"""
