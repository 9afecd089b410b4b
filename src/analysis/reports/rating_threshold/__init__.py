"""What does a colour code, a list or a star do to those just over the line?"""
