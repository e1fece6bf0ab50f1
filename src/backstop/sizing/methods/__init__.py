"""The sizing methods, one a module."""
