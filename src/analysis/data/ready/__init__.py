"""Ready frames: what a notebook takes as it stands, declared like tables of the contract."""
