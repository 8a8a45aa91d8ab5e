"""The operator's hook: what passes, what doesn't, and what happens when it is broken."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from protocol.errors import Code, UserError, Violation
from protocol.limits import CHAT_CHARS_MAX
from server.chat.word_filter import WordFilter, load


def refusal_of(word_filter: WordFilter, text: str) -> str:
    with pytest.raises(Violation) as raised:
        word_filter(text)
    assert raised.value.code == Code.CHAT_REFUSED
    return raised.value.sentence


def test_without_a_function_everything_passes() -> None:
    assert WordFilter()("darn") == "darn"


def test_a_function_changes_or_refuses() -> None:
    word_filter = WordFilter(lambda text: None if text == "bad" else text.upper())
    assert word_filter("fine") == "FINE"
    assert "doesn't let that through" in refusal_of(word_filter, "bad")
    assert word_filter.failed == 0


@pytest.mark.parametrize("made", [7, b"x", "", " ", "a\nb", "x" * (CHAT_CHARS_MAX + 1), "\ud800"])
def test_what_is_no_line_is_not_said(made: object) -> None:
    word_filter = WordFilter(lambda text: made)  # type: ignore[arg-type,return-value]
    assert "has failed" in refusal_of(word_filter, "hello")
    assert word_filter.failed == 1


def test_an_exception_is_counted_and_told() -> None:
    def fail(text: str) -> str:
        raise RecursionError

    word_filter = WordFilter(fail)
    assert "has failed" in refusal_of(word_filter, "hello")
    assert "has failed" in refusal_of(word_filter, "hello")
    assert word_filter.failed == 2


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    for name in [name for name in sys.modules if name.startswith("chat_words_")]:
        del sys.modules[name]


def test_it_is_found_in_the_working_directory(folder: Path) -> None:
    (folder / "chat_words_a.py").write_text("def clean(text):\n    return text.replace('darn', 'd**n')\n")
    before = list(sys.path)
    assert load("chat_words_a:clean")("darn") == "d**n"
    assert sys.path == before


@pytest.mark.parametrize("name", ["", "words", "words:", ":clean", "words:a b", "words:clean()"])
def test_a_name_that_is_none(name: str) -> None:
    with pytest.raises(UserError, match="chat_filter is module:function, not "):
        load(name)


def test_what_is_not_there_or_broken_is_one_sentence(folder: Path) -> None:
    (folder / "chat_words_b.py").write_text("1 / 0\n")
    (folder / "chat_words_c.py").write_text("clean = 7\n")
    for name, sentence in (
        ("chat_words_none:clean", "can't be imported: ModuleNotFoundError"),
        ("chat_words_b:clean", "can't be imported: ZeroDivisionError"),
        ("chat_words_c:clean", "has no function clean"),
        ("chat_words_c:dirty", "has no function dirty"),
    ):
        with pytest.raises(UserError, match=sentence):
            load(name)
