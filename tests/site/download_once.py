"""Run one download in a process of its own, so that a test can kill it.

Usage: download_once.py FOLDER ADDRESS RATE. The clock stands still: what is stored depends on
the site alone.
"""

import sys
from datetime import UTC, date, datetime
from pathlib import Path

from pipeline.download import DownloadError, download


def main(folder: str, address: str, rate: str) -> int:
    try:
        download(
            Path(folder),
            since=date(2023, 1, 1),
            until=date(2023, 12, 31),
            rate=float(rate),
            base_url=address,
            backoff=0.01,
            clock=lambda: datetime(2026, 1, 31, 12, tzinfo=UTC),
        )
    except DownloadError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
