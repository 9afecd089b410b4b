"""Does sparing first minor violations bring more of them?"""
