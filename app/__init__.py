"""Casetrail: cases under a branch's guidance, and a trail of every step that an outsider can check."""

import gc

gc.set_threshold(50_000, 50, 100)  # servers, too: what is imported stays, and was looked through again and again
