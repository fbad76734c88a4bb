"""The trail as files: one module per format."""
