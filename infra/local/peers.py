"""What a PDF of a CV costs by RenderCV and by WeasyPrint, in milliseconds of processor time, as one line of JSON.

    python peers.py RESUME.json FOLDER

FOLDER takes what is written. RenderCV is its own command, from start to end; WeasyPrint is a process of its own, too, and
then the same process again.
"""

import html
import json
import os
import pathlib
import resource
import subprocess
import sys
import time

ROUNDS = 5


def as_rendercv(resume):
    basics = resume["basics"]
    sections = {"Summary": [basics["summary"]]} if basics.get("summary") else {}

    def dates(entry):
        # RenderCV takes full dates, months and years, as we have them.
        return {
            "start_date": entry.get("startDate"),
            "end_date": entry.get("endDate") or "present",
        } if entry.get("startDate") else {}

    if resume.get("work"):
        sections["Experience"] = [
            {"company": work["name"], "position": work["position"], "highlights": work.get("highlights", []), **dates(work)}
            for work in resume["work"]
        ]
    if resume.get("education"):
        sections["Education"] = [
            {"institution": school["institution"], "area": school.get("area", "-"), **dates(school)}
            for school in resume["education"]
        ]
    if resume.get("skills"):
        sections["Skills"] = [
            {"label": skill["name"], "details": ", ".join(skill.get("keywords", [])) or "-"} for skill in resume["skills"]
        ]
    return {"cv": {"name": basics["name"], "email": basics["email"], "sections": sections}}


def as_html(resume):
    text = html.escape
    parts = [f"<h1>{text(resume['basics']['name'])}</h1><p>{text(resume['basics'].get('summary', ''))}</p><h2>Experience</h2>"]
    for work in resume.get("work", []):
        bullets = "".join(f"<li>{text(line)}</li>" for line in work.get("highlights", []))
        parts.append(f"<h3>{text(work['position'])}, {text(work['name'])}</h3><ul>{bullets}</ul>")
    parts.append("<h2>Education</h2>")
    for school in resume.get("education", []):
        parts.append(f"<h3>{text(school.get('area', ''))}</h3><p>{text(school['institution'])}</p>")
    parts.append("<h2>Skills</h2>")
    for skill in resume.get("skills", []):
        parts.append(f"<p><b>{text(skill['name'])}</b>: {text(', '.join(skill.get('keywords', [])))}</p>")
    return "<html lang='en'><body>" + "".join(parts) + "</body></html>"


def offline_icons(folder):
    """RenderCV's theme loads a package of icons over the network each time it is new; here a dot stands for each."""
    package = folder / "data/typst/packages/preview/fontawesome/0.5.0"
    package.mkdir(parents=True, exist_ok=True)
    manifest = '[package]\nname = "fontawesome"\nversion = "0.5.0"\nentrypoint = "lib.typ"\n'
    (package / "typst.toml").write_text(manifest, encoding="utf-8")
    (package / "lib.typ").write_text("#let fa-icon(..options) = [•]\n", encoding="utf-8")
    os.environ["XDG_DATA_HOME"] = str((folder / "data").resolve())


def children_ms():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1000 * (used.ru_utime + used.ru_stime)


def cost(command, cwd):
    """The least of some rounds: what the machine does besides only adds."""
    rounds = []
    for _ in range(ROUNDS):
        before = children_ms()
        done = subprocess.run(command, cwd=cwd, capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"{command}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
        rounds.append(children_ms() - before)
    return min(rounds)


WEASY = "import sys, weasyprint; weasyprint.HTML(filename=sys.argv[1]).write_pdf(sys.argv[2])"


def main():
    resume = json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))
    folder = pathlib.Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    # JSON is YAML.
    (folder / "cv.yaml").write_text(json.dumps(as_rendercv(resume)), encoding="utf-8")
    (folder / "cv.html").write_text(as_html(resume), encoding="utf-8")
    offline_icons(folder)
    rendercv = [sys.executable, "-m", "rendercv", "render", "cv.yaml", "--dont-generate-html", "--dont-generate-markdown", "--dont-generate-png"]
    figures = {
        "rendercv": cost(rendercv, folder),
        "weasyprint": cost([sys.executable, "-c", WEASY, "cv.html", "weasyprint.pdf"], folder),
    }
    if not list(folder.glob("rendercv_output/*.pdf")):
        sys.exit("RenderCV wrote no PDF")
    import weasyprint

    for _ in range(2):
        weasyprint.HTML(filename=str(folder / "cv.html")).write_pdf()
    before = time.process_time()
    for _ in range(ROUNDS):
        weasyprint.HTML(filename=str(folder / "cv.html")).write_pdf()
    figures["weasyprint_warm"] = 1000 * (time.process_time() - before) / ROUNDS
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
