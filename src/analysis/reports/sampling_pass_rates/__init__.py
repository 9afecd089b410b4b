"""How much of what is sold fails, and what can a sample say of it?"""
