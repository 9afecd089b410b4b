"""Does the arithmetic of printed figures hold?"""
