"""Canonical JSON against RFC 8785's own examples and number vectors, and an independent oracle."""

from __future__ import annotations

import hashlib
import json
import math
import struct
from collections import OrderedDict
from enum import IntEnum, StrEnum
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstop.watch.ledger import NotCanonical, canonical_json, parse_json
from backstop.watch.ledger.number import number_text

# The published sample files of RFC 8785's development portal
# (cyberphone/json-canonicalization, testdata/input and testdata/output).
# The examples of RFC 8785 (sections 3.2.2 and 3.2.3), and sample files of its development portal
# (cyberphone/json-canonicalization, testdata).
SAMPLES = (
    (
        r"""{"numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
             "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
             "literals": [null, true, false]}""",
        (
            r"""{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"""
            r""""string":"€$\u000f\nA'B\"\\\\\"/"}"""
        ),
    ),
    (
        r"""{"\u20ac": "Euro Sign", "\r": "Carriage Return",
             "\ufb33": "Hebrew Letter Dalet With Dagesh", "1": "One",
             "\ud83d\ude00": "Emoji: Grinning Face", "\u0080": "Control",
             "\u00f6": "Latin Small Letter O With Diaeresis"}""",
        (
            '{"\\r":"Carriage Return","1":"One","\x80":"Control",'
            '"ö":"Latin Small Letter O With Diaeresis","€":"Euro Sign",'
            '"😀":"Emoji: Grinning Face","\ufb33":"Hebrew Letter Dalet With Dagesh"}'
        ),
    ),
    (
        r"""{"1": {"f": {"f": "hi","F": 5} ,"\n": 56.0}, "10": { }, "": "empty", "a": { },
             "111": [ { } ], "A": { }}""",
        r"""{"":"empty","1":{"\n":56,"f":{"F":5,"f":"hi"}},"10":{},"111":[{}],"A":{},"a":{}}""",
    ),
    (
        """{"peach": "This sorting order", "péché": "is wrong according to French",
            "pêche": "but canonicalization MUST", "sin":   "ingnore locale"}""",
        (
            '{"peach":"This sorting order","péché":"is wrong according to French",'
            '"pêche":"but canonicalization MUST","sin":"ingnore locale"}'
        ),
    ),
    ('{"Unnormalized Unicode":"A\u030a"}', '{"Unnormalized Unicode":"A\u030a"}'),
)

# RFC 8785, appendix B: bits of a double, and how it is written.
APPENDIX_B = {
    0x0000000000000000: "0",
    0x8000000000000000: "0",
    0x0000000000000001: "5e-324",
    0x8000000000000001: "-5e-324",
    0x7FEFFFFFFFFFFFFF: "1.7976931348623157e+308",
    0xFFEFFFFFFFFFFFFF: "-1.7976931348623157e+308",
    0x4340000000000000: "9007199254740992",
    0xC340000000000000: "-9007199254740992",
    0x4430000000000000: "295147905179352830000",
    0x44B52D02C7E14AF5: "9.999999999999997e+22",
    0x44B52D02C7E14AF6: "1e+23",
    0x44B52D02C7E14AF7: "1.0000000000000001e+23",
    0x444B1AE4D6E2EF4E: "999999999999999700000",
    0x444B1AE4D6E2EF4F: "999999999999999900000",
    0x444B1AE4D6E2EF50: "1e+21",
    0x3EB0C6F7A0B5ED8C: "9.999999999999997e-7",
    0x3EB0C6F7A0B5ED8D: "0.000001",
    0x41B3DE4355555553: "333333333.3333332",
    0x41B3DE4355555554: "333333333.33333325",
    0x41B3DE4355555555: "333333333.3333333",
    0x41B3DE4355555556: "333333333.3333334",
    0x41B3DE4355555557: "333333333.33333343",
    0xBECBF647612F3696: "-0.0000033333333333333333",
    0x43143FF3C1CB0959: "1424953923781206.2",
}


def double(bits: int) -> float:
    return struct.unpack(">d", bits.to_bytes(8, "big"))[0]


@pytest.mark.parametrize(("text", "canonical"), SAMPLES)
def test_the_samples_of_rfc_8785_come_out_byte_for_byte(text, canonical):
    assert canonical_json(parse_json(text)) == canonical.encode()


def test_the_bytes_of_rfc_8785_section_3_2_4():
    text = canonical_json(parse_json(SAMPLES[0][0]))
    assert text.hex() == (
        "7b226c69746572616c73223a5b6e756c6c2c747275652c66616c73655d2c226e756d62657273223a5b33333333"
        "33333333332e333333333333332c31652b33302c342e352c302e3030322c31652d32375d2c22737472696e6722"
        "3a22e282ac245c75303030665c6e4127425c225c5c5c5c5c222f227d"
    )


@pytest.mark.parametrize(("bits", "text"), APPENDIX_B.items())
def test_numbers_of_rfc_8785_appendix_b(bits, text):
    assert number_text(double(bits)) == text
    assert canonical_json([double(bits)]) == f"[{text}]".encode()


def published_doubles():
    """The deterministic series of the portal's number file: fixed cases, a run, hashed bits."""
    tens = [
        0x446696695DBD1CC3, 0x443211EDE4974A35, 0x43FCE97CA0F21056, 0x43C7213080C1A6AC,
        0x439280F39A348556, 0x435D9B1F5D20D557, 0x4327AF4C4A80AAAC, 0x42F2F2A36ECD5556,
        0x42BE51057E155558, 0x428840D131AAAAAC, 0x4253670DC1555557, 0x421F0B4935555557,
        0x41E8D5D42AAAAAAC, 0x41B3DE4355555556, 0x417FCA0555555556, 0x41496E6AAAAAAAAB,
        0x4114585555555555, 0x40E046AAAAAAAAAB, 0x40AA0AAAAAAAAAAA, 0x4074D55555555555,
        0x4040AAAAAAAAAAAB, 0x400AAAAAAAAAAAAB, 0x3FD5555555555555, 0x3FA1111111111111,
        0x3F6B4E81B4E81B4F, 0x3F35D867C3ECE2A5, 0x3F0179EC9CBD821E, 0x3ECBF647612F3696,
        0x3E965E9F80F29212, 0x3E61E54C672874DB, 0x3E2CA213D840BAF8, 0x3DF6E80FE033C8C6,
        0x3DC2533FE68FD3D2, 0x3D8D51FFD74C861C, 0x3D5774CCAC3D3817, 0x3D22C3D6F030F9AC,
        0x3CEE0624B3818F79, 0x3CB804EA293472C7, 0x3C833721BA905BD3, 0x3C4EBE9C5DB3C61E,
        0x3C18987D17C304E5, 0x3BE3AD30DFCF371D, 0x3BAF7B816618582F, 0x3B792F9AB81379BF,
        0x3B442615600F9499, 0x3B101E77800C76E1, 0x3AD9CA58CCE0BE35, 0x3AA4A1E0A3E6FE90,
        0x3A708180831F320D, 0x3A3A68CD9E985016,
    ]  # fmt: skip
    yield from (0, 1 << 63, 1, 1 << 63 | 1)
    yield from (bits | 1 << 63 for bits in tens)
    yield from tens
    yield from (
        0x4024000000000000, 0x4014000000000000, 0x3FE0000000000000, 0x3FA999999999999A,
        0x3F747AE147AE147B, 0x3F40624DD2F1A9FC, 0x3F0A36E2EB1C432D, 0x3ED4F8B588E368F1,
        0x3EA0C6F7A0B5ED8D, 0x3E6AD7F29ABCAF48, 0x3E35798EE2308C3A, 0x3ED539223589FA95,
        0x3ED4FF26CD5A7781, 0x3ED4F95A762283FF, 0x3ED4F8C60703520C, 0x3ED4F8B72F19CD0D,
        0x3ED4F8B5B31C0C8D, 0x3ED4F8B58D1C461A, 0x3ED4F8B5894F7F0E, 0x3ED4F8B588EE37F3,
        0x3ED4F8B588E47DA4, 0x3ED4F8B588E3849C, 0x3ED4F8B588E36BB5, 0x3ED4F8B588E36937,
        0x3ED4F8B588E368F8, 0x3ED4F8B588E368F1, 0x3FF0000000000000, 0xBFF0000000000000,
        0xBFEFFFFFFFFFFFFA, 0xBFEFFFFFFFFFFFFB, 0x3FEFFFFFFFFFFFFA, 0x3FEFFFFFFFFFFFFB,
        0x3FEFFFFFFFFFFFFC, 0x3FEFFFFFFFFFFFFE, 0xBFEFFFFFFFFFFFFF, 0xBFEFFFFFFFFFFFFF,
        0x3FEFFFFFFFFFFFFF, 0x3FEFFFFFFFFFFFFF, 0x3FD3333333333332, 0x3FD3333333333333,
        0x3FD3333333333334, 0x0010000000000000, 0x000FFFFFFFFFFFFD, 0x000FFFFFFFFFFFFF,
        0x7FEFFFFFFFFFFFFF, 0xFFEFFFFFFFFFFFFF, 0x4340000000000000, 0xC340000000000000,
        0x4430000000000000, 0x44B52D02C7E14AF5, 0x44B52D02C7E14AF6, 0x44B52D02C7E14AF7,
        0x444B1AE4D6E2EF4E, 0x444B1AE4D6E2EF4F, 0x444B1AE4D6E2EF50, 0x3EB0C6F7A0B5ED8C,
        0x3EB0C6F7A0B5ED8D, 0x41B3DE4355555553, 0x41B3DE4355555554, 0x41B3DE4355555555,
        0x41B3DE4355555556, 0x41B3DE4355555557, 0xBECBF647612F3696, 0x43143FF3C1CB0959,
    )  # fmt: skip
    yield from range(0x0010000000000000, 0x0010000000000000 + 2000)
    block = bytes(32)
    while True:
        block = hashlib.sha256(block).digest()
        for bits in struct.unpack("<4Q", block):
            if bits << 1 & (1 << 64) - 1 and bits >> 52 & 0x7FF != 0x7FF:
                yield bits


def digest_of_lines(count: int) -> str:
    lines = hashlib.sha256()
    for bits in islice(published_doubles(), count):
        lines.update(b"%x,%s\n" % (bits, canonical_json(double(bits))))
    return lines.hexdigest()


@pytest.mark.parametrize(
    ("count", "digest"),
    [
        (1_000, "be18b62b6f69cdab33a7e0dae0d9cfa869fda80ddc712221570f9f40a5878687"),
        (10_000, "b9f7a8e75ef22a835685a52ccba7f7d6bdc99e34b010992cbc5864cd12be6892"),
        pytest.param(
            1_000_000,
            "49415fee2c56c77864931bd3624faad425c3c577d6d74e89a83bc725506dad16",
            marks=pytest.mark.slow,
        ),
    ],
)
def test_the_published_number_series_has_its_published_checksum(count, digest):
    assert digest_of_lines(count) == digest


def code_units(text: str) -> tuple[int, ...]:
    data = text.encode("utf-16-be")
    return struct.unpack(f">{len(data) // 2}H", data)


def oracle(value) -> str:
    """RFC 8785 read off the page, one value at a time, by other means than the module."""
    if isinstance(value, dict):
        keys = sorted(value, key=code_units)
        return "{" + ",".join(f"{oracle(k)}:{oracle(value[k])}" for k in keys) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(oracle, value)) + "]"
    if isinstance(value, float):
        return number_text(value)
    return json.dumps(value, ensure_ascii=False)


numbers = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
# Keys on both sides of the surrogates, where UTF-16 and code points sort differently.
keys = texts | st.sampled_from(["a", "b", "%s", "%", "\ue000", "\uffff", "😀", "\U00010000", ""])
values = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=5),
    max_leaves=25,
)


@given(values)
def test_it_equals_an_independent_reading_of_the_rfc(value):
    assert canonical_json(value) == oracle(value).encode()


@given(values)
def test_canonical_json_is_json_of_the_same_value_and_its_own_canonical_form(value):
    text = canonical_json(value)
    assert parse_json(text) == value
    assert json.loads(text, parse_int=float) == value
    assert canonical_json(parse_json(text)) == text


@given(st.dictionaries(keys, numbers, min_size=2, max_size=6), st.randoms())
def test_the_order_of_keys_does_not_matter(value, random):
    shuffled = list(value.items())
    random.shuffle(shuffled)
    assert canonical_json(dict(shuffled)) == canonical_json(value)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_reads_back_as_the_same_double(value):
    assert float(number_text(value)) == value


def test_an_integral_double_and_an_integer_are_one_number():
    assert canonical_json([48.0, 48, -0.0, 1e16]) == b"[48,48,0,10000000000000000]"


class Colour(StrEnum):
    RED = "red"


class Grade(IntEnum):
    A = 1


def test_subclasses_of_plain_types_count_as_what_they_are():
    assert canonical_json(OrderedDict(b=Colour.RED, a=(Grade.A,))) == b'{"a":[1],"b":"red"}'


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (math.nan, "not a JSON number"),
        ({"a": [math.inf]}, "not a JSON number"),
        (2**53 + 1, "beyond 2\\^53"),
        (-(2**53) - 1, "beyond 2\\^53"),
        pytest.param(10**5000, "of 16610 bits is beyond", id="huge"),
        ({1: "a"}, "the key 1 is not a string"),
        ({"a": {None: 1}}, "the key None is not a string"),
        ({True: 1, "b": 2}, "the key True is not a string"),
        ("\ud800", "lone surrogate"),
        ({"\udfff": 1}, "lone surrogate"),
        ({"a": {1, 2}}, "a set has no canonical JSON"),
        ({"a": b"bytes"}, "a bytes has no canonical JSON"),
    ],
)
def test_what_has_no_canonical_form_is_refused_with_the_reason(value, words):
    with pytest.raises(NotCanonical, match=words):
        canonical_json(value)


def test_a_key_refused_once_is_refused_again():
    for _ in range(2):
        with pytest.raises(NotCanonical):
            canonical_json({1: "a", "1": "b"})


def test_nesting_too_deep_to_walk_is_refused():
    value: list = []
    for _ in range(100_000):
        value = [value]
    with pytest.raises(NotCanonical, match="too deeply"):
        canonical_json(value)
    with pytest.raises(NotCanonical, match="too deeply"):
        parse_json("[" * 100_000)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"a": 1, "a": 2}', "the key 'a' stands twice"),
        ('{"a": 1, "\\u0061": 2}', "the key 'a' stands twice"),
        ("NaN", "NaN is not JSON"),
        ("[-Infinity]", "-Infinity is not JSON"),
        ("1e999", "too large for a double"),
        ("9007199254740993", "beyond 2\\^53"),
        ("-9007199254740993", "beyond 2\\^53"),
        pytest.param("1" * 5_000, "beyond 2\\^53", id="huge"),
        (b"\xff", "not JSON"),
        ("{'a': 1}", "not JSON"),
        ("", "not JSON"),
    ],
)
def test_json_that_can_be_read_two_ways_is_refused(text, words):
    with pytest.raises(NotCanonical, match=words):
        parse_json(text)


def test_a_double_beyond_two_to_the_53_reads_back_though_it_looks_like_an_integer():
    assert parse_json(canonical_json([1.1803227378909126e16, -1e20])) == [
        1.1803227378909126e16,
        -1e20,
    ]


def test_integers_up_to_two_to_the_53_are_read_as_they_are():
    assert parse_json("[9007199254740992, -9007199254740992, -0, 7]") == [2**53, -(2**53), 0, 7]
