"""A small folder like `schemas/`, made for tests: statistics, a register, and their code lists."""

from pathlib import Path

DESCRIPTOR = """\
# Made for tests.
$schema: ../profile.json
name: made-statistics
title: Made statistics
title_translated: {fi: Tehdyt tilastot, sv: Gjord statistik, en: Made statistics}
description: Figures made for tests.
description_translated:
  fi: Testejä varten tehtyjä lukuja.
  sv: Siffror som gjorts för test.
  en: >
    Figures made
    for tests.
keywords: [tests]
innoregio:keywords_translated: {fi: [testit], sv: [test], en: [tests]}
innoregio:themes: [REGI, ECON]
innoregio:updateFrequency: ANNUAL
licenses: [{name: CC-BY-4.0, path: "https://creativecommons.org/licenses/by/4.0/"}]
sources:
  - {title: "Made office, table 1", path: "https://example.org/1", innoregio:tables: [made/1]}
  - {title: "Made office, projects", path: "https://example.org/2", innoregio:tables: [made/projects]}
innoregio:citation: "Source: Made office."
innoregio:revised: "2026-01-31"
resources:
  - name: made-figures
    title_translated: {fi: Luvut, sv: Siffror, en: Figures}
    description_translated: {fi: Luvut alueittain., sv: Siffror efter område., en: Figures by area.}
    innoregio:source: {provider: made, table: "1", connector: pxweb, format: json-stat, parts: ["a", "b"]}
    innoregio:classification: nuts-2021
    innoregio:ignore: [note]
    innoregio:fixed: {freq: "A"}
    schema:
      primaryKey: [geo, geo_classification, time_period, indicator, sex, unit]
      fields:
        - {name: geo, innoregio:shared: geo, innoregio:from: Alue, innoregio:codes: {"SSS": "FI"}}
        - {name: geo_classification, innoregio:shared: geo_classification}
        - name: time_period
          innoregio:shared: time_period
          innoregio:from: Vuosi
          innoregio:note: {fi: Kalenterivuosi., sv: Kalenderår., en: Calendar year.}
        - name: indicator
          innoregio:shared: indicator
          innoregio:from: Tiedot
          innoregio:codes: {"x1": "JOBS"}
          innoregio:ignoreCodes: ["x9"]
          categories:
            - value: "JOBS"
              label: Jobs
              innoregio:label_translated: {fi: Työpaikat, sv: Arbetsplatser, en: Jobs}
              innoregio:source: Made office (fi)
              innoregio:translated: [sv, en]
        - {name: sex, innoregio:shared: sex, innoregio:from: Sukupuoli, innoregio:use: ["M", "F"]}
        - name: unit
          innoregio:shared: unit
          innoregio:from: Tiedot
          innoregio:codes: {"x1": "PER"}
          innoregio:use: ["PER", "LOT"]
          categories:
            - value: "LOT"
              innoregio:label_translated: {fi: Erä, sv: Parti, en: Lot}
              innoregio:translated: [fi, sv, en]
        - {name: obs_value, innoregio:shared: obs_value, innoregio:from: OBS_VALUE, constraints: {minimum: 0}}
        - {name: obs_status, innoregio:shared: obs_status, innoregio:status: {"..": "O"}}
        - name: obs_flag
          innoregio:shared: obs_flag
          innoregio:from: OBS_FLAG
          innoregio:flags: {"..": {fi: Tieto puuttuu., sv: Uppgift saknas., en: Not available.}}
    innoregio:expectations:
      - {rule: rows, minimum: 10, maximum: 40, reason: the run of 2026-01 gave 20}
      - {rule: newest_period, maximum_age: P3Y, severity: warn, reason: published after a year}
  - name: made-projects
    title_translated: {fi: Hankkeet, sv: Projekt, en: Projects}
    description_translated: {fi: Yksi rivi on hanke., sv: En rad är ett projekt., en: A row is a project.}
    innoregio:source:
      {provider: made, table: projects, connector: download, format: csv, dialect: {delimiter: ";"}}
    schema:
      primaryKey: [project]
      foreignKeys:
        - {fields: [parent], reference: {resource: made-projects, fields: [project]}}
      fields:
        - name: project
          type: string
          title_translated: {fi: Hanke, sv: Projekt, en: Project}
          description_translated: {fi: Hankkeen tunnus., sv: Projektets kod., en: Code of the project.}
          innoregio:from: id
        - name: parent
          type: string
          title_translated: {fi: Päähanke, sv: Huvudprojekt, en: Parent project}
          description_translated: {fi: Päähankkeen tunnus., sv: Huvudprojektets kod., en: Code of the parent.}
          innoregio:from: parent
        - name: cost
          type: number
          title_translated: {fi: Kustannus, sv: Kostnad, en: Cost}
          description_translated: {fi: Kustannus euroina., sv: Kostnad i euro., en: Cost in euro.}
          unit: EUR
          innoregio:from: cost
          innoregio:decimals: 2
          constraints: {minimum: 0, maximum: 100}
"""

HEADER = "code,parent,label_fi,label_sv,label_en,source,translated,definition"
CODELISTS = {
    "unit": [
        "PER,,Henkilö,Person,Person,Made office,,",
        "MIO_EUR,,Miljoonaa euroa,Miljoner euro,Million euro,Made office,,",
    ],
    "sex": [
        "T,,Yhteensä,Totalt,Total,,fi sv en,",
        "F,T,Naiset,Kvinnor,Females,,fi sv en,",
        "M,T,Miehet,Män,Males,,fi sv en,",
    ],
    "obs_status": ["A,,Tavanomainen,Normalt,Normal,,fi sv en,", "O,,Puuttuu,Saknas,Missing,,fi sv en,"],
}


def make_schemas(folder: Path, descriptor: str = DESCRIPTOR) -> Path:
    """Writes the folder and returns the path of its descriptor."""
    (folder / "datasets").mkdir()
    (folder / "codelists").mkdir()
    for name, lines in CODELISTS.items():
        (folder / "codelists" / f"{name}.csv").write_text("\n".join([HEADER, *lines, ""]), encoding="utf-8")
    path = folder / "datasets" / "made-statistics.yaml"
    path.write_text(descriptor, encoding="utf-8")
    return path
