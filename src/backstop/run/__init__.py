"""Where work runs: in threads of this process."""
