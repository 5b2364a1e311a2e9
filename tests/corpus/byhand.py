"""Makes the documents of this directory that are written one by one: forms, tables, margins and closing lines that no
layout of `make.py` has. Each stands beside the truth that it shows, and is entered in `manifest.json`.

    pip install weasyprint==70.0
    python tests/corpus/byhand.py

The people do not exist.
"""

import json
import zipfile
from pathlib import Path

from weasyprint import HTML

OUT = Path(__file__).resolve().parent / "documents"
DOCS = []
BASE = """@page{size:A4;margin:18mm} *{box-sizing:border-box} body{margin:0;font:10pt/1.35 Liberation Sans}
h1,h2,h3,p,ul{margin:0} ul{padding-left:5mm} table{border-collapse:collapse;width:100%} td,th{vertical-align:top;text-align:left}"""


def truth(who, work=(), edu=(), **sections):
    """What a document shows: name, mail, telephone, city, then addresses of the web or `S:` and the summary."""
    name, email, phone, city, *rest = who
    basics = dict(name=name)
    if email:
        basics["email"] = email
    if phone:
        basics["phone"] = phone
    if city:
        basics["location"] = {"city": city}
    for part in rest:
        if part.startswith("S:"):
            basics["summary"] = part[2:]
        else:
            basics.setdefault("profiles", []).append({"url": part})

    def entry(names, values):
        return {name: value for name, value in zip(names, values) if value}

    out = dict(basics=basics)
    out["work"] = [entry(("name", "position", "startDate", "endDate", "highlights"), w) for w in work]
    out["education"] = [entry(("institution", "studyType", "area", "startDate", "endDate"), e) for e in edu]
    if "skills" in sections:
        out["skills"] = [{"name": "skills", "keywords": sections.pop("skills")}]
    for key, member in (("languages", "language"), ("certificates", "name"), ("awards", "title"), ("publications", "name"),
                        ("projects", "name"), ("volunteer", "organization")):
        if key in sections:
            out[key] = [{member: value} for value in sections.pop(key)]
    assert not sections, sections
    return out


def finish(stem, language, suffix, shows):
    (OUT / f"{stem}.truth.json").write_text(json.dumps(shows, ensure_ascii=False, indent=1) + "\n", "utf-8")
    DOCS.append(dict(doc=stem, file=f"{stem}.{suffix}", renderer=stem, kind=suffix, columns=1, person=stem, language=language))


def html(stem, language, css, body, shows):
    page = f"<!doctype html><html lang={language}><meta charset=utf-8><title>CV</title><style>{BASE}{css}</style>{body}"
    HTML(string=page).write_pdf(OUT / f"{stem}.pdf")
    finish(stem, language, "pdf", shows)


def odt(stem, language, styles, body, shows):
    """An OpenDocument text as an office suite writes it, without what nobody reads."""
    names = " ".join(f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in ("office", "text", "table", "style"))
    names += ' xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0" xmlns:xlink="http://www.w3.org/1999/xlink"'
    content = (f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {names} office:version="1.3">'
               f"<office:automatic-styles>{styles}</office:automatic-styles>"
               f"<office:body><office:text>{body}</office:text></office:body></office:document-content>")
    with zipfile.ZipFile(OUT / f"{stem}.odt", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in (("mimetype", "application/vnd.oasis.opendocument.text"), ("content.xml", content)):
            entry = zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    finish(stem, language, "odt", shows)


def de_row(a,b): return f"<tr><td class=l>{a}</td><td>{b}</td></tr>"
html("lebenslauf-de","de","body{font:11pt Liberation Sans} .l{width:45mm} td{padding-bottom:2mm} h1{font-size:20pt} h2{font-size:12pt;margin:5mm 0 2mm;border-bottom:1px solid #555}",
"<h1>Lebenslauf</h1><h2>Persönliche Daten</h2><table>"+de_row("Name","Katrin Oelschläger")+de_row("Anschrift","Gartenstraße 17, 72074 Tübingen")+de_row("Telefon","07071 / 555 0123")+de_row("E-Mail","k.oelschlaeger@example.de")+de_row("Geburtsdatum","14.02.1986")+de_row("Geburtsort","Reutlingen")+de_row("Familienstand","verheiratet, zwei Kinder")+de_row("Staatsangehörigkeit","deutsch")+"</table><h2>Berufserfahrung</h2><table>"
+de_row("seit 04/2017","<b>Leitende Physiotherapeutin</b><br>Therapiezentrum am Neckar GmbH, Tübingen<ul><li>Leitung eines Teams von acht Therapeuten</li><li>Aufbau der Abteilung für neurologische Rehabilitation</li></ul>")
+de_row("10/2011 – 03/2017","<b>Physiotherapeutin</b><br>Kreiskliniken Reutlingen<ul><li>Behandlung von Patienten nach Hüft- und Kniegelenksersatz</li></ul>")
+de_row("09/2009 – 09/2011","<b>Elternzeit</b>")
+"</table><h2>Ausbildung</h2><table>"
+de_row("10/2006 – 08/2009","<b>Ausbildung zur staatlich anerkannten Physiotherapeutin</b><br>Berufsfachschule für Physiotherapie Tübingen<br>Abschlussnote: 1,4")
+de_row("09/1996 – 06/2005","<b>Allgemeine Hochschulreife</b><br>Johannes-Kepler-Gymnasium Reutlingen")
+"</table><h2>Fortbildungen</h2><table>"+de_row("2019","Bobath-Konzept, Deutscher Verband für Physiotherapie")+de_row("2015","Manuelle Lymphdrainage, Földi-Akademie")
+"</table><h2>Kenntnisse</h2><table>"+de_row("Sprachen","Deutsch (Muttersprache), Englisch (gut), Französisch (Grundkenntnisse)")+de_row("EDV","MS Office, Theorg")+de_row("Führerschein","Klasse B")+"</table><p style='margin-top:9mm'>Tübingen, den 3. März 2024</p>",
truth(("Katrin Oelschläger","k.oelschlaeger@example.de","07071 / 555 0123","Tübingen"),
[("Therapiezentrum am Neckar GmbH","Leitende Physiotherapeutin","2017-04",None,["Leitung eines Teams von acht Therapeuten","Aufbau der Abteilung für neurologische Rehabilitation"]),
("Kreiskliniken Reutlingen","Physiotherapeutin","2011-10","2017-03",["Behandlung von Patienten nach Hüft- und Kniegelenksersatz"]),(None,"Elternzeit","2009-09","2011-09")],
[("Berufsfachschule für Physiotherapie Tübingen","Ausbildung","staatlich anerkannten Physiotherapeutin","2006-10","2009-08"),("Johannes-Kepler-Gymnasium Reutlingen","Allgemeine Hochschulreife",None,"1996-09","2005-06")],
skills=["MS Office","Theorg"],languages=["Deutsch","Englisch","Französisch"],certificates=["Bobath-Konzept","Manuelle Lymphdrainage"]))


html("fresher-in","en","body{font:11pt Liberation Serif} h2{background:#d9e2f3;font-size:11pt;padding:1mm 2mm;margin:4mm 0 2mm} th,td{border:1px solid #000;padding:1mm 2mm} .p td{border:0;padding:0}",
"""<h1>ARJUN VENKATARAMAN</h1><p>Email: arjun.venkat@example.in</p><p>Mobile: +91 98765 50123</p><p>LinkedIn: linkedin.com/in/arjunvenkat</p>
<h2>CAREER OBJECTIVE</h2><p>To work in an organization where I can use my knowledge of embedded systems and grow along with it.</p>
<h2>ACADEMIC QUALIFICATIONS</h2><table><tr><th>Degree</th><th>Institution</th><th>Board / University</th><th>Year</th><th>CGPA / %</th></tr><tr><td>B.E. Electronics and Communication</td><td>PSG College of Technology</td><td>Anna University</td><td>2023</td><td>8.4</td></tr><tr><td>HSC</td><td>Vidya Mandir Senior Secondary School</td><td>CBSE</td><td>2019</td><td>92%</td></tr><tr><td>SSLC</td><td>Vidya Mandir Senior Secondary School</td><td>CBSE</td><td>2017</td><td>95%</td></tr></table>
<h2>INTERNSHIP</h2><p><b>Embedded Systems Intern</b>, Titan Engineering, Hosur (June 2022 – July 2022)</p><ul><li>Wrote firmware for a battery gauge on an STM32 board</li></ul>
<h2>ACADEMIC PROJECTS</h2><p><b>Smart Irrigation Controller</b></p><ul><li>Measures soil moisture and opens valves over LoRa</li></ul><p><b>Driver Drowsiness Alarm</b></p><ul><li>Detects closed eyes with a camera on a Raspberry Pi</li></ul>
<h2>TECHNICAL SKILLS</h2><table class=p><tr><td width=45%>Programming Languages</td><td>: C, Embedded C, Python</td></tr><tr><td>Tools</td><td>: Keil, MATLAB, Proteus</td></tr><tr><td>Operating Systems</td><td>: Windows, Linux</td></tr></table>
<h2>CERTIFICATIONS</h2><ul><li>Programming, Data Structures and Algorithms using Python – NPTEL, 2021</li><li>Introduction to IoT – Cisco Networking Academy, 2022</li></ul>
<h2>PERSONAL DETAILS</h2><table class=p><tr><td width=45%>Father's Name</td><td>: R. Venkataraman</td></tr><tr><td>Date of Birth</td><td>: 12-05-2001</td></tr><tr><td>Languages Known</td><td>: English, Tamil, Hindi</td></tr><tr><td>Address</td><td>: 14, Nehru Street, Coimbatore - 641004</td></tr></table>
<h2>DECLARATION</h2><p>I hereby declare that the above information is true to the best of my knowledge.</p><p>Place: Coimbatore</p><p>Date: 10-01-2024 <span style='float:right'>(ARJUN VENKATARAMAN)</span></p>""",
truth(("ARJUN VENKATARAMAN","arjun.venkat@example.in","+91 98765 50123","Coimbatore","https://linkedin.com/in/arjunvenkat","S:To work in an organization where I can use my knowledge of embedded systems and grow along with it."),
[("Titan Engineering","Embedded Systems Intern","2022-06","2022-07",["Wrote firmware for a battery gauge on an STM32 board"])],
[("PSG College of Technology","B.E.","Electronics and Communication",None,"2023"),("Vidya Mandir Senior Secondary School","HSC",None,None,"2019"),("Vidya Mandir Senior Secondary School","SSLC",None,None,"2017")],
skills=["C","Embedded C","Python","Keil","MATLAB","Proteus","Windows","Linux"],languages=["English","Tamil","Hindi"],projects=["Smart Irrigation Controller","Driver Drowsiness Alarm"],certificates=["Programming, Data Structures and Algorithms using Python","Introduction to IoT"]))


html("labelled-ae","en","body{font:10.5pt Liberation Sans} h2{font-size:12pt;text-decoration:underline;margin:4mm 0 2mm} h1{font-size:16pt;text-align:center}",
"""<h1>MOHAMMED FAISAL RAHMAN</h1><p style='text-align:center'>Mechanical Engineer</p><p style='text-align:center'>Dubai, United Arab Emirates | +971 50 555 0143 | faisal.rahman@example.ae</p>
<h2>Professional Summary</h2><p>Mechanical engineer with eight years in HVAC design and site supervision across hospitals and towers.</p>
<h2>Work Experience</h2>
<p><b>Company:</b> Al Noor Contracting LLC</p><p><b>Position:</b> Senior HVAC Engineer</p><p><b>Duration:</b> February 2019 to Present</p><p><b>Location:</b> Dubai, UAE</p><p><b>Responsibilities:</b></p><ul><li>Designed ductwork and chilled water systems for a 300-bed hospital</li><li>Supervised forty technicians on site</li></ul><br>
<p><b>Company:</b> Gulf Cooling Services</p><p><b>Position:</b> Site Engineer</p><p><b>Duration:</b> June 2015 to January 2019</p><p><b>Location:</b> Sharjah, UAE</p><p><b>Responsibilities:</b></p><ul><li>Tested and commissioned air handling units</li></ul>
<h2>Education</h2><p><b>Degree:</b> Bachelor of Technology in Mechanical Engineering</p><p><b>University:</b> University of Calicut</p><p><b>Year:</b> 2011 – 2015</p>
<h2>Key Skills</h2><ul><li>HVAC load calculation</li><li>AutoCAD</li><li>Revit MEP</li><li>Site supervision</li></ul>
<h2>Languages</h2><p>English, Arabic, Hindi, Malayalam</p>
<h2>Personal Information</h2><p>Nationality: Indian</p><p>Marital Status: Married</p><p>Visa Status: Employment Visa</p><p>Driving License: Valid UAE licence</p>""",
truth(("MOHAMMED FAISAL RAHMAN","faisal.rahman@example.ae","+971 50 555 0143","Dubai","S:Mechanical engineer with eight years in HVAC design and site supervision across hospitals and towers."),
[("Al Noor Contracting LLC","Senior HVAC Engineer","2019-02",None,["Designed ductwork and chilled water systems for a 300-bed hospital","Supervised forty technicians on site"]),("Gulf Cooling Services","Site Engineer","2015-06","2019-01",["Tested and commissioned air handling units"])],
[("University of Calicut","Bachelor of Technology","Mechanical Engineering","2011","2015")],
skills=["HVAC load calculation","AutoCAD","Revit MEP","Site supervision"],languages=["English","Arabic","Hindi","Malayalam"]))


html("federal-us","en","body{font:11pt Liberation Serif} h2{font-size:12pt;margin:4mm 0 1mm;text-transform:uppercase}",
"""<p style='font-size:15pt'><b>Marcus J. Delacroix-Webb</b></p><p>Tacoma, WA 98402 | (253) 555-0119 | m.delacroixwebb@example.com</p><p>Veterans' Preference: 10-point | Clearance: Secret</p>
<h2>Summary of Qualifications</h2><p>Logistics supervisor with fourteen years in the Army and federal service, used to moving people and freight under pressure.</p>
<h2>Work Experience</h2>
<p><b>Supply Management Specialist, GS-2003-11</b></p><p>Defense Logistics Agency, Tacoma, WA</p><p>03/2018 – Present</p><p>Hours per week: 40</p><ul><li>Manage $14M of repair parts across three depots</li><li>Cut backorders by 31% through weekly review of demand</li></ul>
<p><b>Logistics Sergeant (E-6)</b></p><p>United States Army, Joint Base Lewis-McChord, WA</p><p>06/2009 – 02/2018</p><p>Hours per week: 50</p><ul><li>Led twelve soldiers in a forward support company</li><li>Accounted for 2,300 items with no loss in four inventories</li></ul>
<h2>Education</h2><p>Bachelor of Science, Supply Chain Management, Central Washington University, 2017</p><p>High School Diploma, Lincoln High School, Tacoma, WA, 2008</p>
<h2>Military Training</h2><p>Advanced Leader Course, 2013</p>
<h2>Awards</h2><ul><li>Army Commendation Medal (2), 2012 and 2016</li><li>Civilian Achievement Medal, 2021</li></ul>
<h2>Computer Skills</h2><p>GCSS-Army; SAP; Excel; Power BI</p>""",
truth(("Marcus J. Delacroix-Webb","m.delacroixwebb@example.com","(253) 555-0119","Tacoma","S:Logistics supervisor with fourteen years in the Army and federal service, used to moving people and freight under pressure."),
[("Defense Logistics Agency","Supply Management Specialist, GS-2003-11","2018-03",None,["Manage $14M of repair parts across three depots","Cut backorders by 31% through weekly review of demand"]),("United States Army","Logistics Sergeant (E-6)","2009-06","2018-02",["Led twelve soldiers in a forward support company","Accounted for 2,300 items with no loss in four inventories"])],
[("Central Washington University","Bachelor of Science","Supply Chain Management",None,"2017"),("Lincoln High School","High School Diploma",None,None,"2008")],
skills=["GCSS-Army","SAP","Excel","Power BI"],awards=["Army Commendation Medal (2)","Civilian Achievement Medal"]))


html("mechanik-pl","pl","body{font:11pt Liberation Sans} h1{font-size:22pt;color:#555} h2{font-size:12pt;background:#eee;padding:1mm;margin:4mm 0 2mm} td:first-child{width:48mm}",
"""<h1>Grzegorz Brzęczyszczykiewicz</h1><p>ul. Słoneczna 8/14, 90-001 Łódź</p><p>tel. 600 555 018</p><p>e-mail: g.brzecz@example.pl</p>
<h2>Doświadczenie zawodowe</h2><table><tr><td>03.2018 – nadal</td><td><b>Auto-Serwis Kowalski, Łódź</b><br>stanowisko: Mechanik samochodowy<ul><li>diagnostyka i naprawa silników wysokoprężnych</li><li>szkolenie uczniów zawodu</li></ul></td></tr><tr><td>09.2012 – 02.2018</td><td><b>MotoCentrum Sp. z o.o., Pabianice</b><br>stanowisko: Pomocnik mechanika<ul><li>wymiana opon i przeglądy okresowe</li></ul></td></tr></table>
<h2>Wykształcenie</h2><table><tr><td>2009 – 2012</td><td><b>Zasadnicza Szkoła Zawodowa nr 3 w Łodzi</b><br>kierunek: mechanik pojazdów samochodowych</td></tr></table>
<h2>Kursy i szkolenia</h2><ul><li>Uprawnienia SEP do 1 kV, 2019</li><li>Kurs obsługi klimatyzacji samochodowej, 2016</li></ul>
<h2>Umiejętności</h2><ul><li>diagnostyka komputerowa</li><li>spawanie MIG/MAG</li><li>prawo jazdy kat. B, C</li></ul>
<h2>Języki obce</h2><p>angielski – poziom podstawowy, niemiecki – poziom komunikatywny</p>
<h2>Zainteresowania</h2><p>motocykle, wędkarstwo, siatkówka</p>
<p style='font-size:7.5pt;margin-top:10mm'>Wyrażam zgodę na przetwarzanie moich danych osobowych dla potrzeb niezbędnych do realizacji procesu rekrutacji zgodnie z ustawą z dnia 10 maja 2018 roku o ochronie danych osobowych oraz zgodnie z Rozporządzeniem Parlamentu Europejskiego (RODO).</p>""",
truth(("Grzegorz Brzęczyszczykiewicz","g.brzecz@example.pl","600 555 018","Łódź"),
[("Auto-Serwis Kowalski","Mechanik samochodowy","2018-03",None,["diagnostyka i naprawa silników wysokoprężnych","szkolenie uczniów zawodu"]),("MotoCentrum Sp. z o.o.","Pomocnik mechanika","2012-09","2018-02",["wymiana opon i przeglądy okresowe"])],
[("Zasadnicza Szkoła Zawodowa nr 3 w Łodzi",None,"mechanik pojazdów samochodowych","2009","2012")],
skills=["diagnostyka komputerowa","spawanie MIG/MAG","prawo jazdy kat. B, C"],languages=["angielski","niemiecki"],certificates=["Uprawnienia SEP do 1 kV","Kurs obsługi klimatyzacji samochodowej"]))


html("academic-uk","en","body{font:11pt Liberation Serif} h1{font-size:16pt} h2{font-size:12pt;margin:5mm 0 1.5mm} .h{padding-left:25mm;text-indent:-25mm} .y{display:inline-block;width:25mm;text-indent:0}",
"""<h1>Dr Oluwaseun Adébáyọ̀-Clarke</h1><p>Department of Earth Sciences, University of Bristol, Bristol BS8 1RJ</p><p>o.adebayo-clarke@example.ac.uk · +44 117 555 0160 · orcid.org/0000-0002-1825-0097</p>
<h2>Academic Appointments</h2><p class=h><span class=y>2019–present</span>Senior Lecturer in Geochemistry, University of Bristol</p><p class=h><span class=y>2014–2019</span>Lecturer in Geochemistry, University of Leeds</p><p class=h><span class=y>2011–2014</span>Postdoctoral Research Associate, Lamont-Doherty Earth Observatory, Columbia University</p>
<h2>Education</h2><p class=h><span class=y>2007–2011</span>PhD in Isotope Geochemistry, University of Cambridge. Thesis: “Boron isotopes and the ancient ocean”</p><p class=h><span class=y>2003–2007</span>MSci Geology, First Class Honours, Imperial College London</p>
<h2>Selected Publications</h2><p class=h><span class=y>2022</span>Adébáyọ̀-Clarke, O. and Foster, G. Ocean acidity across the Eocene boundary. <i>Earth and Planetary Science Letters</i> 580, 117–129.</p><p class=h><span class=y>2018</span>Adébáyọ̀-Clarke, O., Rae, J. and Yu, J. A boron record of Pleistocene carbon. <i>Nature Geoscience</i> 11, 403–408.</p>
<h2>Grants and Awards</h2><p class=h><span class=y>2021</span>Philip Leverhulme Prize, Leverhulme Trust</p><p class=h><span class=y>2016</span>Early Career Fellowship, Natural Environment Research Council</p>
<h2>Languages</h2><p>English (native), Yoruba (native), German (reading)</p>""",
truth(("Dr Oluwaseun Adébáyọ̀-Clarke","o.adebayo-clarke@example.ac.uk","+44 117 555 0160","Bristol","https://orcid.org/0000-0002-1825-0097"),
[("University of Bristol","Senior Lecturer in Geochemistry","2019",None),("University of Leeds","Lecturer in Geochemistry","2014","2019"),("Lamont-Doherty Earth Observatory, Columbia University","Postdoctoral Research Associate","2011","2014")],
[("University of Cambridge","PhD","Isotope Geochemistry","2007","2011"),("Imperial College London","MSci","Geology","2003","2007")],
publications=["Ocean acidity across the Eocene boundary","A boron record of Pleistocene carbon"],awards=["Philip Leverhulme Prize","Early Career Fellowship"],languages=["English","Yoruba","German"]))


html("abogada-es","es","body{font:10.5pt Liberation Sans} h1{font-size:20pt;text-align:right} .c{text-align:right;color:#555} h2{font-size:12pt;color:#7a1f3d;margin:5mm 0 2mm;text-align:right;border-bottom:1px solid #7a1f3d}",
"""<h1>Mª Ángeles Ferrándiz Soler</h1><p class=c>Abogada laboralista</p><p class=c>Calle Mayor, 45, 3º B, 46001 Valencia</p><p class=c>Tel.: 655 50 12 12 – maferrandiz@example.es</p>
<h2>Perfil</h2><p>Abogada con quince años de ejercicio en derecho laboral y de la seguridad social, con especial dedicación a la negociación colectiva.</p>
<h2>Experiencia</h2><p><b>Socia directora</b></p><p>Ferrándiz & Ortuño Abogados, Valencia</p><p>Enero de 2017 – Actualidad</p><ul><li>Dirección de un equipo de siete letrados</li><li>Defensa de empresas en procedimientos de despido colectivo</li></ul>
<p><b>Abogada asociada</b></p><p>Despacho Garrido Llopis, Alicante</p><p>Septiembre de 2009 – Diciembre de 2016</p><ul><li>Asistencia letrada en juicios de lo social</li></ul>
<h2>Formación</h2><p><b>Máster en Asesoría Jurídica Laboral</b></p><p>Universidad de Valencia</p><p>2008 – 2009</p><p><b>Licenciatura en Derecho</b></p><p>Universidad de Alicante</p><p>2003 – 2008</p>
<h2>Idiomas</h2><p>Castellano y valenciano: nativos. Inglés: nivel C1. Francés: nivel A2.</p>
<h2>Informática</h2><p>Lexnet, Aranzadi, Microsoft Office</p>
<h2>Otros datos</h2><p>Carné de conducir B. Disponibilidad para viajar.</p>""",
truth(("Mª Ángeles Ferrándiz Soler","maferrandiz@example.es","655 50 12 12","Valencia","S:Abogada con quince años de ejercicio en derecho laboral y de la seguridad social, con especial dedicación a la negociación colectiva."),
[("Ferrándiz & Ortuño Abogados","Socia directora","2017-01",None,["Dirección de un equipo de siete letrados","Defensa de empresas en procedimientos de despido colectivo"]),("Despacho Garrido Llopis","Abogada asociada","2009-09","2016-12",["Asistencia letrada en juicios de lo social"])],
[("Universidad de Valencia","Máster","Asesoría Jurídica Laboral","2008","2009"),("Universidad de Alicante","Licenciatura","Derecho","2003","2008")],
languages=["Castellano","valenciano","Inglés","Francés"],skills=["Lexnet","Aranzadi","Microsoft Office"]))


html("sjukskoterska-sv","sv","body{font:10.5pt Liberation Serif} h1{font-size:24pt;text-align:center} .c{text-align:center} h2{font-size:13pt;text-align:center;margin:5mm 0 2mm} .d{font-style:italic}",
"""<h1>Åsa Björkqvist</h1><p class=c>Storgatan 5, 903 26 Umeå · 070-555 01 43 · asa.bjorkqvist@example.se</p>
<h2>Arbetslivserfarenhet</h2><p><b>Specialistsjuksköterska</b>, Norrlands universitetssjukhus</p><p class=d>augusti 2016 – pågående</p><ul><li>Ansvarig för omvårdnaden på en intensivvårdsavdelning med tolv platser</li><li>Handledare för studenter och nyanställda</li></ul>
<p><b>Sjuksköterska</b>, Skellefteå lasarett</p><p class=d>januari 2011 – juli 2016</p><ul><li>Arbetade inom akutsjukvård och ambulans</li></ul>
<h2>Utbildning</h2><p><b>Specialistsjuksköterskeexamen, intensivvård</b>, Umeå universitet</p><p class=d>2014 – 2015</p><p><b>Sjuksköterskeexamen</b>, Luleå tekniska universitet</p><p class=d>2007 – 2010</p>
<h2>Språk</h2><p>Svenska – modersmål, Engelska – flytande, Finska – goda kunskaper</p>
<h2>Körkort</h2><p>B-körkort</p>
<h2>Referenser</h2><p>Lämnas på begäran.</p>""",
truth(("Åsa Björkqvist","asa.bjorkqvist@example.se","070-555 01 43","Umeå"),
[("Norrlands universitetssjukhus","Specialistsjuksköterska","2016-08",None,["Ansvarig för omvårdnaden på en intensivvårdsavdelning med tolv platser","Handledare för studenter och nyanställda"]),("Skellefteå lasarett","Sjuksköterska","2011-01","2016-07",["Arbetade inom akutsjukvård och ambulans"])],
[("Umeå universitet","Specialistsjuksköterskeexamen","intensivvård","2014","2015"),("Luleå tekniska universitet","Sjuksköterskeexamen",None,"2007","2010")],languages=["Svenska","Engelska","Finska"]))


def p(text, style=""):
    return f'<text:p text:style-name="{style}">{text}</text:p>'


def h(text):
    return f'<text:h text:outline-level="1" text:style-name="H">{text}</text:h>'


def b(text):
    return f'<text:span text:style-name="B">{text}</text:span>'


def items(*texts):
    return "<text:list>" + "".join(f"<text:list-item>{p(text)}</text:list-item>" for text in texts) + "</text:list>"


def row(*cells):
    return "<table:table-row>" + "".join(f"<table:table-cell>{p(cell)}</table:table-cell>" for cell in cells) + "</table:table-row>"


odt("librarian-odt", "en",
'<style:style style:name="B" style:family="text"><style:text-properties fo:font-weight="bold"/></style:style>'
'<style:style style:name="N" style:family="paragraph"><style:text-properties fo:font-size="20pt" fo:font-weight="bold"/></style:style>'
'<style:style style:name="H" style:family="paragraph"><style:text-properties fo:font-size="13pt" fo:font-weight="bold"/></style:style>',
p("Bronwen Tudor-Hale", "N") + p("Bangor, Wales | 01248 555 0164 | bronwen.tudor@example.org")
+ h("Profile") + p("Librarian who has run reading rooms in two languages and likes a quiet catalogue.")
+ h("Experience")
+ p(b("Branch Librarian") + ", Menai Library Service<text:tab/>March 2017 – Present")
+ items("Opened the branch on Sundays with a rota of nine volunteers", "Catalogued 4,000 local photographs")
+ p(b("Library Assistant") + ", Conwy Archive Trust<text:tab/>June 2011 – February 2017")
+ items("Answered letters from families who were looking for their own")
+ h("Education") + p(b("MA Archives and Records Management") + ", Aberystwyth University<text:tab/>2009 – 2010")
+ h("Skills") + p("Cataloguing, MARC 21, Koha, Palaeography, Oral history")
+ h("Languages") + "<table:table><table:table-column/><table:table-column/>" + row("Welsh", "native") + row("English", "native") + row("Irish", "basic") + "</table:table>",
truth(("Bronwen Tudor-Hale", "bronwen.tudor@example.org", "01248 555 0164", "Bangor", "S:Librarian who has run reading rooms in two languages and likes a quiet catalogue."),
[("Menai Library Service", "Branch Librarian", "2017-03", None, ["Opened the branch on Sundays with a rota of nine volunteers", "Catalogued 4,000 local photographs"]),
("Conwy Archive Trust", "Library Assistant", "2011-06", "2017-02", ["Answered letters from families who were looking for their own"])],
[("Aberystwyth University", "MA", "Archives and Records Management", "2009", "2010")],
skills=["Cataloguing", "MARC 21", "Koha", "Palaeography", "Oral history"], languages=["Welsh", "English", "Irish"]))

html("tabelle-de","de","body{font:10pt Liberation Sans} td,th{border:1px solid #999;padding:1mm 1.5mm} h2{font-size:12pt;margin:4mm 0 1.5mm} ",
"<h1>Lebenslauf – Dieter Grünwald</h1><p>Am Kirchplatz 4, 06108 Halle (Saale) · Mobil 0171 5550143 · d.gruenwald@example.de</p>"
"<h2>Berufliche Tätigkeiten</h2><table><tr><th width=22%>Zeitraum</th><th width=30%>Arbeitgeber</th><th>Tätigkeit</th></tr>"
"<tr><td>01.04.2016 bis heute</td><td>Elektro Saalekreis Handwerksbetrieb GmbH, Halle (Saale)</td><td>Elektroinstallateur mit Verantwortung für Photovoltaikanlagen auf Wohn- und Gewerbebauten</td></tr>"
"<tr><td>15.08.2009 bis 31.03.2016</td><td>Stadtwerke Merseburg Netzgesellschaft mbH, Merseburg</td><td>Netzmonteur im Bereitschaftsdienst für Mittelspannung</td></tr>"
"<tr><td>01.09.2005 bis 14.08.2009</td><td>Schaltanlagenbau Petermann KG, Leuna</td><td>Elektriker im Schaltschrankbau</td></tr></table>"
"<h2>Ausbildung</h2><table><tr><th width=22%>Zeitraum</th><th width=30%>Einrichtung</th><th>Abschluss</th></tr><tr><td>09/2002 – 08/2005</td><td>Berufsbildende Schulen V Halle-Neustadt</td><td>Gesellenbrief als Elektroinstallateur, Note 2,1</td></tr><tr><td>1992 – 2002</td><td>Sekundarschule „Adolf Reichwein“ Halle</td><td>Realschulabschluss</td></tr></table>"
"<h2>Kenntnisse</h2><p>VDE 0100, KNX, E-Plan, Thermografie, Staplerschein</p><h2>Sprachen</h2><p>Deutsch (Muttersprache), Russisch (Schulkenntnisse)</p>",
truth(("Dieter Grünwald","d.gruenwald@example.de","0171 5550143","Halle (Saale)"),
[("Elektro Saalekreis Handwerksbetrieb GmbH","Elektroinstallateur mit Verantwortung für Photovoltaikanlagen auf Wohn- und Gewerbebauten","2016-04",None),("Stadtwerke Merseburg Netzgesellschaft mbH","Netzmonteur im Bereitschaftsdienst für Mittelspannung","2009-08","2016-03"),("Schaltanlagenbau Petermann KG","Elektriker im Schaltschrankbau","2005-09","2009-08")],
[("Berufsbildende Schulen V Halle-Neustadt","Gesellenbrief","Elektroinstallateur","2002-09","2005-08"),("Sekundarschule „Adolf Reichwein“ Halle","Realschulabschluss",None,"1992","2002")],
skills=["VDE 0100","KNX","E-Plan","Thermografie","Staplerschein"],languages=["Deutsch","Russisch"]))


html("abogado-corrido-es","es","body{font:11pt/1.4 Liberation Serif} h1{font-size:17pt} h2{font-size:12pt;font-style:italic;margin:4mm 0 1mm;border-top:1px solid}",
"<h1>Iñaki Goikoetxea Larrañaga</h1><p>C/ Licenciado Poza 18, 48011 Bilbao (Bizkaia)<br>Teléfono: +34 944 555 014<br>Correo electrónico: igoiko@example.eus<br>Fecha de nacimiento: 21 de mayo de 1979</p>"
"<h2>Trayectoria profesional</h2><p><b>Goikoetxea Abogados, S.L.P.</b>, Bilbao. <i>Socio fundador</i> (desde marzo de 2015). Asesoramiento mercantil y societario a empresas familiares, con más de sesenta operaciones de compraventa cerradas.</p><p><b>Kutxa Seguros, S.A.</b>, San Sebastián. <i>Letrado de siniestros</i> (2008 – 2015). Llevanza de pleitos de responsabilidad civil ante juzgados y audiencias.</p><p><b>Bufete Arrieta</b>, Vitoria. <i>Pasante</i> (de septiembre de 2006 a junio de 2008).</p>"
"<h2>Estudios</h2><p><b>Universidad de Deusto</b>, Licenciado en Derecho (1997 – 2002). Premio extraordinario.</p><p><b>IE Business School</b>, Máster en Derecho de los Negocios (2005).</p>"
"<h2>Publicaciones</h2><p>«La junta universal en la sociedad familiar», Revista de Derecho Mercantil, 2018.</p><h2>Idiomas</h2><p>Euskera: lengua materna. Castellano: lengua materna. Inglés: C1. Francés: B1.</p><h2>Aficiones</h2><p>Montaña, remo</p>",
truth(("Iñaki Goikoetxea Larrañaga","igoiko@example.eus","+34 944 555 014","Bilbao"),
[("Goikoetxea Abogados, S.L.P.","Socio fundador","2015-03",None,["Asesoramiento mercantil y societario a empresas familiares, con más de sesenta operaciones de compraventa cerradas."]),("Kutxa Seguros, S.A.","Letrado de siniestros","2008","2015",["Llevanza de pleitos de responsabilidad civil ante juzgados y audiencias."]),("Bufete Arrieta","Pasante","2006-09","2008-06")],
[("Universidad de Deusto","Licenciado","Derecho","1997","2002"),("IE Business School","Máster","Derecho de los Negocios",None,"2005")],
languages=["Euskera","Castellano","Inglés","Francés"],publications=["La junta universal en la sociedad familiar"]))


html("consultant-za","en","body{font:10pt Liberation Sans} .e{display:flex;margin-bottom:3mm} .d{width:32mm;color:#666} .x{flex:1} h1{font-size:20pt} h2{font-size:12pt;text-transform:uppercase;letter-spacing:2px;color:#0a6;margin:4mm 0 2mm} @page{@bottom-center{content:'Nomvula Dlamini – page ' counter(page) ' of ' counter(pages)}}",
"<h1>Nomvula Dlamini</h1><p>Management consultant · Johannesburg, South Africa · +27 82 555 0143 · nomvula@dlamini.example · linkedin.com/in/nomvuladlamini</p><h2>About</h2><p>Consultant for utilities and cities who stays until the thing runs.</p><h2>Experience</h2>"
"<div class=e><div class=d>Jan 2019 – Present</div><div class=x><b>Independent Consultant</b><br>Self-employed, Johannesburg<ul><li>Client: City of Ekurhuleni – cut non-revenue water by nine percent in eighteen months</li><li>Client: Eskom Distribution – redesigned the outage process for 1,200 field staff</li></ul></div></div>"
+"".join(f"<div class=e><div class=d>{a}</div><div class=x><b>{t}</b><br>{c}<ul>"+"".join(f"<li>{x}</li>" for x in hs)+"</ul></div></div>" for a,t,c,hs in [("Mar 2014 – Dec 2018","Engagement Manager","Baobab Advisory, Cape Town",["Ran six engagements in energy with teams of up to eleven people across four countries and three languages","Built the firm's first model of municipal tariffs, which two metros still use today for their yearly budgets"]),("Feb 2010 – Feb 2014","Business Analyst","Baobab Advisory, Cape Town",["Interviewed ninety plant managers for a study of maintenance"]),("2008 – 2009","Graduate Trainee","Sasol Limited, Secunda",["Rotated through process safety, supply chain and finance"])])
+"<div style='height:60mm'></div><h2>Education</h2><div class=e><div class=d>2012 – 2013</div><div class=x><b>MBA</b>, University of Cape Town Graduate School of Business</div></div><div class=e><div class=d>2004 – 2007</div><div class=x><b>BSc Chemical Engineering</b>, cum laude, University of the Witwatersrand</div></div><h2>Skills</h2><p>Operating models, Financial modelling, Stakeholder management, Excel, Power BI</p><h2>Languages</h2><p>isiZulu (native) | English (native) | Afrikaans (working)</p><h2>Board and volunteer roles</h2><div class=e><div class=d>2016 – 2020</div><div class=x><b>Trustee</b><br>Soweto Reading Trust</div></div>",
truth(("Nomvula Dlamini","nomvula@dlamini.example","+27 82 555 0143","Johannesburg","https://linkedin.com/in/nomvuladlamini","S:Consultant for utilities and cities who stays until the thing runs."),
[("Self-employed","Independent Consultant","2019-01",None,["Client: City of Ekurhuleni – cut non-revenue water by nine percent in eighteen months","Client: Eskom Distribution – redesigned the outage process for 1,200 field staff"]),("Baobab Advisory","Engagement Manager","2014-03","2018-12",["Ran six engagements in energy with teams of up to eleven people across four countries and three languages","Built the firm's first model of municipal tariffs, which two metros still use today for their yearly budgets"]),("Baobab Advisory","Business Analyst","2010-02","2014-02",["Interviewed ninety plant managers for a study of maintenance"]),("Sasol Limited","Graduate Trainee","2008","2009",["Rotated through process safety, supply chain and finance"])],
[("University of Cape Town Graduate School of Business","MBA",None,"2012","2013"),("University of the Witwatersrand","BSc","Chemical Engineering","2004","2007")],
skills=["Operating models","Financial modelling","Stakeholder management","Excel","Power BI"],languages=["isiZulu","English","Afrikaans"],volunteer=["Soweto Reading Trust"]))


html("professor-dk","en","body{font:10.5pt/1.25 Liberation Serif} h1{font-size:18pt;text-align:center;font-weight:normal} .c{text-align:center} h2{font-size:12pt;border-bottom:.4pt solid;margin:4mm 0 1.5mm} .s{display:flex;justify-content:space-between} ol{margin:0;padding-left:6mm} li{margin-bottom:1mm}",
"<h1>Prof. Ingrid Sørensen-Nakamura, Ph.D.</h1><p class=c>Institute for Quantum Materials, Blegdamsvej 17, 2100 Copenhagen, Denmark<br>ingrid.sn@example.dk | +45 35 55 01 43 | https://orcid.org/0000-0002-1825-0097</p>"
"<h2>Academic Appointments</h2><p class=s><b>Full Professor</b><span>2018 – present</span></p><p class=s><i>Niels Bohr Institute, University of Copenhagen</i><span>Copenhagen, Denmark</span></p><p class=s><b>Associate Professor</b><span>2012 – 2018</span></p><p class=s><i>Department of Applied Physics, University of Tokyo</i><span>Tokyo, Japan</span></p><p class=s><b>Postdoctoral Fellow</b><span>2009 – 2012</span></p><p class=s><i>Max Planck Institute for Solid State Research</i><span>Stuttgart, Germany</span></p>"
"<h2>Education</h2><p class=s><b>Ph.D. in Physics</b><span>2009</span></p><p><i>Massachusetts Institute of Technology</i>, Thesis: <i>Spin liquids at the edge of order</i></p><p class=s><b>M.Sc. in Physics</b>, with distinction<span>2004</span></p><p><i>Aarhus University</i></p>"
"<h2>Refereed Publications</h2><ol><li><b>I. Sørensen-Nakamura</b>, T. Abe, and L. Castellanos, “Topological order in a frustrated kagome magnet with strong anisotropy,” <i>Physical Review Letters</i>, vol. 128, no. 4, p. 047201, 2022.</li><li>T. Abe and <b>I. Sørensen-Nakamura</b>, “Measuring the thermal Hall effect in organic salts below one kelvin,” <i>Nature Physics</i>, vol. 15, pp. 1120–1126, 2019.</li><li><b>I. Sørensen-Nakamura</b>, “A note on dimers,” <i>J. Phys. Soc. Jpn.</i>, 2013.</li></ol>"
"<h2>Patents</h2><p>“Cryogenic sample holder with magnetic shielding,” EP 3 555 014 B1, granted 2021.</p>"
"<h2>Honors and Awards</h2><ul><li>Villum Investigator, Villum Foundation, a grant of 35 million DKK over six years for research on exotic states of matter, 2020</li><li>Young Scientist Prize of the Physical Society of Japan, 2014</li></ul>"
"<h2>Invited Talks</h2><ul><li>“What frustration teaches us,” APS March Meeting, Chicago, March 2022</li></ul>"
"<h2>Languages</h2><p>Danish (native), Norwegian (fluent), Japanese (N2), English (fluent)</p>",
truth(("Prof. Ingrid Sørensen-Nakamura","ingrid.sn@example.dk","+45 35 55 01 43","Copenhagen","https://orcid.org/0000-0002-1825-0097"),
[("Niels Bohr Institute, University of Copenhagen","Full Professor","2018",None),("Department of Applied Physics, University of Tokyo","Associate Professor","2012","2018"),("Max Planck Institute for Solid State Research","Postdoctoral Fellow","2009","2012")],
[("Massachusetts Institute of Technology","Ph.D.","Physics",None,"2009"),("Aarhus University","M.Sc.","Physics",None,"2004")],
publications=["Topological order in a frustrated kagome magnet with strong anisotropy","Measuring the thermal Hall effect in organic salts below one kelvin","A note on dimers","Cryogenic sample holder with magnetic shielding","What frustration teaches us"],awards=["Villum Investigator","Young Scientist Prize of the Physical Society of Japan"],languages=["Danish","Norwegian","Japanese","English"]))


html("pm-he", "he dir=rtl", "body{font:11pt DejaVu Sans} h2{border-bottom:1px solid;font-size:13pt;margin:4mm 0 2mm} .d{text-align:left} ul{padding:0 5mm 0 0}","""<h1>דנה לוי</h1><p>מנהלת פרויקטים | תל אביב | 052-555-0143 | dana.levi@example.co.il</p>
<h2>תקציר</h2><p>מנהלת פרויקטים (PMP) עם 12 שנות ניסיון בחברות תוכנה, ובהובלת צוותים של עד 20 אנשים בסביבת Agile ו-Scrum.</p>
<h2>ניסיון תעסוקתי</h2>
<table><tr><td><b>מנהלת פרויקטים בכירה</b></td><td class=d>2019 – היום</td></tr></table><p>אור מערכות בע"מ, תל אביב</p><ul><li>הובלת מעבר ל-AWS תוך 9 חודשים</li><li>ניהול תקציב של 4.5 מיליון ש"ח (כולל ספקים)</li></ul>
<table><tr><td><b>רכזת פרויקטים</b></td><td class=d>03/2014 – 08/2019</td></tr></table><p>גלים תוכנה בע"מ, חיפה</p><ul><li>תיאום בין שלושה צוותי פיתוח</li></ul>
<h2>השכלה</h2><table><tr><td><b>תואר ראשון במדעי המחשב</b></td><td class=d>2010 – 2014</td></tr></table><p>אוניברסיטת חיפה</p>
<h2>כישורים</h2><p>Jira, Confluence, MS Project, ניהול סיכונים</p>
<h2>שפות</h2><p>עברית – שפת אם, אנגלית – שוטפת</p>""",
truth(("דנה לוי","dana.levi@example.co.il","052-555-0143","תל אביב","S:מנהלת פרויקטים (PMP) עם 12 שנות ניסיון בחברות תוכנה, ובהובלת צוותים של עד 20 אנשים בסביבת Agile ו-Scrum."),
[('אור מערכות בע"מ',"מנהלת פרויקטים בכירה","2019",None,["הובלת מעבר ל-AWS תוך 9 חודשים",'ניהול תקציב של 4.5 מיליון ש"ח (כולל ספקים)']),('גלים תוכנה בע"מ',"רכזת פרויקטים","2014-03","2019-08",["תיאום בין שלושה צוותי פיתוח"])],
[("אוניברסיטת חיפה","תואר ראשון","במדעי המחשב","2010","2014")],skills=["Jira","Confluence","MS Project","ניהול סיכונים"],languages=["עברית","אנגלית"]))
DOCS[-1]["language"] = "he"


html("quality-in","en","body{font:10pt Liberation Sans} td,th{border:1px solid #000;padding:1mm} h2{font-size:11pt;background:#ddd;padding:1mm;margin:3mm 0 1mm}",
"<h1 style='text-align:center;font-size:16pt'>CURRICULUM VITAE</h1><p><b>Name:</b> Lakshmi Subramanian</p><p><b>Email:</b> lakshmi.s@example.in</p><p><b>Mobile:</b> +91 98400 55014</p><p><b>Address:</b> 7/2 Gandhi Road, Chennai 600020</p><h2>Employment Record</h2><table><tr><th>Organisation</th><th>Designation</th><th>From</th><th>To</th></tr><tr><td>Southern Textiles and Garments Private Limited</td><td>Assistant Manager – Quality Control</td><td>Jul 2017</td><td>Till date</td></tr><tr><td>Coromandel Mills Ltd</td><td>Quality Inspector</td><td>Jun 2012</td><td>Jun 2017</td></tr></table><h2>Educational Qualification</h2><table><tr><th>Qualification</th><th>Institution</th><th>Year of passing</th><th>Percentage</th></tr><tr><td>M.Tech. Textile Technology</td><td>Anna University, Chennai</td><td>2012</td><td>81%</td></tr><tr><td>B.Tech. Textile Technology</td><td>Kumaraguru College of Technology, Coimbatore</td><td>2010</td><td>78%</td></tr></table><h2>Technical Skills</h2><ul><li>ISO 9001 audits</li><li>Statistical process control</li><li>SAP QM</li></ul><h2>Languages Known</h2><p>Tamil, English, Telugu</p>",
truth(("Lakshmi Subramanian","lakshmi.s@example.in","+91 98400 55014","Chennai"),
[("Southern Textiles and Garments Private Limited","Assistant Manager – Quality Control","2017-07",None),("Coromandel Mills Ltd","Quality Inspector","2012-06","2017-06")],
[("Anna University, Chennai","M.Tech.","Textile Technology",None,"2012"),("Kumaraguru College of Technology, Coimbatore","B.Tech.","Textile Technology",None,"2010")],skills=["ISO 9001 audits","Statistical process control","SAP QM"],languages=["Tamil","English","Telugu"]))


manifest = json.loads((OUT / "manifest.json").read_text("utf-8"))
made = {doc["doc"] for doc in DOCS}
manifest["docs"] = [doc for doc in manifest["docs"] if doc["doc"] not in made] + DOCS
(OUT / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n", "utf-8")
