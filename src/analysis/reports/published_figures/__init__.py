"""What can be compared across the regions of printed figures?"""
