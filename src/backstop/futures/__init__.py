"""Uncertain quantities to sampled worlds, and random streams that other stages draw from."""

from backstop.futures.distributions import mean, quantile
from backstop.futures.drawn import Drawn
from backstop.futures.error import Estimate, estimate_mean, estimate_over, estimate_quantile
from backstop.futures.philox import philox4x32
from backstop.futures.range import Range
from backstop.futures.sample import Method, Worlds, sample
from backstop.futures.streams import Stream
from backstop.futures.uncertain import Place, quantities, resolve, uncertain_quantities

__all__ = [
    "Drawn",
    "Estimate",
    "Method",
    "Place",
    "Range",
    "Stream",
    "Worlds",
    "estimate_mean",
    "estimate_over",
    "estimate_quantile",
    "mean",
    "philox4x32",
    "quantile",
    "quantities",
    "resolve",
    "sample",
    "uncertain_quantities",
]
