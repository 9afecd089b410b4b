"""Which interventions lowered an outcome, and did one do more than another?"""
