"""What happened where one region acted alone?"""
