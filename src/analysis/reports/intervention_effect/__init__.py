"""Did an intervention change what is recorded?"""
