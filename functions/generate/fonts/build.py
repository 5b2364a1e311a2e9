"""Makes the fonts that portfolios carry, out of the packages that their authors' fonts are published in.

    npm install --no-save --prefix target/fonts @fontsource-variable/{bricolage-grotesque,geist,geist-mono,newsreader,source-sans-3,source-serif-4}@5.3
    pip install fonttools==4.68.0 brotli==1.2.1
    python functions/generate/fonts/build.py target/fonts/node_modules/@fontsource-variable

Each face becomes four WOFF2 files, by the languages that need their letters, with the few features that running text wants. A
page takes the ones whose letters it has. What is cut out of a font is no longer that
font, so the files bear names of their own; `OFL.txt` beside them says whose work they are. The same input gives the same
bytes.
"""

import sys
from io import BytesIO
from pathlib import Path

from fontTools import merge, subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

HERE = Path(__file__).parent
FEATURES = ["ccmp", "kern", "liga", "locl", "mark", "mkmk", "tnum"]
# To a letter those of another file are no neighbours, so beside the core kerning would cost more than it shows.
FEATURES_BESIDE_THE_CORE = ["ccmp", "locl", "mark", "mkmk"]
# The letters of each file, as `fonts.rs` names them, with the part of the package that has them; letters outside are left to
# the reader's system. The core has what English, German, Polish, Czech, Hungarian, Romanian or Turkish share.
LETTERS = {
    "core": ("latin", "U+20-7E,U+A0,U+A3,U+A5,U+A7,U+A9,U+AB,U+AD-AE,U+B0-B3,U+B5,U+B7,U+BB,U+BD,U+C1-C2,U+C4,U+C7,U+C9,U+CD-CE,U+D3-D4,U+D6-D7,U+DA,U+DC-DD,U+DF,U+E1-E2,U+E4,U+E7,U+E9,U+ED-EE,U+F3-F4,U+F6-F7,U+FA,U+FC-FD,U+131,U+2010-2014,U+2018-201A,U+201C-201E,U+2020,U+2022,U+2026,U+20AC,U+2122,U+2190,U+2192,U+2197,U+2212"),
    "western": ("latin", "U+A1-A2,U+A4,U+A6,U+A8,U+AA,U+AC,U+AF,U+B4,U+B6,U+B8-BA,U+BC,U+BE-C0,U+C3,U+C5-C6,U+C8,U+CA-CC,U+CF-D2,U+D5,U+D8-D9,U+DB,U+DE,U+E0,U+E3,U+E5-E6,U+E8,U+EA-EC,U+EF-F2,U+F5,U+F8-F9,U+FB,U+FE-FF,U+152-153,U+2C6,U+2DA,U+2DC,U+2021,U+2030,U+2032-2033,U+2039-203A,U+2044,U+2191,U+2193"),
    "central": ("latin-ext", "U+102-107,U+10C-113,U+116-11B,U+11E-11F,U+122-123,U+12A-12B,U+12E-130,U+136-137,U+139-13E,U+141-148,U+150-151,U+154-155,U+158-15B,U+15E-165,U+16A-16B,U+16E-173,U+178-17E,U+218-21B,U+1E9E"),
    "rare": ("latin-ext", "U+100-101,U+108-10B,U+114-115,U+11C-11D,U+120-121,U+124-129,U+12C-12D,U+132-135,U+138,U+13F-140,U+149-14F,U+156-157,U+15C-15D,U+166-169,U+16C-16D,U+174-177,U+17F,U+18F,U+192,U+1A0-1A1,U+1AF-1B0,U+1E6-1E7,U+1EA-1EB,U+1FA-217,U+237,U+2C7,U+2C9,U+2D8-2D9,U+2DB,U+2DD,U+1E80-1E85,U+1EA0-1EF9"),
}
# The weights of a family. A range stays variable in one file; a single one is a file of its own, for families that mostly
# set titles.
FAMILIES = {
    "bricolage-grotesque": [(400, 800)],
    "geist": [(400, 700)],
    "geist-mono": [(400, 600)],
    "newsreader": [400, 600],
    "source-sans-3": [(400, 700)],
    "source-serif-4": [400, 600],
}


def cut(font: TTFont, unicodes: str, features: list[str]) -> TTFont:
    options = subset.Options()
    options.layout_features = features
    options.hinting = False
    options.name_IDs = [0, 1, 2, 4, 6, 13, 14]
    options.notdef_outline = True
    options.drop_tables += ["MVAR", "STAT", "DSIG", "meta"]
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=subset.parse_unicodes(unicodes.replace("U+", "")))
    subsetter.subset(font)
    return font


def written(font: TTFont, flavor: str | None) -> bytes:
    font.flavor = flavor
    font.recalcTimestamp = False
    out = BytesIO()
    font.save(out, reorderTables=None if flavor else True)
    return out.getvalue()


# The font of the share image, which is drawn here and not in a browser: one weight, outlines only.
CARD = ("source-sans-3", 600, ["latin", "latin-ext", "greek", "cyrillic"])


def card(packages: Path) -> bytes:
    family, weight, parts = CARD
    files = []
    for part in parts:
        font = instancer.instantiateVariableFont(
            TTFont(packages / family / "files" / f"{family}-{part}-wght-normal.woff2"), {"wght": weight}
        )
        options = subset.Options()
        options.layout_features = []
        options.hinting = False
        options.notdef_outline = True
        options.name_IDs = [0, 1, 2, 4, 6, 13, 14]
        options.drop_tables += ["GPOS", "GSUB", "GDEF", "STAT", "DSIG", "meta", "gasp"]
        subsetter = subset.Subsetter(options)
        latin = ",".join(unicodes for _, unicodes in LETTERS.values())
        wanted = subset.parse_unicodes(latin.replace("U+", "")) if "latin" in part else font.getBestCmap()
        subsetter.populate(unicodes=wanted)
        subsetter.subset(font)
        file = BytesIO(written(font, None))
        files.append(file)
    return written(named(merge.Merger().merge(files), family), None)


def named(font: TTFont, family: str) -> TTFont:
    own = f"Vitae {family.removeprefix('source-')}"
    for record in font["name"].names:
        if record.nameID in (1, 4, 6, 16):
            record.string = own.replace(" ", "-") if record.nameID == 6 else own
    return font


def main(packages: Path) -> None:
    for family, all_weights in FAMILIES.items():
        folder = HERE / family
        folder.mkdir(exist_ok=True)
        for weights in all_weights:
            for name, (part, unicodes) in LETTERS.items():
                source = packages / family / "files" / f"{family}-{part}-wght-normal.woff2"
                font = instancer.instantiateVariableFont(TTFont(source), {"wght": weights})
                for glyph in font.getGlyphOrder() if "gvar" in font else []:
                    # A glyph that is the same in every weight is left out by the one and missed by the other.
                    font["gvar"].variations.setdefault(glyph, [])
                data = written(named(cut(font, unicodes, FEATURES if name == "core" else FEATURES_BESIDE_THE_CORE), family), "woff2")
                file = f"{name}.woff2" if isinstance(weights, tuple) else f"{name}-{weights}.woff2"
                (folder / file).write_bytes(data)
                print(f"{family}/{file} {len(data)}")
        (folder / "OFL.txt").write_bytes((packages / family / "LICENSE").read_bytes())
    data = card(packages)
    (HERE / CARD[0] / "card.ttf").write_bytes(data)
    print(f"{CARD[0]}/card.ttf {len(data)}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
