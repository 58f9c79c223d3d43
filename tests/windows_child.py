"""The reader for tests as it runs where the system limits no process: there is no `resource`."""

import sys

import psutil  # uses it itself where there is one

assert psutil
sys.modules["resource"] = None  # type: ignore[assignment]  # an import of it fails

from lucid_orchestration.ingest.limited.serve import serve  # noqa: E402
from tests.limited_child import read  # noqa: E402

if __name__ == "__main__":
    serve(read)
