"""Files appear whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from backstop.errors import InputError
from backstop.store import atomic


def test_files_are_written_and_replaced(tmp_path: Path) -> None:
    atomic.write_all(tmp_path / "new", {"a.txt": "one\n"})
    atomic.write_all(tmp_path / "new", {"a.txt": "two\n"})
    assert (tmp_path / "new" / "a.txt").read_text() == "two\n"
    assert [p.name for p in (tmp_path / "new").iterdir()] == ["a.txt"]


def test_an_interruption_leaves_the_old_file_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    atomic.write_all(tmp_path, {"a.txt": "old"})

    def interrupted(source: str, target: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(atomic.os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        atomic.write_all(tmp_path, {"a.txt": "new"})
    assert (tmp_path / "a.txt").read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="file"):
        atomic.write_all(tmp_path / "file" / "inside", {"a.txt": ""})
