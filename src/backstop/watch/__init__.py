"""Is it holding? The record of a ceasefire, kept so that nobody can rewrite it."""
