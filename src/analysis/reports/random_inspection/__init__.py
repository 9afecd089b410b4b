"""Was the draw random, and does being drawn matter?"""
