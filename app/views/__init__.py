"""The four pages of the front end."""
