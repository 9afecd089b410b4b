"""Do targets move the work, or its reporting?"""
