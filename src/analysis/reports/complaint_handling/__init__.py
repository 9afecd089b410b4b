"""How long do cases take, and do routes and deadlines change it?"""
