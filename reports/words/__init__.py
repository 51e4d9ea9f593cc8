"""Words: languages, names of levels, measures and reasons, messages rendered in the reader's language.

Belongs here: every text that is shown in more than one report; `language` lists the languages, `translations` (beside
this room) has their catalogues. Not here: figures (`kpis`, `content`).
"""
