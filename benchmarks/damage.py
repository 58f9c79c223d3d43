"""Every kind of stored file damaged three ways, one at a time: what the next run makes of it.

Usage: python benchmarks/damage.py [kind…]      all kinds unless some are given by their beginning
Prints a line per kind and harm with the seconds of the run after it. Ends with 1 when a run
stopped, or left anything other than an undamaged folder has.
"""

import os
import sys
import tempfile
import time
from pathlib import Path

from lucid_orchestration.explain.demo_server import good, serving
from lucid_orchestration.runs.refresh import refresh
from lucid_orchestration.settings import PROJECT_DIR, Settings

sys.path.insert(0, str(PROJECT_DIR))

from tests.stored_things import (
    HARMS,
    damage,
    make_shop,
    reference,
    stored_files,
    wrong_after_a_run,
)


def main() -> int:
    """Damage and repair until all was tried."""
    asked = tuple(sys.argv[1:]) or ("",)
    failures = runs = 0
    with tempfile.TemporaryDirectory() as folder, serving(good) as server:
        os.environ |= {
            "LUCID_AI_PROVIDER": "openai",
            "LUCID_AI_BASE_URL": server.url,
            "OPENAI_API_KEY": "none",
        }
        paths = Settings(Path(folder).resolve())
        make_shop(paths)
        refresh(paths)
        refresh(paths)
        as_it_should_be = reference(paths)
        kinds = stored_files(paths)
        for kind in filter(lambda kind: kind.startswith(asked), kinds):
            for number, harm in enumerate(HARMS):
                # another file of the kind each time
                file = kinds[kind][number % len(kinds[kind])]
                damage(harm, file)
                started = time.monotonic()
                try:
                    wrong = wrong_after_a_run(paths, as_it_should_be, {file: kind})
                except Exception as error:
                    wrong = [f"the run stopped: {error}"]
                runs += 1
                failures += bool(wrong)
                says = "; ".join(wrong) or "as it should be"
                print(
                    f"{kind} {harm.__name__}: {says} ({time.monotonic() - started:.1f} s)",
                    flush=True,
                )
                if wrong:
                    refresh(paths, full=True)
                    kinds = stored_files(paths)
                    as_it_should_be = reference(paths)
    print(
        f"{runs} runs after damage to {len(kinds)} kinds of files, {failures} not as they should be"
    )
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
