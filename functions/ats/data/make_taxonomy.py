"""Writes taxonomy.txt: names of products and techniques, from packages of the registries whose data is free to use.

    pip download --no-deps laiser==1.0 && unzip -o laiser-1.0-*.whl 'laiser/public/faiss_skills.csv'
    npm pack simple-icons@16.37.0 && tar xzf simple-icons-16.37.0.tgz package/data/simple-icons.json
    python3 make_taxonomy.py laiser/public/faiss_skills.csv package/data/simple-icons.json > taxonomy.txt

Of laiser only the rows of O*NET's technology skills are taken (CC BY 4.0); its rows of ESCO are phrases with verbs,
which no job description repeats word by word, and the licences of its other rows are not stated. simple-icons is CC0.
"""

import csv
import json
import re
import sys

# A name with one of these is a description, or a kind of thing and not a thing.
GENERIC = re.compile(
    r"\b(software|systems?|tools?|applications?|programs?|databases?|technology|technologies|services?|platforms?|"
    r"equipment|packages?|solutions?|programming|language|computers?|information|modules?|utilities|records|suite)\b",
    re.IGNORECASE,
)
MOST_WORDS = 3


def names():
    with open(sys.argv[1], encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["taxonomy"] == "ONET_TECH":
                yield row["skill_name"]
    with open(sys.argv[2], encoding="utf-8") as file:
        icons = json.load(file)
    for icon in icons if isinstance(icons, list) else icons["icons"]:
        yield icon["title"]


def known():
    """What the hand-written list holds already."""
    with open(__file__.replace("make_taxonomy.py", "terms.txt"), encoding="utf-8") as file:
        for line in file:
            if not line.startswith("#") and " :" in line:
                first, others = line.split(" :", 1)
                for name in [first, *others.split(",")]:
                    yield name.strip().rstrip("!").lower()


def is_name(text):
    """Whether it is a proper name: capitals at each word, or a sign or digit that no common word has."""
    words = text.split()
    if not 1 <= len(words) <= MOST_WORDS or not 3 <= len(text) <= 30 or not text.isascii():
        return False
    if GENERIC.search(text) or re.search(r"[,:;!()\"]", text):
        return False
    return all(word[0].isupper() or any(c.isupper() or c.isdigit() for c in word[1:]) for word in words)


print("# Names of products and techniques, made by make_taxonomy.py, which says from what. Each counts only as it is")
print("# written here, and only where its neighbours show that a term is meant.")
print("# Includes data of the O*NET database by the U.S. Department of Labor, Employment and Training Administration")
print("# (USDOL/ETA), used under the CC BY 4.0 licence, selected and shortened; and titles of simple-icons, CC0 1.0.")
taken = set(known())
for name in sorted({name.strip() for name in names()}, key=lambda name: (name.lower(), name)):
    if is_name(name) and name.lower() not in taken:
        taken.add(name.lower())
        print(name)
