"""Who complains, and did an intervention act on frequent claimants or on everybody?"""
