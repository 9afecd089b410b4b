"""Can this dataset carry the question?"""
