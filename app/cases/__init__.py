"""The case: intake, the records on it, who may see it, and the one door through which it moves."""
