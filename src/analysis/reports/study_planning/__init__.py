"""Is a roll-out worth studying, and in which order should it start?"""
