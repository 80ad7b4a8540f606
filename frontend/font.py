"""Cuts Inter down to the letters, weights and features in font.json: one small file for every page.

Beside it, in `print/`, whole fonts for documents: a PDF may hold names in any script, and weighs nothing on a page.
"""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

HERE = Path(__file__).resolve().parent


def main(target: Path) -> None:
    wanted = json.loads((HERE / "font.json").read_text(encoding="utf-8"))
    font = TTFont(HERE / wanted["source"])
    # Letters first: the instancer is slow with all of Inter's.
    options = subset.Options(layout_features=wanted["features"], hinting=False, name_IDs=[1, 2, 13, 14])
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=letters(wanted))
    cutter.subset(font)
    limits = {axis: low if low == high else (low, high) for axis, (low, high) in wanted["axes"].items()}
    font = instancer.instantiateVariableFont(font, limits)
    font.flavor = "woff2"
    written = io.BytesIO()
    font.save(written)
    size = len(written.getvalue())
    if size > wanted["most_bytes"]:
        sys.exit(f"the font has {size} bytes, more than {wanted['most_bytes']}")
    target.write_bytes(written.getvalue())
    for_print(wanted, target.parent / "print")


def for_print(wanted: dict[str, list[str] | str], folder: Path) -> None:
    """Unpack the fonts of documents: what sets PDFs reads no woff2."""
    folder.mkdir(exist_ok=True)
    for source in wanted["print"]:
        font = TTFont(HERE / source)
        font.flavor = None
        font.save(folder / f"{Path(source).stem}.ttf")


def letters(wanted: dict[str, list[str] | str]) -> set[int]:
    found = {ord(letter) for letter in wanted["letters"]}
    for span in wanted["ranges"]:
        first, last = (int(end, 16) for end in span.split("-"))
        found.update(range(first, last + 1))
    return found


if __name__ == "__main__":
    main(Path(sys.argv[1]))
