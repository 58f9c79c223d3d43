"""Where Lucid keeps things. The only reader of the environment."""

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PROJECT_DIR = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Settings:
    """Absolute paths of one data folder, and what the environment says."""

    data_dir: Path

    @property
    def inbox(self) -> Path:
        """The owner's files, one folder per dataset."""
        return self.data_dir / "inbox"

    @property
    def raw(self) -> Path:
        """Landed rows as text, one Parquet file per source file and table."""
        return self.data_dir / "raw"

    @property
    def marts(self) -> Path:
        """The answers, one Parquet file per mart."""
        return self.data_dir / "marts"

    @property
    def quality(self) -> Path:
        """What was not used and why, one Parquet file per table."""
        return self.data_dir / "quality"

    @property
    def insights(self) -> Path:
        """Insights and their explanations, as Parquet."""
        return self.data_dir / "insights"

    @property
    def reports(self) -> Path:
        """One HTML page per dataset."""
        return self.data_dir / "reports"

    @property
    def trash(self) -> Path:
        """Files of removed datasets."""
        return self.data_dir / "trash"

    @property
    def state(self) -> Path:
        """Run history, fingerprints, locks: the only place with wall-clock times."""
        return self.data_dir / "state"

    @property
    def database(self) -> Path:
        """The only database; one writer at a time."""
        return self.data_dir / "lucid.duckdb"


@cache
def settings() -> Settings:
    """The settings of this process; `settings.cache_clear()` forgets them."""
    folder = os.environ.get("LUCID_DATA_DIR") or PROJECT_DIR / "data"
    return Settings(data_dir=Path(folder).resolve())
