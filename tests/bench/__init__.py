"""`make bench`: figures as ratios taken in one run. Nothing here is a test, and no build fails on a time."""
