"""Who: accounts, offices with dates, sign-in, tokens, and what they may see."""
