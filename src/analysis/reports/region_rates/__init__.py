"""Which regions differ by more than chance?"""
