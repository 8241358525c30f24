"""How anyone decides: keyed draws, choice, attention, influence, attitudes."""

import model.behaviour.compiled as _compiled

_compiled.use_cache_folder()
