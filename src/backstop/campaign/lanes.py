"""What ``elementary`` and Philox compute, on the scalars that the kernel's lanes are made of.

Importing this module imports Numba. Every helper is inlined by the compiler: one that is not would
keep the loop over lanes from being vectorised. ``fastmath`` stays off, so that nothing is
reordered or fused and the bits are those of ``elementary``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar, cast

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.core.imputils import impl_ret_borrowed
from numba.extending import intrinsic

from backstop.campaign.elementary import EXP2, LEAST, LOG2, MOST, SUM_MEAN, SUM_SCALE

#: Their types are not all in their annotations.
_njit: Any = njit
_tuples: Any = cgutils
_borrowed: Any = impl_ret_borrowed
Call = TypeVar("Call", bound=Callable[..., Any])


def inlined(function: Call) -> Call:
    """A helper of the kernel: compiled into its caller."""
    helper: Any = _njit(
        forceinline=True, no_cpython_wrapper=True, no_cfunc_wrapper=True, error_model="numpy"
    )(function)
    return cast(Call, helper)


def written_in(function: Call) -> Call:
    """A short helper: written into its caller before that is compiled, which is quicker."""
    helper: Any = _njit(inline="always", error_model="numpy")(function)
    return cast(Call, helper)


def compiled(function: Call) -> Call:
    """A kernel: compiled once a machine, kept on disk, and run without the interpreter's lock."""
    kernel: Any = _njit(nogil=True, cache=True, error_model="numpy")(function)
    return cast(Call, kernel)


def _bits(typingctx: Any, x: Any) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.bitcast(args[0], ir.IntType(32))

    return types.int32(types.float32), codegen


def _single(typingctx: Any, x: Any) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.bitcast(args[0], ir.FloatType())

    return types.float32(types.int32), codegen


def _apart(typingctx: Any) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        for argument in builder.function.args:
            pointer = isinstance(argument.type, ir.PointerType)
            if pointer and argument.type != ir.IntType(8).as_pointer():
                argument.add_attribute("noalias")
        return context.get_dummy_value()

    return types.none(), codegen


def _interleaved(typingctx: Any) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        blocks = builder.function.blocks
        for place, block in enumerate(blocks):
            jump = block.instructions[-1] if block.instructions else None
            if not isinstance(jump, ir.Branch) or blocks.index(jump.operands[0]) > place:
                continue
            # A note on a loop is one that begins with itself.
            note = builder.module.add_metadata(["llvm.loop.interleave.count", ir.IntType(32)(2)])
            loop = builder.module.add_metadata([note])
            loop.operands = (loop, note)
            jump.set_metadata("llvm.loop", loop)
        return context.get_dummy_value()

    return types.none(), codegen


def _wide(typingctx: Any, arrays: Any, lanes: Any) -> Any:
    if not isinstance(lanes, types.IntegerLiteral):
        return None
    width = lanes.literal_value

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        whole = args[0]
        for place, kind in enumerate(arrays):
            if not isinstance(kind, types.Array) or kind.ndim < 2:
                continue
            array = context.make_array(kind)(context, builder, builder.extract_value(whole, place))
            size = context.get_constant(types.intp, width)
            shape = _tuples.unpack_tuple(builder, array.shape, kind.ndim)
            shape[-1] = size
            strides = [context.get_constant(types.intp, 4)]
            for extent in reversed(shape[1:]):
                strides.append(builder.mul(strides[-1], extent))
            array.shape = _tuples.pack_array(builder, shape)
            array.strides = _tuples.pack_array(builder, strides[::-1])
            whole = builder.insert_value(whole, array._getvalue(), place)
        return _borrowed(context, builder, signature.return_type, whole)

    return arrays(arrays, lanes), codegen


#: The bits of a float32 as an int32, and back.
bits: Any = intrinsic(_bits)
single: Any = intrinsic(_single)
#: Tells the compiler that the calling kernel's arrays do not overlap. Without it the loop over
#: lanes would be guarded by hundreds of comparisons of addresses, or not be vectorised.
apart: Any = intrinsic(_apart)
#: Tells the compiler to take two vectors of lanes at a time through the loops that come before it
#: in the helper: the steps of the one run while those of the other wait.
interleaved: Any = intrinsic(_interleaved)
#: The same arrays, with the number of lanes, their last axis, known when the kernel is compiled.
wide: Any = intrinsic(prefer_literal=True)(_wide)

_L7, _L6, _L5, _L4, _L3, _L2, _L1, _L0 = (np.float32(c) for c in LOG2)
_E6, _E5, _E4, _E3, _E2, _E1, _E0 = (np.float32(c) for c in EXP2)
_ONE, _BIAS = np.float32(1.0), np.float32(127.0)
_SHARE: Final = np.float32(2.0**-24)
_M0, _M1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_K0, _K1 = np.uint32(0x9E3779B9), np.uint32(0xBB67AE85)
_HIGH: Final = np.uint64(32)
_WORD: Final = np.uint64(0xFFFFFFFF)
_LOW: Final = np.uint32(0xFFFF)
_ROUNDS: Final = 10
#: The bits of the number after ``elementary.SQRT2`` / 2.
_CUT: Final = np.int32(0x3F3504F4)


@inlined
def log2(x: Any) -> Any:
    """See ``elementary.log2``."""
    # The mantissa is cut at the square root of two, not at two.
    i = np.int32(bits(x) - _CUT)
    whole = np.float32(np.int32(i >> 23))
    mantissa = single(np.int32((i & 0x007FFFFF) + _CUT))
    r = mantissa - _ONE
    r2 = r * r
    low = (_L0 + _L1 * r) + (_L2 + _L3 * r) * r2
    high = (_L4 + _L5 * r) + (_L6 + _L7 * r) * r2
    return whole + r * (low + high * (r2 * r2))


@inlined
def exp2(y: Any) -> Any:
    """See ``elementary.exp2``."""
    cut = min(max(y, LEAST), MOST)
    whole = np.int32(cut + _BIAS)
    f = cut - np.float32(np.int32(whole - 127))
    scale = single(np.int32(whole << 23))
    f2 = f * f
    low = (_E0 + _E1 * f) + (_E2 + _E3 * f) * f2
    high = (_E4 + _E5 * f) + _E6 * f2
    return scale * (low + high * (f2 * f2))


@inlined
def normal(first: Any, second: Any) -> Any:
    """See ``elementary.normal``."""
    low = np.uint32((first & _LOW) + (second & _LOW))
    total = np.uint32(low + np.uint32(first >> 16) + np.uint32(second >> 16))
    return (np.float32(np.int32(total)) - SUM_MEAN) * SUM_SCALE


@inlined
def share(word: Any) -> Any:
    """See ``elementary.share``."""
    return np.float32(np.int32(word >> 8)) * _SHARE


@inlined
def philox(c0: Any, c1: Any, c2: Any, c3: Any, k0: Any, k1: Any) -> Any:
    """Ten rounds of Philox4x32 (Salmon and others 2011); see ``futures.philox``.

    Words are kept in 64 bits, of which only the low half counts, so that no product has to be cut
    and put together again.
    """
    c0, c1, c2, c3 = np.uint64(c0), np.uint64(c1), np.uint64(c2), np.uint64(c3)
    for _ in range(_ROUNDS):
        first = (c0 & _WORD) * _M0
        second = (c2 & _WORD) * _M1
        c0 = (second >> _HIGH) ^ c1 ^ np.uint64(k0)
        c1 = second
        c2 = (first >> _HIGH) ^ c3 ^ np.uint64(k1)
        c3 = first
        k0 = np.uint32(k0 + _K0)
        k1 = np.uint32(k1 + _K1)
    return np.uint32(c0), np.uint32(c1), np.uint32(c2), np.uint32(c3)
