"""How anyone decides: keyed draws, choice, attention, influence, attitudes."""
