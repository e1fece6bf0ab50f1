"""``requirements.lock``: exact versions with digests, fit for ``pyproject.toml``, and no address.

It is made by ``uv export --no-emit-project --no-header -o requirements.lock``.
"""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parent.parent
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def _entries() -> dict[str, list[tuple[Requirement, int]]]:
    """Per package: each pinned line (one a Python version where they differ), and its digests."""
    found: dict[str, list[tuple[Requirement, int]]] = {}
    for entry in re.split(r"^(?=\S)", LOCK, flags=re.MULTILINE):
        if not entry.strip():
            continue
        line = entry.split("\n", 1)[0].removesuffix("\\").strip()
        pin = Requirement(line)
        digests = len(re.findall(r"--hash=sha256:[0-9a-f]{64}\b", entry))
        found.setdefault(canonicalize_name(pin.name), []).append((pin, digests))
    return found


PINS = _entries()
DIRECT = [
    Requirement(text)
    for text in (*PROJECT["project"]["dependencies"], *PROJECT["dependency-groups"]["dev"])
]


def _version(pin: Requirement) -> Version:
    (specifier,) = pin.specifier
    assert specifier.operator == "=="
    return Version(specifier.version)


@pytest.mark.parametrize("wanted", DIRECT, ids=str)
def test_every_dependency_is_pinned_within_its_range(wanted):
    pins = PINS[canonicalize_name(wanted.name)]
    assert [pin for pin, _ in pins if _version(pin) not in wanted.specifier] == []


def test_every_pin_has_digests():
    assert [pin.name for pins in PINS.values() for pin, digests in pins if not digests] == []


def test_what_the_dependencies_need_is_pinned_too():
    """Follows the installed packages' own metadata, so that no network is needed."""
    waiting, seen = list(DIRECT), set()
    missing = set()
    while waiting:
        wanted = waiting.pop()
        name = canonicalize_name(wanted.name)
        if (wanted.marker and not wanted.marker.evaluate({"extra": ""})) or name in seen:
            continue
        seen.add(name)
        if name not in PINS:
            missing.add(name)
        try:
            waiting += [Requirement(text) for text in requires(name) or ()]
        except PackageNotFoundError:
            continue
    assert missing == set()
    assert len(seen) > len(DIRECT)


def test_nothing_is_pinned_for_the_project_that_it_does_not_ask_for():
    entries = re.split(r"^(?=\S)", LOCK, flags=re.MULTILINE)[1:]
    for_others = re.compile(r"^ +#(?: via)? +(?!backstop$|via$)\S+$", re.MULTILINE)
    ours = re.compile(r"^ +#(?: via)? +backstop$", re.MULTILINE)
    named = {e.split("==")[0] for e in entries if ours.search(e) or not for_others.search(e)}
    direct = {canonicalize_name(wanted.name) for wanted in DIRECT}
    assert named <= direct
    assert len(named) > len(direct) / 2


@pytest.mark.parametrize("name", ["requirements.lock", "pyproject.toml"])
def test_no_address_of_an_index_is_written_down(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    assert re.findall(r"\w+://\S+|--(?:extra-)?index-url|--find-links|file:", text) == []
