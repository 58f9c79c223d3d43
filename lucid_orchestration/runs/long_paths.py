"""Windows takes paths of 260 characters only, unless it is told to take longer ones."""

import sys
from pathlib import Path

from lucid_orchestration.errors import UnprocessableError

MOST = 259  # characters of a whole path, without the zero that ends it
BELOW = 190  # what the longest path below a data folder has, the slash before it counted
_SETTING = r"SYSTEM\CurrentControlSet\Control\FileSystem"


def require_room(folder: Path) -> None:
    """Say before anything is written that a folder leaves too few characters for what is to be.

    Raises:
        UnprocessableError: on a Windows without long paths, for too long a folder.
    """
    length = len(str(folder.absolute()))
    if sys.platform != "win32" or length + BELOW <= MOST or _takes_long_paths():
        return
    raise UnprocessableError(
        f"The path of {folder} has {length} characters; Windows takes {MOST} for a file, and what "
        f"Lucid writes below it needs {BELOW} of them. Move it nearer to the drive, such as "
        r"C:\lucid, and name that in LUCID_HOME, or let Windows take long paths (LongPathsEnabled)."
    )


def _takes_long_paths() -> bool:
    """Whether this Windows was told to take paths of any length."""
    import winreg

    try:
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, _SETTING) as key:  # type: ignore[attr-defined]
            return bool(winreg.QueryValueEx(key, "LongPathsEnabled")[0])  # type: ignore[attr-defined]
    except OSError:
        return False
