"""Draw the pictures of the README from the packaged winter scenario: `python scripts/make_pictures.py`."""

from __future__ import annotations

from pathlib import Path

import vallum
from vallum import report

FOLDER = Path(__file__).parents[1] / "docs" / "images"


def main() -> None:
    result = vallum.run(vallum.read("winter-2025-26"), futures=2_000, seed=0)
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in ("stock", "leakers"):
        table = report.figures(result)[name]
        drawing = report.svg(report.draw(name, table))
        (FOLDER / f"winter-{name}.svg").write_text(drawing, encoding="utf-8")


if __name__ == "__main__":
    main()
