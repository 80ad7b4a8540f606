from __future__ import annotations

import pytest

from hatir.domains.privacy.rules import status_of


class TestStatusOf:
    @pytest.mark.parametrize(
        "word", ["evet", "EVET", "var", "Onay", "1", "İzin var", "İZİNLİ", "yes", "True", "opt-in"]
    )
    def test_reads_yes_in_both_languages(self, word: str) -> None:
        assert status_of(word) == "given"

    @pytest.mark.parametrize("word", ["hayır", "HAYIR", "yok", "RET", "red", "0", "İzinsiz", "no", "false", "Opt-out"])
    def test_reads_no_in_both_languages(self, word: str) -> None:
        assert status_of(word) == "refused"

    @pytest.mark.parametrize("word", ["belki", "2", "evet hayır", ""])
    def test_guesses_nothing(self, word: str) -> None:
        assert status_of(word) == ""
