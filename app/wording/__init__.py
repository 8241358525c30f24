"""What people read, in English and Chinese: catalogues of sentences and the wording of errors."""

from app.wording.catalogue import LANGUAGES, Translator, default_language, mark, translator
from app.wording.errors import word_error
from app.wording.tables import table_text

__all__ = ["LANGUAGES", "Translator", "default_language", "mark", "table_text", "translator", "word_error"]
