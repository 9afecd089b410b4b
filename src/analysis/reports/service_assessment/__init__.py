"""What is a rating worth, and what may be done with a score?"""
