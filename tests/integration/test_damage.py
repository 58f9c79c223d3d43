"""Every kind of stored file flipped, cut or deleted: the next run heals it or says what it did.

Several kinds at once, so that it takes minutes and not hours; `benchmarks/damage.py` tries each
alone.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lucid_orchestration.explain.demo_server import good, serving
from lucid_orchestration.runs.refresh import refresh
from lucid_orchestration.settings import Settings
from tests.stored_things import (
    HARMS,
    REMEDIES,
    Reference,
    damage,
    make_shop,
    reference,
    stored_files,
    wrong_after_a_run,
)

GROUPS = 3


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Settings, Reference]]:
    """A real data folder after two runs, with texts of a model."""
    with serving(good) as server, pytest.MonkeyPatch.context() as patch:
        patch.setenv("LUCID_AI_PROVIDER", "openai")
        patch.setenv("LUCID_AI_BASE_URL", server.url)
        patch.setenv("OPENAI_API_KEY", "none")
        paths = Settings(tmp_path_factory.mktemp("damage"))
        make_shop(paths)
        refresh(paths)
        assert refresh(paths).was_current
        yield paths, reference(paths)


def test_for_every_kind_it_is_said_what_damage_means(shop: tuple[Settings, Reference]) -> None:
    paths, _ = shop
    assert set(stored_files(paths)) == set(REMEDIES)


@pytest.mark.parametrize("group", range(GROUPS))
@pytest.mark.parametrize("harm", HARMS)
def test_what_is_damaged_is_made_again(
    shop: tuple[Settings, Reference],
    harm: Callable[[bytes], bytes | None],
    group: int,
) -> None:
    paths, good_one = shop
    # it tells when files were read, and one that is read again has another time
    kinds = {
        kind: [file for file in files if file.stem != "source_files"]
        for kind, files in stored_files(paths).items()
    }
    chosen = {kinds[kind][-1]: kind for kind in sorted(REMEDIES)[group::GROUPS]}
    for file in chosen:
        damage(harm, file)
    assert wrong_after_a_run(paths, good_one, chosen) == []


def test_the_check_sees_what_was_not_healed(shop: tuple[Settings, Reference]) -> None:
    paths, good_one = shop
    page = next(paths.reports.glob("*.html"))
    other = Reference({**good_one.published, f"reports/{page.name}": b"?"}, good_one.files)
    assert wrong_after_a_run(paths, other, {}) == [f"reports/{page.name} is another one"]


def test_the_harms_are_harm(tmp_path: Path) -> None:
    contents = []
    for harm in HARMS:
        file = tmp_path / "file"
        file.write_bytes(b"content")
        damage(harm, file)
        contents.append(file.read_bytes() if file.exists() else None)
    assert contents == [b"conuent", b"con", None]
