"""One folder a notebook: its question, its answer and its words."""
