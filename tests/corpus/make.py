"""Makes the documents of this directory from the people in `people/`, each with the truth that it shows.

    pip install weasyprint==70.0 python-docx==1.2.0
    python tests/corpus/make.py [--all] [--out DIR] [STEM…]

A document is a person in a layout: each person in two or three layouts, each layout with two people, or with `--all`
every person in every layout. WeasyPrint needs Pango, the layouts named in `BROWSER` need
Chromium on the path. The fonts are what the machine has of DejaVu and Liberation. The people do not exist.
"""

import copy
import html
import json
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent

MONTHS = {
    "en": "January February March April May June July August September October November December",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "pl": "styczeń luty marzec kwiecień maj czerwiec lipiec sierpień wrzesień październik listopad grudzień",
    "sv": "januari februari mars april maj juni juli augusti september oktober november december",
    "tr": "Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık",
}
NOW = dict(en="Present", de="heute", fr="aujourd'hui", es="actualidad", pt="atual", it="oggi", nl="heden", pl="obecnie",
           sv="pågående", tr="devam ediyor")
SINCE = dict(en="since", de="seit", fr="depuis", es="desde", pt="desde", it="dal", nl="sinds", pl="od", sv="sedan", tr="")
COUNTRY = dict(US="USA", IN="India", GB="United Kingdom", DE="Deutschland", FR="France", ES="España", BR="Brasil",
               IT="Italia", NL="Nederland", PL="Polska", SE="Sverige", TR="Türkiye", SG="Singapore", AU="Australia")
KEYS = ("summary work education skills languages certificates projects publications awards volunteer interests "
        "references contact").split()
# Several names for each section, because CVs have many; a layout takes the first or the second.
HEADINGS = {
    "en": ("About me|Employment History|Academic Background|Key Skills|Language Skills|Licenses & Certifications|"
           "Side Projects|Selected Publications|Honours and Awards|Community Involvement|Interests|References|Get in Touch",
           "Career Summary|Work History|Education & Training|Areas of Expertise|Languages|Professional Certifications|"
           "Projects|Research Output|Achievements|Volunteer Experience|Hobbies|Referees|Contact Details"),
    "de": ("Über mich|Praxiserfahrung|Bildungsweg|Fachkenntnisse|Sprachen|Zertifikate und Lehrgänge|Projekte|"
           "Publikationen|Preise|Ehrenamtliches Engagement|Interessen|Referenzen|Kontakt",
           "Zur Person|Berufstätigkeit|Schul- und Berufsausbildung|Kenntnisse und Fähigkeiten|Fremdsprachen|"
           "Fortbildungen|Projekterfahrung|Veröffentlichungen|Auszeichnungen|Ehrenämter|Freizeit|Referenzen|Kontaktdaten"),
    "fr": ("À propos|Parcours professionnel|Diplômes et formations|Savoir-faire|Langues vivantes|Habilitations|Projets|"
           "Publications|Prix|Bénévolat|Loisirs|Références|Contact",
           "Profil professionnel|Expériences|Études|Compétences techniques|Langues|Certificats|Réalisations|Travaux|"
           "Récompenses|Vie associative|Centres d'intérêt|Références|Coordonnées"),
    "es": ("Sobre mí|Trayectoria profesional|Formación académica|Habilidades|Idiomas|Cursos y certificados|Proyectos|"
           "Publicaciones|Premios|Voluntariado|Aficiones|Referencias|Contacto",
           "Perfil profesional|Experiencia laboral|Estudios|Competencias|Lenguas|Certificaciones|Proyectos|Artículos|"
           "Reconocimientos|Labor social|Intereses|Referencias|Datos de contacto"),
    "pt": ("Sobre mim|Histórico profissional|Escolaridade|Habilidades|Idiomas|Cursos e certificados|Projetos|Publicações|"
           "Prêmios|Trabalho voluntário|Interesses|Referências|Contato",
           "Perfil|Experiências|Formação|Competências|Línguas|Certificações|Projetos pessoais|Artigos|Reconhecimentos|"
           "Voluntariado|Hobbies|Referências|Dados pessoais"),
    "it": ("Chi sono|Esperienza professionale|Formazione|Capacità e competenze|Lingue straniere|Attestati|Progetti|"
           "Pubblicazioni|Premi|Volontariato|Hobby|Referenze|Recapiti",
           "Profilo|Esperienze di lavoro|Titoli di studio|Competenze|Conoscenze linguistiche|Certificazioni|Progetti|"
           "Articoli|Riconoscimenti|Attività di volontariato|Interessi personali|Referenze|Contatti"),
    "nl": ("Over mij|Loopbaan|Opleiding en cursussen|Kennis en vaardigheden|Talenkennis|Cursussen|Projecten|Publicaties|"
           "Prijzen|Vrijwilligerswerk|Vrije tijd|Referenties|Contact",
           "Persoonlijk profiel|Ervaring|Opleiding|Competenties|Talen|Certificaten|Projecten|Artikelen|Onderscheidingen|"
           "Nevenactiviteiten|Hobby's en interesses|Referenties|Personalia"),
    "pl": ("O mnie|Przebieg kariery zawodowej|Edukacja|Kompetencje|Znajomość języków|Certyfikaty|Projekty|Publikacje|"
           "Nagrody|Wolontariat|Hobby|Referencje|Kontakt",
           "Profil zawodowy|Historia zatrudnienia|Wykształcenie|Umiejętności|Języki|Szkolenia i certyfikaty|Projekty|"
           "Artykuły|Wyróżnienia|Działalność społeczna|Zainteresowania|Referencje|Dane osobowe"),
    "sv": ("Profil|Yrkeserfarenhet|Utbildningar|Kompetenser|Språkkunskaper|Certifieringar|Projekt|Publikationer|Priser|"
           "Ideella uppdrag|Fritid|Referenser|Kontakt",
           "Sammanfattning|Anställningar|Utbildning|Kunskaper|Språk|Kurser och certifikat|Projekt|Artiklar|Utmärkelser|"
           "Föreningsliv|Intressen|Referenser|Kontaktuppgifter"),
    "tr": ("Profil|Mesleki Deneyim|Eğitim|Yetkinlikler|Yabancı Dil|Sertifikalar|Projeler|Yayınlar|Ödüller|"
           "Gönüllülük|Hobiler|Referanslar|İletişim",
           "Özet|Çalışma Geçmişi|Öğrenim Durumu|Bilgi ve Beceriler|Diller|Eğitimler ve Sertifikalar|Projeler|Makaleler|"
           "Başarılar|Gönüllü Faaliyetler|İlgi Alanları|Referanslar|İletişim Bilgileri"),
}
esc = html.escape


class Person:
    """A person and how this layout writes what it shows of them."""

    def __init__(self, stem, headings=0, dates="month", now=None):
        self.data = json.loads((HERE / "people" / f"{stem}.json").read_text("utf-8"))
        self.language = self.data.pop("language")
        self.basics = self.data["basics"]
        self.head = dict(zip(KEYS, HEADINGS[self.language][headings].split("|")))
        self.dates, self.now = dates, now or NOW[self.language]
        self.shown = {"name"}

    def date(self, date, style=None):
        style = style or self.dates
        if len(date) == 4 or style == "year":
            return date[:4]
        year, month = date[:4], int(date[5:7])
        name = MONTHS[self.language].split()[month - 1]
        short = name if len(name) <= 4 else name[:3] + "."
        return {
            "month": f"{name} {year}",
            "short": f"{short} {year}",
            "quoted": f"{name[:3]} ’{year[2:]}",
            "slash": f"{month:02}/{year}",
            "dot": f"{month:02}.{year}",
            "iso": f"{year}-{month:02}",
            "full": f"01/{month:02}/{year}",
            "year": year,
        }[style]

    def period(self, entry, between=" – ", style=None, since=False):
        start, end = entry.get("startDate"), entry.get("endDate")
        if not start:
            return self.date(end, style) if end else ""
        if not end and since and SINCE[self.language]:
            return f"{SINCE[self.language]} {self.date(start, style)}"
        return self.date(start, style) + between + (self.date(end, style) if end else self.now)

    def show(self, *what):
        self.shown.update(what)

    def all(self, *sections):
        """The sections that the person has, in order; they count as shown."""
        have = [section for section in sections if self.data.get(section)]
        self.show(*have)
        return have

    def truth(self):
        out = copy.deepcopy(self.data)
        for key in list(out):
            if key not in self.shown and key != "basics":
                del out[key]
        basics = out["basics"]
        for key in list(basics):
            if key not in self.shown and not (key == "location" and "city" in self.shown):
                del basics[key]
        if "location" in basics:
            basics["location"] = {"city": basics["location"]["city"]}
        yearly = {"work", "education", "volunteer", "projects"} if self.dates == "year" else set()
        yearly |= {section for section in KEYS if f"{section}:year" in self.shown}
        for section in KEYS:
            for entry in out.get(section, []) if isinstance(out.get(section), list) else []:
                for member in ("startDate", "endDate", "date", "releaseDate"):
                    if member in entry and section in yearly:
                        entry[member] = entry[member][:4]
                    if member in entry and f"{section}:undated" in self.shown:
                        del entry[member]
                if section == "work" and "location" in entry and "place" not in self.shown:
                    del entry["location"]
        return out


def contact(p, *parts):
    p.show(*parts)
    b = p.basics
    place = b["location"]
    say = {
        "email": b["email"],
        "phone": b["phone"],
        "url": b.get("url", "").removeprefix("https://"),
        "city": f"{place['city']}, {place.get('region') or COUNTRY[place['country']]}",
        "profiles": None,
    }
    out = []
    for part in parts:
        if part == "profiles":
            out += [profile["url"].removeprefix("https://www.").removeprefix("https://") for profile in b.get("profiles", [])]
        elif say[part]:
            out.append(say[part])
    return [esc(x) for x in out]


def study(entry, joiner=", "):
    return entry["studyType"] + (joiner + entry["area"] if entry.get("area") else "")


def bullets(entry, tag="ul"):
    items = "".join(f"<li>{esc(item)}</li>" for item in entry.get("highlights", []))
    return f"<{tag}>{items}</{tag}>" if items else ""


def title_of(entry):
    return entry.get("name") or entry.get("title")


def giver_of(entry):
    return entry.get("issuer") or entry.get("awarder") or entry.get("publisher")


def day_of(entry):
    return entry.get("date") or entry.get("releaseDate")


BASE = """@page{size:A4;margin:16mm} *{box-sizing:border-box} body{margin:0;font-family:Liberation Sans,sans-serif;font-size:10pt;line-height:1.32}
h1,h2,h3,p,ul,ol{margin:0} ul,ol{padding-left:5mm;margin-bottom:2mm} table{border-collapse:collapse;width:100%} td{vertical-align:top}"""
SHORT = ("certificates", "awards", "publications")


def pills(p):
    """A band with drawn icons, dates in badges at the right, skills as chips."""
    b, t = p.basics, p.head
    icon = "<svg width=10 height=10 style='margin-right:4px'><circle cx=5 cy=5 r=4 fill='#0a7'/></svg>"
    o = f"""<style>{BASE} .band{{background:#0b3d4f;color:#fff;padding:6mm}} h1{{font-size:23pt;font-weight:600}}
    .line{{display:flex;flex-wrap:wrap;gap:0 6mm;margin-top:2mm;font-size:9pt;white-space:nowrap}} h2{{font-size:12.5pt;color:#0b3d4f;margin:5mm 0 2mm;border-left:1.2mm solid #0a7;padding-left:2mm}}
    .row{{display:flex;justify-content:space-between;align-items:center}} .when{{background:#e4f3ee;border-radius:3mm;padding:.4mm 3mm;font-size:8.5pt}}
    .chip{{display:inline-block;border:1px solid #0a7;border-radius:3mm;padding:.3mm 2.5mm;margin:0 2mm 1.5mm 0;font-size:9pt}} .who{{color:#0a7}}</style>
    <div class=band><h1>{esc(b['name'])}</h1><p>{esc(b['label'])}</p><div class=line>"""
    p.show("label")
    o += "".join(f"<span>{icon}{x}</span>" for x in contact(p, "email", "phone", "city", "profiles")) + "</div></div>"
    p.show("summary")
    o += f"<h2>{t['summary']}</h2><p>{esc(b['summary'])}</p><h2>{t['work']}</h2>"
    p.all("work", "education", "skills", "languages")
    for w in p.data["work"]:
        o += f"<div class=row><b>{esc(w['position'])}</b><span class=when>{p.period(w)}</span></div><p class=who>{esc(w['name'])}</p>{bullets(w)}"
    o += f"<h2>{t['education']}</h2>"
    for e in p.data["education"]:
        o += f"<div class=row><b>{esc(study(e))}</b><span class=when>{p.period(e)}</span></div><p class=who>{esc(e['institution'])}</p>"
    o += f"<h2>{t['skills']}</h2><div>" + "".join(f"<span class=chip>{esc(k)}</span>" for s in p.data["skills"] for k in s["keywords"]) + "</div>"
    o += f"<h2>{t['languages']}</h2><div>" + "".join(f"<span class=chip>{esc(x['language'])} · {esc(x['fluency'])}</span>" for x in p.data["languages"]) + "</div>"
    for k in p.all("certificates", "awards"):
        o += f"<h2>{t[k]}</h2>"
        for x in p.data[k]:
            o += f"<div class=row><span><b>{esc(title_of(x))}</b>, {esc(giver_of(x))}</span><span class=when>{p.date(day_of(x))}</span></div>"
    for k in p.all("volunteer"):
        o += f"<h2>{t[k]}</h2>"
        for x in p.data[k]:
            o += f"<div class=row><b>{esc(x['position'])}</b><span class=when>{p.period(x)}</span></div><p class=who>{esc(x['organization'])}</p>"
    return o


def newspaper(p):
    """A centred head over two equal columns; headings between rules."""
    b, t = p.basics, p.head
    o = f"""<style>{BASE} body{{font-family:Liberation Serif,serif}} .head{{text-align:center;border-bottom:2px solid #333;padding-bottom:3mm}} h1{{font-size:26pt;font-variant:small-caps;font-weight:normal}}
    .cols{{display:flex;gap:9mm;margin-top:4mm}} .cols>div{{flex:1}} h2{{text-align:center;font-size:11pt;text-transform:uppercase;letter-spacing:1.5px;border-top:1px solid #999;border-bottom:1px solid #999;margin:4mm 0 2mm}} .when{{font-style:italic}}</style>
    <div class=head><h1>{esc(b['name'])}</h1><p>{esc(b['label'])}</p><p>{' ◆ '.join(contact(p, 'city', 'phone', 'email', 'url'))}</p></div><div class=cols><div>"""
    p.show("label", "summary", "place")
    p.all("work", "education", "skills", "languages")
    o += f"<h2>{t['work']}</h2>"
    for w in p.data["work"]:
        o += f"<p><b>{esc(w['name'])}</b>, {esc(w['location'])}</p><p>{esc(w['position'])}</p><p class=when>{p.period(w)}</p>{bullets(w)}"
    o += f"</div><div><h2>{t['summary']}</h2><p>{esc(b['summary'])}</p><h2>{t['education']}</h2>"
    for e in p.data["education"]:
        o += f"<p><b>{esc(e['institution'])}</b></p><p>{esc(study(e))}</p><p class=when>{p.period(e)}</p>"
    o += f"<h2>{t['skills']}</h2>" + "".join(f"<p><i>{esc(s['name'])}:</i> {esc(', '.join(s['keywords']))}</p>" for s in p.data["skills"])
    o += f"<h2>{t['languages']}</h2>" + "".join(f"<p>{esc(x['language'])}: {esc(x['fluency'])}</p>" for x in p.data["languages"])
    for k in p.all(*SHORT):
        p.show(f"{k}:year")
        o += f"<h2>{t[k]}</h2>" + "".join(f"<p><b>{esc(title_of(x))}</b></p><p>{esc(giver_of(x))}, {day_of(x)[:4]}</p>" for x in p.data[k])
    for k in p.all("interests"):
        o += f"<h2>{t[k]}</h2><p>{esc(', '.join(x['name'] for x in p.data[k]))}</p>"
    return o + "</div></div>"


def biodata(p):
    """A bordered table with grey label cells, as office suites offer it."""
    b, t = p.basics, p.head
    o = f"""<style>{BASE} td{{border:1px solid #888;padding:1.5mm 2.5mm}} td:first-child{{background:#eee;width:42mm;font-weight:bold}} h1{{font-size:15pt;text-align:center;margin-bottom:3mm}} li{{margin-bottom:.5mm}}</style>
    <h1>CURRICULUM VITAE</h1><table>"""
    row = lambda a, c: f"<tr><td>{a}</td><td>{c}</td></tr>"
    p.show("summary")
    p.all("work", "education", "skills", "languages")
    o += row("Name", esc(b["name"])) + row(t["contact"], "<br>".join(contact(p, "city", "phone", "email")))
    o += row(t["summary"], esc(b["summary"]))
    o += row(t["work"], "".join(f"<p><b>{esc(w['position'])}</b>, {esc(w['name'])}</p><p>{p.period(w)}</p>{bullets(w)}" for w in p.data["work"]))
    o += row(t["education"], "".join(f"<p><b>{esc(study(e))}</b>, {esc(e['institution'])}</p><p>{p.period(e)}</p>" for e in p.data["education"]))
    o += row(t["skills"], "".join(f"<p>{esc(s['name'])}: {esc(', '.join(s['keywords']))}</p>" for s in p.data["skills"]))
    o += row(t["languages"], "".join(f"<p>{esc(x['language'])} – {esc(x['fluency'])}</p>" for x in p.data["languages"]))
    for k in p.all(*SHORT):
        o += row(t[k], "<ul>" + "".join(f"<li>{esc(title_of(x))}, {esc(giver_of(x))} ({p.date(day_of(x))})</li>" for x in p.data[k]) + "</ul>")
    for k in p.all("interests"):
        o += row(t[k], esc(", ".join(x["name"] for x in p.data[k])))
    return o + "</table>"


def academic(p):
    """Serif, numbered publications, years in a hanging rail, no bullets."""
    b, t = p.basics, p.head
    o = f"""<style>{BASE} @page{{margin:24mm 26mm}} body{{font-family:Liberation Serif,serif;font-size:11pt;text-align:justify;hyphens:auto}} h1{{font-size:17pt}} h2{{font-variant:small-caps;font-size:13pt;font-weight:normal;border-bottom:.4pt solid #000;margin:6mm 0 2mm}} td:first-child{{width:26mm}} td{{padding-bottom:1.5mm}} .c{{font-size:10pt}}</style>
    <h1>{esc(b['name'])}</h1><p class=c>{esc(b['label'])}</p><p class=c>{' · '.join(contact(p, 'city', 'email', 'phone', 'url'))}</p>"""
    p.show("summary", "label")
    p.all("work", "education", "skills", "languages")
    rail = lambda rows: "<table>" + "".join(f"<tr><td>{a}</td><td>{c}</td></tr>" for a, c in rows) + "</table>"
    o += f"<p style='margin-top:4mm'>{esc(b['summary'])}</p>"
    o += f"<h2>{t['work']}</h2>" + rail([(p.period(w, "–"), f"{esc(w['position'])}, <i>{esc(w['name'])}</i>. {esc('. '.join(w.get('highlights', [])))}{'.' if w.get('highlights') else ''}") for w in p.data["work"]])
    o += f"<h2>{t['education']}</h2>" + rail([(p.period(e, "–"), f"{esc(study(e, ' in ' if p.language == 'en' else ', '))}, <i>{esc(e['institution'])}</i>") for e in p.data["education"]])
    for k in p.all("publications"):
        p.show("publications:year")
        family = b["name"].split()[-1]
        o += f"<h2>{t[k]}</h2><ol>" + "".join(f"<li>{esc(family)}, {b['name'].split()[-2][0]}. ({day_of(x)[:4]}). {esc(x['name'])}. <i>{esc(x['publisher'])}</i>.</li>" for x in p.data[k]) + "</ol>"
    for k in p.all("awards", "certificates"):
        p.show(f"{k}:year")
        o += f"<h2>{t[k]}</h2>" + rail([(day_of(x)[:4], f"{esc(title_of(x))}, {esc(giver_of(x))}") for x in p.data[k]])
    o += f"<h2>{t['skills']}</h2>" + "".join(f"<p>{esc(s['name'])}: {esc('; '.join(s['keywords']))}.</p>" for s in p.data["skills"])
    o += f"<h2>{t['languages']}</h2><p>" + "; ".join(f"{esc(x['language'])} ({esc(x['fluency'])})" for x in p.data["languages"]) + ".</p>"
    return o


def footer3(p):
    """One column, then skills, languages and interests side by side at the foot."""
    b, t = p.basics, p.head
    o = f"""<style>{BASE} h1{{font-size:30pt;font-weight:300;color:#b03060}} .label{{font-size:12pt;letter-spacing:2px;text-transform:uppercase}} h2{{font-size:11pt;color:#b03060;text-transform:uppercase;margin:5mm 0 1.5mm}} .three{{display:flex;gap:8mm;border-top:1px solid #ccc;margin-top:4mm}} .three>div{{flex:1}} .when{{color:#777;font-size:9pt}} .c{{text-align:right;font-size:9pt}}</style>
    <p class=c>{'<br>'.join(contact(p, 'phone', 'email', 'city', 'profiles'))}</p><h1>{esc(b['name'])}</h1><p class=label>{esc(b['label'])}</p>"""
    p.show("summary", "label", "place")
    p.all("work", "education", "skills", "languages")
    o += f"<h2>{t['summary']}</h2><p>{esc(b['summary'])}</p><h2>{t['work']}</h2>"
    for w in p.data["work"]:
        o += f"<p><b>{esc(w['position'])}</b> | {esc(w['name'])}</p><p class=when>{p.period(w)} | {esc(w['location'])}</p>{bullets(w)}"
    o += f"<h2>{t['education']}</h2>"
    for e in p.data["education"]:
        o += f"<p><b>{esc(study(e))}</b> | {esc(e['institution'])}</p><p class=when>{p.period(e)}</p>"
    for k in p.all("certificates", "volunteer"):
        o += f"<h2>{t[k]}</h2>"
        for x in p.data[k]:
            o += f"<p><b>{esc(title_of(x) or x['position'])}</b> | {esc(giver_of(x) or x['organization'])}</p><p class=when>{p.date(day_of(x)) if day_of(x) else p.period(x)}</p>"
    o += f"<div class=three><div><h2>{t['skills']}</h2>" + "".join(f"<p>{esc(k)}</p>" for s in p.data["skills"] for k in s["keywords"]) + "</div>"
    o += f"<div><h2>{t['languages']}</h2>" + "".join(f"<p>{esc(x['language'])}<br><span class=when>{esc(x['fluency'])}</span></p>" for x in p.data["languages"]) + "</div>"
    for k in p.all("interests"):
        o += f"<div><h2>{t[k]}</h2>" + "".join(f"<p>{esc(x['name'])}</p>" for x in p.data[k]) + "</div>"
    return o + "</div>"


def labels(p):
    """Section names in a column of their own at the left, content beside them."""
    b, t = p.basics, p.head
    o = f"""<style>{BASE} .s{{display:flex;margin-top:4mm}} .s>h2{{width:38mm;flex:none;font-size:10pt;color:#345;text-align:right;padding-right:6mm}} .s>div{{flex:1;border-left:1px solid #345;padding-left:5mm}} h1{{font-size:20pt}} .when{{float:right}}</style>
    <div class=s><h2></h2><div style='border:0'><h1>{esc(b['name'])}</h1><p>{' | '.join(contact(p, 'email', 'phone', 'city', 'url'))}</p></div></div>"""
    p.show("summary", "place")
    p.all("work", "education", "skills", "languages")
    sec = lambda k, c: f"<div class=s><h2>{t[k]}</h2><div>{c}</div></div>"
    o += sec("summary", f"<p>{esc(b['summary'])}</p>")
    o += sec("work", "".join(f"<p><b>{esc(w['name'])}</b><span class=when>{p.period(w)}</span></p><p><i>{esc(w['position'])}</i>, {esc(w['location'])}</p>{bullets(w)}" for w in p.data["work"]))
    o += sec("education", "".join(f"<p><b>{esc(e['institution'])}</b><span class=when>{p.period(e)}</span></p><p><i>{esc(study(e))}</i></p>" for e in p.data["education"]))
    for k in p.all("projects"):
        o += sec(k, "".join(f"<p><b>{esc(x['name'])}</b><span class=when>{p.period(x)}</span></p><p>{esc(x['description'])}</p>{bullets(x)}" for x in p.data[k]))
    o += sec("skills", "".join(f"<p><b>{esc(s['name'])}</b> {esc(', '.join(s['keywords']))}</p>" for s in p.data["skills"]))
    o += sec("languages", "<p>" + ", ".join(f"{esc(x['language'])} ({esc(x['fluency'])})" for x in p.data["languages"]) + "</p>")
    for k in p.all(*SHORT):
        o += sec(k, "".join(f"<p>{esc(title_of(x))} – {esc(giver_of(x))}<span class=when>{p.date(day_of(x))}</span></p>" for x in p.data[k]))
    return o


def europass(p):
    """Date and place over the title, labels in small type, languages as a table of levels."""
    b, t = p.basics, p.head
    o = f"""<style>{BASE} h1{{font-size:21pt;color:#003399}} h2{{font-size:11pt;color:#003399;text-transform:uppercase;border-bottom:1.5px solid #003399;margin:6mm 0 2mm}} .when{{color:#666;font-size:9pt;margin-top:3mm}} .what{{font-weight:bold;text-transform:uppercase}} .c b{{color:#666}}</style>
    <h1>{esc(b['name'])}</h1><p class=c>"""
    names = dict(en=("Phone", "Email", "Address"), de=("Telefon", "E-Mail", "Adresse"), fr=("Téléphone", "E-mail", "Adresse"), es=("Teléfono", "Correo electrónico", "Dirección"), pt=("Telefone", "E-mail", "Endereço"), it=("Telefono", "E-mail", "Indirizzo"), nl=("Telefoon", "E-mail", "Adres"), pl=("Telefon", "E-mail", "Adres"), sv=("Telefon", "E-post", "Adress"), tr=("Telefon", "E-posta", "Adres"))[p.language]
    phone, email, city = contact(p, "phone", "email", "city")
    o += f"<b>{names[0]}:</b> {phone} | <b>{names[1]}:</b> {email} | <b>{names[2]}:</b> {city}</p>"
    p.show("summary", "place")
    p.all("work", "education", "skills", "languages")
    o += f"<h2>{t['summary']}</h2><p>{esc(b['summary'])}</p><h2>{t['work']}</h2>"
    for w in p.data["work"]:
        o += f"<p class=when>[ {p.period(w, style='full' if p.dates == 'full' else None)} ] {esc(w['location'])}</p><p class=what>{esc(w['position'])}</p><p>{esc(w['name'])}</p>{bullets(w)}"
    o += f"<h2>{t['education']}</h2>"
    for e in p.data["education"]:
        o += f"<p class=when>[ {p.period(e, style='full' if p.dates == 'full' else None)} ]</p><p class=what>{esc(study(e))}</p><p>{esc(e['institution'])}</p>"
    o += f"<h2>{t['languages']}</h2>" + "".join(f"<p><b>{esc(x['language'])}</b>: {esc(x['fluency'])}</p>" for x in p.data["languages"])
    o += f"<h2>{t['skills']}</h2><p>" + " / ".join(esc(k) for s in p.data["skills"] for k in s["keywords"]) + "</p>"
    for k in p.all("volunteer"):
        o += f"<h2>{t[k]}</h2>" + "".join(f"<p class=when>[ {p.period(x)} ]</p><p class=what>{esc(x['position'])}</p><p>{esc(x['organization'])}</p>" for x in p.data[k])
    for k in p.all("interests"):
        o += f"<h2>{t[k]}</h2><p>{esc(', '.join(x['name'] for x in p.data[k]))}</p>"
    return o


def network(p):
    """As professional networks export it: a grey side column, durations behind the dates."""
    b, t = p.basics, p.head
    o = f"""<style>{BASE} @page{{margin:0}} .side{{position:absolute;left:0;top:0;width:64mm;height:297mm;background:#2b333c;color:#fff;padding:12mm 6mm;font-size:9pt}} .main{{margin-left:64mm;padding:12mm 10mm}} h1{{font-size:24pt;font-weight:normal}} h2{{font-weight:normal;font-size:14pt;margin:6mm 0 2mm}} .side h2{{font-size:12pt}} .who{{font-weight:bold;font-size:11pt;margin-top:3mm}} .small{{color:#666;font-size:9pt}}</style>
    <div class=side><h2>{t['contact']}</h2>{''.join(f'<p>{x}</p>' for x in contact(p, 'phone', 'email', 'profiles'))}"""
    p.show("summary", "label", "city", "place")
    p.all("work", "education", "skills", "languages")
    o += f"<h2>{t['skills']}</h2>" + "".join(f"<p>{esc(k)}</p>" for s in p.data["skills"] for k in s["keywords"])
    o += f"<h2>{t['languages']}</h2>" + "".join(f"<p>{esc(x['language'])} ({esc(x['fluency'])})</p>" for x in p.data["languages"])
    for k in p.all("certificates"):
        p.show("certificates:undated")
        o += f"<h2>{t[k]}</h2>" + "".join(f"<p>{esc(x['name'])}</p>" for x in p.data[k])
    place = b["location"]
    o += f"</div><div class=main><h1>{esc(b['name'])}</h1><p>{esc(b['label'])}</p><p class=small>{esc(place['city'])}, {COUNTRY[place['country']]}</p><h2>{t['summary']}</h2><p>{esc(b['summary'])}</p><h2>{t['work']}</h2>"
    for w in p.data["work"]:
        months = (int(w.get("endDate", "2024-06")[:4]) - int(w["startDate"][:4])) or 1
        word = dict(en="years", de="Jahre", fr="ans", es="años", pt="anos", it="anni", nl="jaar", pl="lata", sv="år", tr="yıl")[p.language]
        o += f"<p class=who>{esc(w['name'])}</p><p>{esc(w['position'])}</p><p class=small>{p.period(w, ' - ')} ({months} {word})</p><p class=small>{esc(w['location'])}</p>" + "".join(f"<p>{esc(h)}</p>" for h in w.get("highlights", []))
    o += f"<h2>{t['education']}</h2>"
    for e in p.data["education"]:
        o += f"<p class=who>{esc(e['institution'])}</p><p>{esc(study(e))} · ({p.period(e, ' - ')})</p>"
    return o + "</div>"


def timeline(p):
    """A dotted line with dates at its left and entries at its right; everything else in two columns below."""
    b, t = p.basics, p.head
    o = f"""<style>{BASE} body{{font-family:DejaVu Sans,sans-serif;font-size:9pt}} h1{{font-size:19pt}} h2{{font-size:12pt;margin:5mm 0 3mm}} .e{{display:flex}} .e>.when{{width:36mm;flex:none;color:#555}} .e>div:last-child{{border-left:2px solid #d60;padding:0 0 3mm 5mm;position:relative}} .dot{{position:absolute;left:-4px;top:3px;width:6px;height:6px;border-radius:3px;background:#d60}} .two{{display:flex;gap:10mm}} .two>div{{flex:1}}</style>
    <h1>{esc(b['name'])}</h1><p><b>{esc(b['label'])}</b></p><p>{' • '.join(contact(p, 'phone', 'email', 'city'))}</p><p style='margin-top:3mm'>{esc(b['summary'])}</p>"""
    p.show("summary", "label")
    p.all("work", "education", "skills", "languages")
    entry = lambda when, c: f"<div class=e><div class=when>{when}</div><div><span class=dot></span>{c}</div></div>"
    o += f"<h2>{t['work']}</h2>" + "".join(entry(p.period(w, since=True), f"<b>{esc(w['position'])}</b><br>{esc(w['name'])}{bullets(w)}") for w in p.data["work"])
    o += f"<h2>{t['education']}</h2>" + "".join(entry(p.period(e), f"<b>{esc(study(e))}</b><br>{esc(e['institution'])}") for e in p.data["education"])
    o += f"<div class=two><div><h2>{t['skills']}</h2><ul>" + "".join(f"<li>{esc(k)}</li>" for s in p.data["skills"] for k in s["keywords"]) + "</ul></div>"
    o += f"<div><h2>{t['languages']}</h2>" + "".join(f"<p>{esc(x['language'])} – {esc(x['fluency'])}</p>" for x in p.data["languages"])
    for k in p.all("interests"):
        o += f"<h2>{t[k]}</h2><p>{esc(', '.join(x['name'] for x in p.data[k]))}</p>"
    return o + "</div></div>"


def functional(p):
    """Skills first; jobs in one line each with the years before them, no bullets."""
    b, t = p.basics, p.head
    o = f"""<style>{BASE} body{{font-family:DejaVu Serif,serif;font-size:9.5pt}} h1{{text-align:center;font-size:18pt}} .c{{text-align:center}} h2{{font-size:10.5pt;background:#ddd;padding:.7mm 2mm;margin:4mm 0 2mm}}</style>
    <h1>{esc(b['name'])}</h1><p class=c>{' – '.join(contact(p, 'city', 'phone', 'email'))}</p><h2>{t['summary']}</h2><p>{esc(b['summary'])}</p><h2>{t['skills']}</h2>"""
    p.show("summary")
    p.all("work", "education", "skills", "languages")
    o += "".join(f"<p><b>{esc(s['name'])}:</b> {esc(' | '.join(s['keywords']))}</p>" for s in p.data["skills"])
    o += f"<h2>{t['work']}</h2>"
    for w in p.data["work"]:
        o += f"<p><b>{p.period(w, '–')}  {esc(w['position'])}</b>, {esc(w['name'])}</p>" + (f"<p>{esc('. '.join(w['highlights']))}.</p>" if w.get("highlights") else "")
    o += f"<h2>{t['education']}</h2>" + "".join(f"<p><b>{p.period(e, '–')}  {esc(study(e))}</b>, {esc(e['institution'])}</p>" for e in p.data["education"])
    o += f"<h2>{t['languages']}</h2><p>" + ", ".join(f"{esc(x['language'])}: {esc(x['fluency'])}" for x in p.data["languages"]) + "</p>"
    for k in p.all("certificates"):
        p.show("certificates:year")
        o += f"<h2>{t[k]}</h2>" + "".join(f"<p>{day_of(x)[:4]}  {esc(x['name'])}, {esc(x['issuer'])}</p>" for x in p.data[k])
    for k in p.all("interests"):
        o += f"<h2>{t[k]}</h2><p>{esc(', '.join(x['name'] for x in p.data[k]))}</p>"
    return o


def banner(p):
    """A name at the left with contacts stacked at the right, company and place on one line, grouped roles, long bullets."""
    b, t = p.basics, p.head
    o = f"""<style>{BASE} @page{{size:Letter;margin:19mm}} body{{font-family:Liberation Serif,serif;font-size:10.5pt}} .top{{display:flex;justify-content:space-between}} h1{{font-size:22pt}} .top p{{text-align:right;font-size:9pt}} h2{{font-size:11pt;letter-spacing:.5px;text-transform:uppercase;border-bottom:1px solid #000;margin:5mm 0 1.5mm}} .row{{display:flex;justify-content:space-between}}</style>
    <div class=top><div><h1>{esc(b['name'])}</h1><div>{esc(b['label'])}</div></div><p>{'<br>'.join(contact(p, 'city', 'phone', 'email', 'profiles'))}</p></div>"""
    p.show("summary", "label", "place")
    p.all("work", "education", "skills", "languages")
    o += f"<h2>{t['summary']}</h2><div>{esc(b['summary'])}</div><h2>{t['work']}</h2>"
    last = None
    for w in p.data["work"]:
        if w["name"] != last:
            o += f"<div class=row style='margin-top:2mm'><b>{esc(w['name'])}</b><span>{esc(w['location'])}</span></div>"
        last = w["name"]
        o += f"<div class=row><i>{esc(w['position'])}</i><span>{p.period(w)}</span></div>{bullets(w)}"
    o += f"<h2>{t['education']}</h2>"
    for e in p.data["education"]:
        o += f"<div class=row><b>{esc(e['institution'])}</b><span>{p.period(e)}</span></div><div>{esc(study(e, ' in ' if p.language == 'en' else ', '))}" + (f" (GPA: {e['score']})" if e.get("score", "x")[0].isdigit() else "") + "</div>"
    for k in p.all("projects"):
        o += f"<h2>{t[k]}</h2>" + "".join(f"<div class=row><b>{esc(x['name'])}</b><span>{p.period(x)}</span></div><div>{esc(x['description'])}</div>{bullets(x)}" for x in p.data[k])
    o += f"<h2>{t['skills']}</h2>" + "".join(f"<div><b>{esc(s['name'])}:</b> {esc(', '.join(s['keywords']))}</div>" for s in p.data["skills"])
    o += f"<div style='margin-top:2mm'><b>{t['languages']}:</b> " + ", ".join(f"{esc(x['language'])} ({esc(x['fluency'])})" for x in p.data["languages"]) + "</div>"
    for k in p.all("certificates", "awards"):
        o += f"<h2>{t[k]}</h2><ul>" + "".join(f"<li>{esc(title_of(x))}, {esc(giver_of(x))}, {p.date(day_of(x))}</li>" for x in p.data[k]) + "</ul>"
    for k in p.all("volunteer"):
        o += f"<h2>{t[k]}</h2>" + "".join(f"<div class=row><b>{esc(x['organization'])}</b><span>{p.period(x)}</span></div><div><i>{esc(x['position'])}</i></div>" for x in p.data[k])
    return o


def rightrail(p):
    """Body at the left, a narrow tinted column of facts at the right, over two pages where it is long."""
    b, t = p.basics, p.head
    o = f"""<style>{BASE} @page{{margin:14mm}} body{{font-size:10.5pt}} .g{{display:grid;grid-template-columns:1fr 52mm;gap:8mm}} .r{{background:#f3efe6;padding:4mm;font-size:9.5pt;overflow-wrap:anywhere}} h1{{font-size:25pt;font-weight:800}} h2{{font-size:11.5pt;margin:4mm 0 1.5mm;color:#7a4}} .when{{font-size:9pt;color:#888}}</style>
    <h1>{esc(b['name'])}</h1><p style='font-size:12pt;color:#7a4'>{esc(b['label'])}</p><div class=g><div><h2>{t['summary']}</h2><p>{esc(b['summary'])}</p><h2>{t['work']}</h2>"""
    p.show("summary", "label")
    p.all("work", "education", "skills", "languages")
    for w in p.data["work"]:
        o += f"<p><b>{esc(w['position'])}</b></p><p>{esc(w['name'])}</p><p class=when>{p.period(w)}</p>{bullets(w)}"
    for k in p.all("projects"):
        o += f"<h2>{t[k]}</h2>" + "".join(f"<p><b>{esc(x['name'])}</b></p><p class=when>{p.period(x)}</p><p>{esc(x['description'])}</p>{bullets(x)}" for x in p.data[k])
    o += f"<h2>{t['education']}</h2>"
    for e in p.data["education"]:
        o += f"<p><b>{esc(study(e))}</b></p><p>{esc(e['institution'])}</p><p class=when>{p.period(e)}</p>"
    o += f"</div><div class=r><h2>{t['contact']}</h2>" + "".join(f"<p>{x}</p>" for x in contact(p, "email", "phone", "city", "url", "profiles"))
    o += f"<h2>{t['skills']}</h2>" + "".join(f"<p style='margin-top:1mm'><b>{esc(s['name'])}</b></p>" + "".join(f"<p>– {esc(k)}</p>" for k in s["keywords"]) for s in p.data["skills"])
    o += f"<h2>{t['languages']}</h2>" + "".join(f"<p>{esc(x['language'])}, {esc(x['fluency'])}</p>" for x in p.data["languages"])
    for k in p.all(*SHORT):
        o += f"<h2>{t[k]}</h2>" + "".join(f"<p style='margin-bottom:1mm'><b>{esc(title_of(x))}</b><br>{esc(giver_of(x))}<br><span class=when>{p.date(day_of(x))}</span></p>" for x in p.data[k])
    return o + "</div></div>"


def word_tabs(p, path):
    """Word: heading styles, tab stops for dates, contacts in the page header."""
    import docx
    from docx.enum.text import WD_TAB_ALIGNMENT
    from docx.shared import Cm

    d, b, t = docx.Document(), p.basics, p.head
    d.sections[0].header.paragraphs[0].text = "  |  ".join(html.unescape(x) for x in contact(p, "phone", "email", "city", "profiles"))
    d.add_paragraph(b["name"], style="Title")
    p.show("summary", "place")
    p.all("work", "education", "skills", "languages")

    def tabbed(bold, right):
        q = d.add_paragraph()
        q.paragraph_format.tab_stops.add_tab_stop(Cm(15), WD_TAB_ALIGNMENT.RIGHT)
        q.add_run(bold).bold = True
        q.add_run("\t" + right)

    d.add_heading(t["summary"], 1)
    d.add_paragraph(b["summary"])
    d.add_heading(t["work"], 1)
    for w in p.data["work"]:
        tabbed(f"{w['name']}, {w['location']}", p.period(w))
        d.add_paragraph().add_run(w["position"]).italic = True
        for h in w.get("highlights", []):
            d.add_paragraph(h, style="List Bullet")
    d.add_heading(t["education"], 1)
    for e in p.data["education"]:
        tabbed(e["institution"], p.period(e))
        d.add_paragraph(study(e))
    d.add_heading(t["skills"], 1)
    for s in p.data["skills"]:
        q = d.add_paragraph()
        q.add_run(s["name"] + ": ").bold = True
        q.add_run(", ".join(s["keywords"]))
    d.add_heading(t["languages"], 1)
    for x in p.data["languages"]:
        d.add_paragraph(f"{x['language']} – {x['fluency']}", style="List Bullet")
    for k in p.all(*SHORT):
        d.add_heading(t[k], 1)
        for x in p.data[k]:
            tabbed(title_of(x), p.date(day_of(x)))
            d.add_paragraph(giver_of(x))
    d.core_properties.author = ""
    d.save(path)


def word_table(p, path):
    """Word: a layout table with facts at the left and the way of life at the right; headings only in bold capitals."""
    import docx
    from docx.shared import Cm, Pt

    d, b, t = docx.Document(), p.basics, p.head
    q = d.add_paragraph()
    r = q.add_run(b["name"])
    r.bold, r.font.size = True, Pt(24)
    d.add_paragraph(b["label"])
    p.show("summary", "label")
    p.all("work", "education", "skills", "languages")
    table = d.add_table(rows=1, cols=2)
    left, right = table.rows[0].cells
    left.width, right.width = Cm(5.5), Cm(11)

    def head(cell, key):
        cell.add_paragraph().add_run(t[key].upper()).bold = True

    head(left, "contact")
    for x in contact(p, "phone", "email", "city", "profiles"):
        left.add_paragraph(html.unescape(x))
    head(left, "skills")
    for s in p.data["skills"]:
        for k in s["keywords"]:
            left.add_paragraph(k)
    head(left, "languages")
    for x in p.data["languages"]:
        left.add_paragraph(f"{x['language']} ({x['fluency']})")
    for k in p.all("interests"):
        head(left, k)
        left.add_paragraph(", ".join(x["name"] for x in p.data[k]))
    head(right, "summary")
    right.add_paragraph(b["summary"])
    head(right, "work")
    for w in p.data["work"]:
        right.add_paragraph().add_run(w["position"]).bold = True
        right.add_paragraph(f"{w['name']}, {p.period(w)}")
        for h in w.get("highlights", []):
            right.add_paragraph("• " + h)
    head(right, "education")
    for e in p.data["education"]:
        right.add_paragraph().add_run(study(e)).bold = True
        right.add_paragraph(f"{e['institution']}, {p.period(e)}")
    d.core_properties.author = ""
    d.save(path)


def markdown(p, path):
    """Markdown with headings, strong employers and dates in emphasis."""
    b, t = p.basics, p.head
    p.show("summary", "label")
    p.all("work", "education", "skills", "languages")
    o = [f"# {b['name']}", "", f"**{b['label']}**", "", " | ".join(html.unescape(x) for x in contact(p, "email", "phone", "city")), "", f"## {t['summary']}", "", b["summary"], "", f"## {t['work']}", ""]
    for w in p.data["work"]:
        o += [f"### {w['position']} — {w['name']}", f"*{p.period(w)}*", ""] + [f"- {h}" for h in w.get("highlights", [])] + [""]
    o += [f"## {t['education']}", ""]
    for e in p.data["education"]:
        o += [f"**{e['institution']}** — {study(e)}  ", f"*{p.period(e)}*", ""]
    o += [f"## {t['skills']}", ""] + [f"- **{s['name']}:** {', '.join(s['keywords'])}" for s in p.data["skills"]]
    o += ["", f"## {t['languages']}", ""] + [f"- {x['language']} ({x['fluency']})" for x in p.data["languages"]]
    for k in p.all("projects"):
        o += ["", f"## {t[k]}", ""] + [f"- **{x['name']}** ({p.period(x)}): {x['description']}" for x in p.data[k]]
    for k in p.all("certificates", "awards"):
        o += ["", f"## {t[k]}", ""] + [f"- {title_of(x)}, {giver_of(x)}, {p.date(day_of(x))}" for x in p.data[k]]
    path.write_text("\n".join(o) + "\n", "utf-8")


def plain(p, path):
    """Plain text, wrapped at 72 letters as mail programs do, headings underlined, dates at the right."""
    import textwrap

    b, t = p.basics, p.head
    p.show("summary")
    p.all("work", "education", "skills", "languages")
    wrap = lambda text, first="", rest="": textwrap.wrap(text, 72, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False)
    head = lambda k: ["", t[k], "-" * len(t[k]), ""]
    o = [b["name"], *(html.unescape(x) for x in contact(p, "city", "phone", "email")), *head("summary"), *wrap(b["summary"]), *head("work")]
    for w in p.data["work"]:
        when = p.period(w)
        o += [w["name"].ljust(72 - len(when)) + when if len(w["name"]) + len(when) < 69 else f"{w['name']}    {when}", w["position"]]
        for h in w.get("highlights", []):
            o += wrap(h, "  * ", "    ")
        o.append("")
    o += head("education")[1:]
    for e in p.data["education"]:
        when = p.period(e)
        o += [e["institution"].ljust(72 - len(when)) + when, study(e), ""]
    o += head("skills")[1:] + [line for s in p.data["skills"] for line in wrap(f"{s['name']}: {', '.join(s['keywords'])}")]
    o += head("languages") + wrap(", ".join(f"{x['language']} ({x['fluency']})" for x in p.data["languages"]))
    for k in p.all("certificates"):
        o += head(k) + [f"* {x['name']}, {x['issuer']}, {p.date(x['date'])}" for x in p.data[k]]
    path.write_text("\n".join(o) + "\n", "utf-8")


BROWSER = {"pills", "footer3", "timeline", "rightrail"}
TWO_COLUMNS = {"newspaper", "network", "rightrail", "word_table"}
SUFFIX = dict(word_tabs="docx", word_table="docx", markdown="md", plain="txt")
LAYOUTS = [pills, newspaper, biodata, academic, footer3, labels, europass, network, timeline, functional, banner,
           rightrail, word_tabs, word_table, markdown, plain]
DATES = dict(pills="short", newspaper="month", biodata="slash", academic="year", footer3="month", labels="dot",
             europass="full", network="month", timeline="slash", functional="year", banner="short", rightrail="iso",
             word_tabs="month", word_table="quoted", markdown="month", plain="slash")


def render(layout, person, out):
    name = layout.__name__
    dates = DATES[name]
    if name == "word_table" and not person.endswith(("en", "in", "au", "vn")):
        dates = "dot"
    p = Person(person, headings=(len(person) + len(name)) % 2, dates=dates)
    stem = f"{person}__{name}"
    suffix = SUFFIX.get(name, "pdf")
    path = out / f"{stem}.{suffix}"
    if suffix != "pdf":
        layout(p, path)
    else:
        page = f"<!doctype html><html lang={p.language}><meta charset=utf-8><title>CV</title>{layout(p)}"
        if name in BROWSER:
            with tempfile.TemporaryDirectory() as folder:
                source = Path(folder) / "cv.html"
                source.write_text(page, "utf-8")
                subprocess.run(["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer",
                                f"--user-data-dir={folder}/profile", f"--print-to-pdf={path}", source.as_uri()],
                               check=True, capture_output=True)
        else:
            from weasyprint import HTML
            HTML(string=page).write_pdf(path)
    (out / f"{stem}.truth.json").write_text(json.dumps(p.truth(), ensure_ascii=False, indent=1) + "\n", "utf-8")
    return dict(doc=stem, file=path.name, renderer=name, kind=suffix, columns=2 if name in TWO_COLUMNS else 1, person=person, language=p.language)


def main():
    arguments = sys.argv[1:]
    out = HERE / "documents"
    everything = "--all" in arguments
    arguments = [a for a in arguments if a != "--all"]
    if "--out" in arguments:
        at = arguments.index("--out")
        out = Path(arguments[at + 1])
        del arguments[at : at + 2]
    out.mkdir(parents=True, exist_ok=True)
    people = sorted(path.stem for path in (HERE / "people").glob("*.json"))
    docs = []
    for i, person in enumerate(people):
        for j, layout in enumerate(LAYOUTS):
            stem = f"{person}__{layout.__name__}"
            # Each person in a few layouts, each layout with a few people.
            if (everything or (i * 3 + j) % 7 == 0) and (not arguments or stem in arguments):
                docs.append(render(layout, person, out))
    if not arguments:
        (out / "manifest.json").write_text(json.dumps(dict(docs=docs), indent=1) + "\n", "utf-8")


main()
