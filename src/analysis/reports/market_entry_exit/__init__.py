"""Do openings, dormancy and exits change with easier registration?"""
