"""Readers of the files that others write; the only part of the record that opens them."""
