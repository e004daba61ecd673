"""The descriptor of a made dataset, with and without the line that withdraws it."""

DESCRIPTOR = """\
# Made for tests.
$schema: ../profile.json
name: made-projects
title_translated: {fi: Tehdyt hankkeet, sv: Gjorda projekt, en: Made projects}
description_translated: {fi: Testejä varten tehtyjä., sv: Gjorda för test., en: Made for tests.}
innoregio:keywords_translated: {fi: [testit], sv: [test], en: [tests]}
innoregio:themes: [REGI]
innoregio:updateFrequency: ANNUAL
licenses: [{name: CC-BY-4.0, path: "https://creativecommons.org/licenses/by/4.0/"}]
sources: [{title: Made office, path: "https://example.org/", innoregio:tables: [made/projects]}]
innoregio:citation: "Source: Made office."
resources:
  - name: made-projects
    title_translated: {fi: Hankkeet, sv: Projekt, en: Projects}
    description_translated: {fi: Yksi rivi on hanke., sv: En rad är ett projekt., en: A row is a project.}
    innoregio:source:
      {provider: made, table: projects, connector: download, format: csv, dialect: {delimiter: ";"}}
    innoregio:expectations: [{rule: rows, minimum: 1, reason: made}]
    schema:
      primaryKey: [project]
      fields:
        - name: project
          type: string
          title_translated: {fi: Hanke, sv: Projekt, en: Project}
          description_translated: {fi: Hankkeen tunnus., sv: Projektets kod., en: Code of the project.}
          innoregio:from: id
          constraints: {required: true}
"""


WITHDRAWN = 'innoregio:status: withdrawn\ninnoregio:revised: "2026-02-01"\n'
