"""Casetrail: cases under a branch's guidance, and a trail of every step that an outsider can check."""

import gc

gc.set_threshold(50_000, 50, 100)  # what is imported stays: a tenth of every start went into looking it through
