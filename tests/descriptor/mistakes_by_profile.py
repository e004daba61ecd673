"""Mistakes that the profile, `schemas/profile.json`, finds in a descriptor.

One case a line: `old` becomes `new` in `made_schemas.DESCRIPTOR`; then the line with `at` is in error at `place`.
"""
# ruff: noqa: E501

from typing import NamedTuple


class Case(NamedTuple):
    """A change of the descriptor, and what is said of it: a property, what was found, what is allowed."""

    old: str
    new: str
    at: str
    place: str
    found: str
    allowed: str


R0, R1 = "resources[0]", "resources[1]"
F0, F1 = f"{R0}.schema.fields", f"{R1}.schema.fields"

# fmt: off
KEYWORDS = "innoregio:keywords_translated"

BY_PROFILE = {
    # the profile: dataset
    "other profile": Case("../profile.json", "../other.json", "$schema", "$schema", "'../other.json'", "../profile.json"),
    "name of file": Case("name: made-statistics", "name: made", "name: made", "name", "'made'", "made-statistics, the name of the file"),
    "name": Case("name: made-statistics", "name: Made_Statistics", "name: M", "name", "'Made_Statistics'", "Lower-case English words"),
    "no name": Case("name: made-statistics\n", "", "$schema", "", "no name", "The name of the dataset"),
    "number as title": Case("title: Made statistics", "title: 7", "title: 7", "title", "7 (a number, without quotes)", "text"),
    "nothing as title": Case("title: Made statistics", "title:", "title:", "title", "nothing", "text"),
    "other title": Case("title: Made statistics", "title: Other", "title: Other", "title", "'Other'", "title_translated.en: 'Made statistics'"),
    "other description": Case("made for tests.\ndesc", "else.\ndesc", "description: Fig", "description", "else.", "'Figures made for tests.'"),
    "language missing": Case("fi: Tehdyt tilastot, ", "", "title_translated: {", "title_translated", "no fi", "fi, sv, en"),
    "language unknown": Case("{fi: [testit], ", "{fi: [testit], no: [x], ", "no: [x]", "innoregio:keywords_translated.no", "no without quotes", '"no"'),
    "language too many": Case("{fi: [testit], ", "{fi: [testit], de: [x], ", "de: [x]", "innoregio:keywords_translated.de", "the unknown property de", ""),
    "empty text": Case("sv: Gjord statistik", "sv: ' '", "sv: ' '", "title_translated.sv", "' '", "not empty"),
    "keywords differ": Case("keywords: [tests]\ni", "keywords: [test]\ni", "keywords: [test]", "keywords", "other keywords", "tests"),
    "theme": Case("[REGI, ECON]", "[REGI, ECO]", "ECO]", "innoregio:themes[1]", "'ECO'", "did you mean ECON?"),
    "theme twice": Case("[REGI, ECON]", "[REGI, REGI]", "REGI, REGI", "innoregio:themes[1]", "'REGI' a second time", "once"),
    "frequency": Case("Frequency: ANNUAL", "Frequency: YEARLY", "YEARLY", "innoregio:updateFrequency", "'YEARLY'", "ANNUAL_2"),
    "licence without path": Case(', path: "https://creativecommons.org/licenses/by/4.0/"', "", "licenses", "licenses[0]", "no path", "name and path"),
    "licence empty": Case('{name: CC-BY-4.0, path: "https://creativecommons.org/licenses/by/4.0/"}', "", "licenses", "licenses", "a list that is empty", "licences"),
    "source without path": Case(', path: "https://example.org/1"', "", "title: \"Made office, table 1\"", "sources[0]", "no path", "title, path"),
    "source property": Case("innoregio:tables: [made/1]", "innoregio:table: [made/1]", "example.org/1", "sources[0].innoregio:table", "the unknown property", "did you mean innoregio:tables?"),
    "source table": Case("[made/1]", "[made, made/1]", "example.org/1", "sources[0].innoregio:tables[0]", "'made'", "provider/table"),
    "source path": Case('"https://example.org/1"', '"/etc/passwd"', "/etc", "sources[0].path", "'/etc/passwd'", "web address"),
    "status": Case('innoregio:revised: "2026-01-31"', "innoregio:status: retired", "retired", "innoregio:status", "'retired'", "withdrawn"),
    "keyword with a sign": Case("fi: [testit]", "fi: ['t&k']", "t&k", f"{KEYWORDS}.fi[0]", "'t&k'", "R and D, not R&D"),
    "keyword of a letter": Case("sv: [test]", "sv: [t]", "[t]", f"{KEYWORDS}.sv[0]", "'t'", "2 to 100 letters"),
    "keyword that is a text": Case("sv: [test]", f"sv: [{'x' * 101}]", "xxx", f"{KEYWORDS}.sv[0]", "'xxx", "2 to 100 letters"),
    "revised is a date": Case('"2026-01-31"', "2026-01-31", "revised", "innoregio:revised", "2026-01-31 without quotes", '"2026-01-31"'),
    "revised is no date": Case('"2026-01-31"', '"2026-02-31"', "revised", "innoregio:revised", "'2026-02-31'", "calendar"),
    "unknown property": Case("innoregio:citation", "innoregio:citatoin", "citatoin", "innoregio:citatoin", "the unknown property", "did you mean innoregio:citation?"),
    "made by publishing": Case("keywords: [tests]\ni", 'version: "1.0.0"\nkeywords: [tests]\ni', "version", "version", "the unknown property version", ""),
    # the profile: resource
    "resource unknown": Case("innoregio:classification", "innoregio:clasification", "clasif", f"{R0}.innoregio:clasification", "the unknown", "did you mean innoregio:classification?"),
    "resource name": Case("name: made-figures", "name: codes-figures", "codes-f", f"{R0}.name", "'codes-figures'", "not codes-"),
    "classification": Case("nuts-2021", "nuts-2020", "nuts-2020", f"{R0}.innoregio:classification", "'nuts-2020'", "nuts-2021, maakunta-2025"),
    "no classification": Case("    innoregio:classification: nuts-2021\n", "", "- name: made-figures", R0, "no innoregio:classification", "nuts-2021"),
    "format": Case("format: json-stat", "format: jsonstat", "jsonstat", f"{R0}.innoregio:source.format", "'jsonstat'", "did you mean json-stat?"),
    "connector": Case("connector: download", "connector: http", "http,", f"{R1}.innoregio:source.connector", "'http'", "download"),
    "table": Case('table: "1"', "table: 1", "table: 1", f"{R0}.innoregio:source.table", "1 (a number, without quotes)", "The provider's own code"),
    "no table": Case('table: "1", ', "", "json-stat", f"{R0}.innoregio:source", "no table", "provider, table"),
    "source in list": Case("innoregio:source: {provider: made, table: \"1\", connector: pxweb, format: json-stat, parts: [\"a\", \"b\"]}", "innoregio:source: [{provider: made, table: \"1\", connector: pxweb, format: x}]", "format: x", f"{R0}.innoregio:source[0].format", "'x'", "json-stat"),
    "dialect": Case('delimiter: ";"', 'delimeter: ";"', "delimeter", f"{R1}.innoregio:source.dialect.delimeter", "the unknown property delimeter", "did you mean delimiter?"),
    "delimiter": Case('delimiter: ";"', 'delimiter: "||"', "||", f"{R1}.innoregio:source.dialect.delimiter", "'||'", "one character"),
    "fixed number": Case('{freq: "A"}', "{freq: 1}", "freq: 1", f"{R0}.innoregio:fixed.freq", "1 (a number", "text"),
    "hook": Case("    innoregio:ignore", "    innoregio:hook: function\n    innoregio:ignore", "hook", f"{R0}.innoregio:hook", "'function'", "module.function"),
    # the profile: expectations
    "rule": Case("rule: rows", "rule: row", "rule: row,", f"{R0}.innoregio:expectations[0].rule", "'row'", "did you mean rows?"),
    "no reason": Case(", reason: the run of 2026-01 gave 20", "", "rule: rows", f"{R0}.innoregio:expectations[0]", "no reason", "rule, reason"),
    "rows of another rule": Case("maximum: 40", "maximum_age: P3Y", "rule: rows", f"{R0}.innoregio:expectations[0].maximum_age", "the unknown property", "maximum"),
    "text as minimum": Case("minimum: 10", 'minimum: "10"', "rule: rows", f"{R0}.innoregio:expectations[0].minimum", "'10'", "a whole number"),
    "severity": Case("severity: warn", "severity: warning", "warning", f"{R0}.innoregio:expectations[1].severity", "'warning'", "did you mean warn?"),
    "no duration": Case("maximum_age: P3Y", "maximum_age: 3Y", "maximum_age", f"{R0}.innoregio:expectations[1].maximum_age", "'3Y'", "P3Y, P18M"),
    "year as number": Case("maximum_age: P3Y", "minimum: 2022", "minimum: 2022", f"{R0}.innoregio:expectations[1].minimum", "2022 (a number", "in quotes"),
    "maximum below minimum": Case("maximum: 40", "maximum: 4", "rule: rows", f"{R0}.innoregio:expectations[0].maximum", "4", "at least the minimum, 10"),
    "sum of nothing": Case("rule: newest_period, maximum_age: P3Y", "rule: parts_sum_to_total, over: sex", "parts_sum", f"{R0}.innoregio:expectations[1]", "", "total"),
    "ratio of one": Case("rule: newest_period, maximum_age: P3Y", 'rule: ratio, over: unit, numerator: "a", maximum: 1', "ratio", f"{R0}.innoregio:expectations[1]", "no denominator", "denominator"),
    "half a pair": Case("rule: newest_period, maximum_age: P3Y", 'rule: equal_series, fields: {unit: ["a"]}', "fields: {unit", f"{R0}.innoregio:expectations[1].fields.unit", "a list", "Two codes"),
    "two bounds": Case("maximum_age: P3Y", 'maximum_age: P3Y, minimum: "2022"', "newest", f"{R0}.innoregio:expectations[1]", "both minimum and maximum_age", "one of"),
    # the profile: fields
    "field name": Case("- name: cost", "- name: Cost", "name: Cost", f"{F1}[2].name", "'Cost'", "snake_case"),
    "field type": Case("type: number", "type: float", "float", f"{F1}[2].type", "'float'", "number"),
    "no type": Case("          type: number\n", "", "name: cost", f"{F1}[2]", "cost without type", "the name of a shared field"),
    "no texts": Case("          title_translated: {fi: Kustannus, sv: Kostnad, en: Cost}\n", "", "name: cost", f"{F1}[2]", "cost without title_translated", "these, or"),
    "field unknown": Case("innoregio:from: cost", "innoregio:form: cost", "form: cost", f"{F1}[2].innoregio:form", "the unknown property", "did you mean innoregio:from?"),
    "constraint unknown": Case("{minimum: 0, maximum: 100}", "{minimum: 0, enum: [1]}", "enum", f"{F1}[2].constraints.enum", "the unknown property enum", "maximum"),
    "decimals": Case("decimals: 2", "decimals: 12", "decimals: 12", f"{F1}[2].innoregio:decimals", "12", "at most 9"),
    "status word": Case('innoregio:status: {"..": "O"}', "innoregio:status: gone", "gone", f"{F0}[7].innoregio:status", "'gone'", "lost"),
    "code as number": Case('"JOBS"\n', "2020\n", "value: 2020", f"{F0}[3].categories[0].value", "2020 (a number", "in quotes"),
    "codes unquoted": Case('innoregio:codes: {"SSS": "FI"}', 'innoregio:codes: {"SSS": 7}', '"SSS": 7', f"{F0}[0].innoregio:codes.SSS", "7 (a number", "in quotes"),
    "key unquoted": Case('innoregio:codes: {"SSS": "FI"}', 'innoregio:codes: {1: "FI"}', '{1: "FI"}', f"{F0}[0].innoregio:codes", "the key 1", "in quotes"),
    "NO unquoted": Case('innoregio:codes: {"SSS": "FI"}', 'innoregio:codes: {"SSS": NO}', '"SSS": NO', f"{F0}[0].innoregio:codes.SSS", "NO without quotes", '"NO" in quotes'),
}
