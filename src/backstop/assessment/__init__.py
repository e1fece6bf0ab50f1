"""The use case that wires the stages: one design, all questions, one page."""
