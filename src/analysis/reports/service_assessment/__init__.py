"""Do ratings of officers by those they serve measure service?"""
