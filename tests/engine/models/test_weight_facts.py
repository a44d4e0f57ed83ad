"""What is said about weight files is checked when it is said."""

import dataclasses

import pytest

from engine.models.compact.spec import COMPACT
from engine.models.diffvsr import weight_files as diffvsr
from engine.models.spec import Licence, WeightFile
from engine.models.star.weight_files import HEAVY, LICENCE, LIGHT

TERMS = Licence(id="MIT", title="MIT licence", url="https://example.org", summary="Do as you like.")


@pytest.mark.parametrize(
    "facts",
    [
        {"name": "../net.pt"},
        {"name": ".hidden"},
        {"name": "net.pt", "sha256": "ABC"},
        {"name": "net.pt", "repo": "no-owner", "licence": TERMS},
        {"name": "net.pt", "repo": "some/toy"},
    ],
)
def test_facts_that_cannot_be_are_refused(facts: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="need"):
        WeightFile(**facts)  # type: ignore[arg-type]


def test_a_model_names_the_licence_of_each_of_its_files() -> None:
    with pytest.raises(ValueError, match="does not name LicenseRef-Stability-AI-Community"):
        dataclasses.replace(COMPACT, licence="MIT", weights=LIGHT)


@pytest.mark.parametrize("files", [LIGHT, HEAVY], ids=["light", "heavy"])
def test_star_s_files_make_a_model(files: tuple[WeightFile, ...]) -> None:
    spec = dataclasses.replace(COMPACT, id="star", family="star", licence=LICENCE, weights=files)
    assert not spec.embedded
    assert len({file.name for file in files}) == 3
    assert {licence.id for licence in spec.licences} == set(LICENCE.split(" AND "))


def test_what_both_variants_share_is_kept_once() -> None:
    assert len({file.name for file in LIGHT + HEAVY}) == 4


def test_diffvsr_s_files_make_a_model_that_says_that_no_licence_is_stated() -> None:
    spec = dataclasses.replace(
        COMPACT, id="diffvsr", family="diffvsr", licence=diffvsr.LICENCE, weights=diffvsr.FILES
    )
    assert not spec.embedded
    assert len({file.name for file in diffvsr.FILES}) == len(diffvsr.FILES) == 9
    assert [licence.id for licence in spec.licences] == diffvsr.LICENCE.split(" AND ")
    assert "without a licence" in spec.licences[0].summary


def test_the_embedded_model_needs_no_terms() -> None:
    assert COMPACT.embedded
    assert COMPACT.licences == ()
