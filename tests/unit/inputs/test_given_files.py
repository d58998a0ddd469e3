"""The key of check sums: made once, for this user alone, whole or not at all; and what files are called."""

from __future__ import annotations

import hashlib
import hmac
import stat
from pathlib import Path

import pytest

from needs_assessment import given_files
from needs_assessment.given_files import MARK, check_sum, file_check_sum, file_word, user_key


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(given_files.platformdirs, "user_data_dir", lambda *_, **__: str(tmp_path / "data"))
    monkeypatch.delenv("NEEDS_ASSESSMENT_PASSING_KEY", raising=False)
    return tmp_path


def test_a_key_is_made_once_and_only_its_user_may_read_it(home: Path) -> None:
    key = user_key()
    assert key.kept
    assert len(key.secret) == 32
    assert stat.S_IMODE(key.place.stat().st_mode) == 0o600
    assert user_key() == key
    assert [path.name for path in key.place.parent.iterdir()] == ["check-sum-key"]
    assert len(key.name) == 16
    assert key.name not in key.secret.hex()


def test_a_key_that_cannot_be_kept_lasts_for_the_process(home: Path) -> None:
    (home / "data").write_text("a file in the way", encoding="utf-8")
    key = user_key()
    assert not key.kept
    assert key.name == ""
    assert user_key().secret == key.secret


def test_what_lies_in_the_place_of_the_key_is_not_replaced(home: Path) -> None:
    (home / "data").mkdir()
    (home / "data" / "check-sum-key").write_bytes(b"short")
    assert not user_key().kept
    assert (home / "data" / "check-sum-key").read_bytes() == b"short"
    assert [path.name for path in (home / "data").iterdir()] == ["check-sum-key"]


def test_only_the_councils_own_files_are_keyed(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "return.csv"
    file.write_bytes(b"measure\n")
    digest = hashlib.sha256(b"measure\n").hexdigest()
    assert file_check_sum("population", file) == check_sum("boundaries", digest) == digest
    keyed = hmac.new(user_key().secret, digest.encode(), hashlib.sha256).hexdigest()
    for field in ("services", "overlaps", "evidence", "ward_series", "scenarios", "template"):
        assert file_check_sum(field, file) == MARK + keyed
    assert check_sum("services", "") == ""


@pytest.mark.parametrize(
    ("field", "given", "word"),
    [
        ("services", "a/Mrs Smith.csv", "services file 1"),
        ("ward_series", "x.csv", "ward series file 1"),
        ("population", "wards.xlsx#2022", "population file 1#2022"),
        ("scenarios", "bundled", "bundled"),
        ("scenarios", "mine", "scenario files"),
        ("previous", "outputs/E/last", "previous release 1"),
    ],
)
def test_a_file_is_called_by_what_it_is(field: str, given: str, word: str) -> None:
    assert file_word(field, given) == word
