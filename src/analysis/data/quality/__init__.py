"""What is wrong with tables that obey the contract: over time, and column by column."""
