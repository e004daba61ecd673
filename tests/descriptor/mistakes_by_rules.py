"""Mistakes that the rules (`descriptor.rules.dataset`, `descriptor.rules.fields`) find in a descriptor that agrees with the profile.

One case a line, as in `mistakes_by_profile`.
"""
# ruff: noqa: E501

from tests.descriptor.mistakes_by_profile import F0, F1, R0, R1, Case

PROJECT = "- name: project\n          type: string\n"

# fmt: off
BY_RULES = {
    # shared fields
    "shared unknown": Case("innoregio:shared: unit", "innoregio:shared: units", "shared: units", f"{F0}[5].innoregio:shared", "'units'", "did you mean unit?"),
    "shared name": Case("{name: sex, innoregio:shared: sex", "{name: gender, innoregio:shared: sex", "gender", f"{F0}[4].name", "'gender'", "sex, the name of the shared field"),
    "shared type": Case("{name: sex, ", "{name: sex, type: integer, ", "type: integer", f"{F0}[4].type", "type of the shared field sex again", "innoregio:note"),
    "shared title": Case("{name: sex, ", "{name: sex, title: Gender, ", "Gender", f"{F0}[4].title", "title of the shared field", ""),
    "shared codelist": Case("{name: sex, ", "{name: sex, innoregio:codelist: unit, ", "name: sex", f"{F0}[4].innoregio:codelist", "'unit'", "sex, as the shared field has it"),
    "shared constraint": Case("innoregio:from: Vuosi\n", "innoregio:from: Vuosi\n          constraints: {required: false}\n", "required: false", f"{F0}[2].constraints.required", "false", "True, or nothing"),
    "shared anew": Case(PROJECT, PROJECT.replace("name: project", "name: age"), "name: age", f"{F1}[0].name", "age defined anew", "innoregio:shared: age"),
    "note": Case("en: Calendar year.", "en: Calendar year", "en: Calendar", f"{F0}[2].innoregio:note.en", "'Calendar year'", "full stop"),
    "keyword with another sign": Case("fi: [testit]", "fi: [a → b]", "a → b", "innoregio:keywords_translated.fi[0]", "'a → b'", "letters, digits"),
    # sources
    "source of both": Case("innoregio:tables: [made/1]", 'innoregio:tables: [made/1], version: "1", innoregio:lists: [codelists/sex.csv]', "example.org/1", "sources[0]", "both innoregio:tables and innoregio:lists", "made/1, made/projects"),
    "source of another table": Case("[made/1]", "[made/1, made/project]", "example.org/1", "sources[0].innoregio:tables[1]", "'made/project', which no table is made from", "did you mean made/projects?"),
    "source of another's table": Case("[made/projects]", "[made/projects, made/1]", "example.org/2", "sources[1].innoregio:tables[1]", "'made/1', which is in Made office, table 1", "every table in one source"),
    "table without source": Case("[made/projects]", "[made/1]", "innoregio:source:", f"{R1}.innoregio:source", "made/projects, which is in no source", "in innoregio:tables of one of the sources"),
    "source of no list": Case("innoregio:tables: [made/1]", 'version: "1", innoregio:lists: [codelists/sexes.csv]', "example.org/1", "sources[0].innoregio:lists[0]", "'codelists/sexes.csv'", "a file below schemas/"),
    "lists without edition": Case("innoregio:tables: [made/1]", "innoregio:lists: [codelists/sex.csv]", "example.org/1", "sources[0]", "innoregio:lists without version", "the edition"),
    "edition of a table": Case("innoregio:tables: [made/1]", 'innoregio:tables: [made/1], version: "2"', "example.org/1", "sources[0].version", "version beside innoregio:tables", "nothing"),
    # source columns
    "no source column": Case("          innoregio:from: id\n", "", "- name: project", f"{F1}[0]", "no innoregio:from on project", "source column"),
    "made by program": Case("{name: geo_classification, ", "{name: geo_classification, innoregio:from: x, ", "from: x", f"{F0}[1].innoregio:from", "'x'", "made by the program"),
    "ignored and mapped": Case("[note]", "[Vuosi]", "[Vuosi]", f"{R0}.innoregio:ignore[0]", "'Vuosi', which time_period is made from", "no field"),
    "fixed and mapped": Case('{freq: "A"}', '{Vuosi: "A"}', "Vuosi: ", f"{R0}.innoregio:fixed.Vuosi", "'Vuosi', which time_period is made from", "neither mapped nor ignored"),
    "fixed and ignored": Case('{freq: "A"}', '{note: "A"}', "note: ", f"{R0}.innoregio:fixed.note", "'note', which is ignored", "neither"),
    "make and mapping": Case("    innoregio:ignore", "    innoregio:build: a.b\n    innoregio:ignore", "ignore:", f"{R0}.innoregio:ignore", "beside innoregio:build", "not both"),
    # sources
    "optional alone": Case("table: projects,", "table: projects, optional: true,", "innoregio:source:", f"{R1}.innoregio:source", "optional sources only", "not optional"),
    "lacking elsewhere": Case("table: projects,", "table: projects, optionalColumns: [name],", "innoregio:source:", f"{R1}.innoregio:source[0].optionalColumns", "'name', which no field", "fields are made from"),
    "option of another format": Case("table: projects,", "table: projects, member: project,", "member: project", f"{R1}.innoregio:source.member", "member with the format csv", "cordis-xml or cordis-zip only"),
    "archive without member": Case('innoregio:source:\n      {provider: made, table: projects, connector: download, format: csv, dialect: {delimiter: ";"}}', "innoregio:source: {provider: made, table: projects, connector: download, format: cordis-zip}", "format: cordis-zip", f"{R1}.innoregio:source", "the format cordis-zip without member", "which table is read"),
    "unpivot of no expression": Case("table: projects,", 'table: projects, unpivot: {into: year, columns: "("},', "unpivot:", f"{R1}.innoregio:source.unpivot.columns", "no regular expression", "whole heading"),
    # expectations
    "rule of no column": Case("rule: newest_period, maximum_age: P3Y", "rule: coverage, field: area", "coverage", f"{R0}.innoregio:expectations[1].field", "'area'", "a field of the table: geo"),
    "codes of no column": Case("rule: newest_period, maximum_age: P3Y", 'rule: equal_series, fields: {currency: ["a", "b"]}', "currency", f"{R0}.innoregio:expectations[1].fields.currency", "'currency'", "a field of the table"),
    "rows of no column": Case("rule: newest_period, maximum_age: P3Y", 'rule: duplicate_series, over: unit, where: {area: "FI"}', "area", f"{R0}.innoregio:expectations[1].where.area", "'area'", "a field of the table"),
    # statistics
    "key": Case("indicator, sex, unit]", "indicator, unit]", "primaryKey: [geo", f"{R0}.schema.primaryKey", "indicator, unit", "all dimensions in their order: geo, geo_classification, time_period, indicator, sex, unit"),
    # keys
    "key field": Case("primaryKey: [project]", "primaryKey: [projects]", "[projects]", f"{R1}.schema.primaryKey[0]", "'projects'", "did you mean project?"),
    "key as text": Case("primaryKey: [project]", "primaryKey: project", "primaryKey: project", f"{R1}.schema.primaryKey", "'project'", "a list"),
    "no key": Case("      primaryKey: [project]\n", "", "schema:", f"{R1}.schema", "no primaryKey", "uniqueKeys where"),
    "unique field": Case("      primaryKey: [project]\n", "      primaryKey: [project]\n      uniqueKeys: [[cots]]\n", "uniqueKeys", f"{R1}.schema.uniqueKeys[0][0]", "'cots'", "did you mean cost?"),
    "foreign field": Case("{fields: [parent]", "{fields: [parents]", "[parents]", f"{R1}.schema.foreignKeys[0].fields[0]", "'parents'", "did you mean parent?"),
    "foreign table": Case("resource: made-projects", "resource: made-project", "resource: made-project,", f"{R1}.schema.foreignKeys[0].reference.resource", "'made-project'", "did you mean made-projects?"),
    "foreign code list": Case("resource: made-projects", "resource: codes-unit", "codes-unit", f"{R1}.schema.foreignKeys[0].reference.resource", "'codes-unit'", "are made when the dataset is published"),
    "foreign key": Case("fields: [project]}}", "fields: [cost]}}", "[cost]", f"{R1}.schema.foreignKeys[0].reference.fields", "cost", "project: a key of made-projects"),
    "foreign width": Case("{fields: [parent]", "{fields: [parent, cost]", "parent, cost", f"{R1}.schema.foreignKeys[0].fields", "2 fields", "1, as many as"),
    "foreign incomplete": Case(", reference: {resource: made-projects, fields: [project]}", "", "{fields: [parent]", f"{R1}.schema.foreignKeys[0]", "no reference", "fields, reference"),
    # constraints
    "constraint of type": Case("{minimum: 0, maximum: 100}", "{minLength: 3}", "minLength", f"{F1}[2].constraints.minLength", "minLength on the type number", "maximum"),
    "bound of type": Case("{minimum: 0, maximum: 100}", '{minimum: "0"}', "minimum: \"0\"", f"{F1}[2].constraints.minimum", "'0'", "a value of the type number"),
    "bounds crossed": Case("{minimum: 0, maximum: 100}", "{minimum: 10, maximum: 1}", "maximum: 1}", f"{F1}[2].constraints.maximum", "1 (a number", "at least minimum, 10"),
    "pattern": Case(PROJECT, PROJECT + "          constraints: {pattern: '[a'}\n", "pattern", f"{F1}[0].constraints.pattern", "'[a'", "a regular expression"),
    "anchors": Case(PROJECT, PROJECT + "          constraints: {pattern: '^[a]$'}\n", "pattern", f"{F1}[0].constraints.pattern", "'^[a]$'", "without anchors"),
    "decimals of text": Case(PROJECT, PROJECT + "          innoregio:decimals: 2\n", "decimals: 2", f"{F1}[0].innoregio:decimals", "decimals of the type string", "number"),
    "format of number": Case("type: number", "type: number\n          format: uri", "format: uri", f"{F1}[2].format", "'uri'", "no format on the type number"),
    "flags elsewhere": Case("{name: sex, ", "{name: sex, innoregio:flags: {x: {fi: a, sv: a, en: a}}, ", "flags: {x", f"{F0}[4].innoregio:flags", "on sex", "only on obs_flag"),
    "status elsewhere": Case("{name: sex, ", "{name: sex, innoregio:status: lost, ", "lost", f"{F0}[4].innoregio:status", "on sex", "only on obs_status"),
    # codes
    "code list": Case("innoregio:shared: indicator", "innoregio:shared: indicator\n          innoregio:codelist: indicatr", "indicatr", f"{F0}[3].innoregio:codelist", "'indicatr'", "sex, "),
    "codes of numbers": Case("type: number", "type: number\n          innoregio:codelist: unit", "", f"{F1}[2].type", "codes on the type number", "string"),
    "category of list": Case('"LOT"\n', '"PER"\n', 'value: "PER"', f"{F0}[5].categories[0].value", "'PER', which the code list unit has", "does not have"),
    "category twice": Case("          categories:\n            - value: \"LOT\"", "          categories:\n            - {value: \"LOT\", innoregio:label_translated: {fi: a, sv: a, en: a}, innoregio:source: x}\n            - value: \"LOT\"", '- value: "LOT"', f"{F0}[5].categories[1].value", "'LOT' a second time", "once"),
    "category parent": Case("label: Jobs", 'innoregio:parent: "JOB"', "parent: ", f"{F0}[3].categories[0].innoregio:parent", "'JOB'", "did you mean JOBS?"),
    "label differs": Case("label: Jobs", "label: Job", "label: Job", f"{F0}[3].categories[0].label", "'Job'", "Jobs, as in"),
    "label missing": Case("{fi: Erä, sv: Parti, en: Lot}", "{fi: Erä, en: Lot}", "{fi: Erä, en", f"{F0}[5].categories[0].innoregio:label_translated", "no sv", "fi, sv, en"),
    "label of nobody": Case("innoregio:translated: [fi, sv, en]", "innoregio:translated: [sv, en]", '- value: "LOT"', f"{F0}[5].categories[0]", "labels in fi without a source", "innoregio:translated"),
    "use": Case('innoregio:use: ["M", "F"]', 'innoregio:use: ["M", "X"]', '"X"', f"{F0}[4].innoregio:use[1]", "'X'", "F, M, T"),
    "mapped to nothing": Case('{"x1": "JOBS"}', '{"x1": "JOB"}', '"x1": "JOB"', f"{F0}[3].innoregio:codes.x1", "'JOB'", "did you mean JOBS?"),
    "mapped to unused": Case('{"x1": "PER"}', '{"x1": "MIO_EUR"}', "MIO_EUR", f"{F0}[5].innoregio:codes.x1", "'MIO_EUR'", "LOT, PER"),
    "ignored code mapped": Case('ignoreCodes: ["x9"]', 'ignoreCodes: ["x1"]', "ignoreCodes", f"{F0}[3].innoregio:ignoreCodes[0]", "'x1', which innoregio:codes maps", "not mapped"),
    "status code": Case('innoregio:status: {"..": "O"}', 'innoregio:status: {"..": "Z"}', '"Z"', f"{F0}[7].innoregio:status...", "'Z'", "A, O"),
}
