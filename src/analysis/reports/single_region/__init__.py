"""What happened in one region that acted?"""
