"""Where the ledger meets the disk: one SQLite file in the folder of a mission, and key files."""
