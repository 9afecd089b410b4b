"""May I trust these methods? What was published, what is obtained, and what worlds show."""
