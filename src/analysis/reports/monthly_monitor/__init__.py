"""What is new this month?"""
