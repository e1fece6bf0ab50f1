"""Calibration of the campaign model against history.

Not part of the package: it reads raw files that are fetched or pointed to and never shipped.
`python -m calibration --data DIR` prints every figure of `docs/models/campaign-validation.md`.
"""
