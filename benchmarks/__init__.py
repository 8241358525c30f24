"""How fast the province is and how much memory it takes, measured beside a reference."""
