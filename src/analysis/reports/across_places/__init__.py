"""Did it come to the same in several places, and what is to be expected in another?"""
