"""A run as one self-contained page in both languages: nothing is fetched from anywhere."""

from app.page.document import page

__all__ = ["page"]
