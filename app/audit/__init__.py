"""The trail: what happened, append-only. It knows no case and no person; they arrive as values."""
