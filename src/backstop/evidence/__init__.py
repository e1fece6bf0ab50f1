"""Where numbers and positions come from, and whether the documents still say so."""
