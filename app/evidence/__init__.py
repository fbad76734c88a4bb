"""Files of a case: sealed while they arrive, told apart by content, kept once, opened only after a check."""
