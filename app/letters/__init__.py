"""Letters to people in a case: templates, wording, versions, PDF. Knows a case by its id only."""
