"""The first sheet of a workbook: what the dataset is, where it comes from, how to use and cite it."""

from collections.abc import Callable, Mapping, Sequence

from assets.descriptor import LANGUAGES, Catalogue
from assets.publish.catalogue.packages import Package
from assets.publish.catalogue.schema_org import text_in
from assets.publish.catalogue.words import day, number, paragraphs, words
from assets.publish.site.captions import licence_name, provider_name
from assets.publish.site.citation import citations

LanguageTexts = Sequence[str] | None  # in each of the languages


def about_rows(
    package: Package, catalogue: Catalogue, base: str, sheets: Mapping[str, str]
) -> list[tuple[LanguageTexts, LanguageTexts]]:
    """What the sheet says, the title first. `sheets`: table -> the sheet that has it."""
    content = package.content
    titles = {resource["name"]: resource for resource in content["resources"]}

    def line(name: str, text: Callable[[str], str]) -> tuple[LanguageTexts, LanguageTexts]:
        return [words(la)[name] for la in LANGUAGES], [text(la) for la in LANGUAGES]

    rows: list[tuple[LanguageTexts, LanguageTexts]] = [
        ([text_in(content, "title", la) for la in LANGUAGES], None)
    ]
    if package.withdrawn:
        rows.append(line("notes", lambda la: words(la)["withdrawn"]))
    rows += [
        line("description", lambda la: "\n\n".join(paragraphs(text_in(content, "description", la)))),
        line("version", lambda la: package.version),
        line("changed", lambda la: day(package.modified, la)),
        *(
            line("source_table", lambda la, source=source: format_source_table(source, la))  # type: ignore[misc]
            for source in newest_of_tables(package)
        ),
        line("licence", lambda la: licence_text(package)),
        line("cite", lambda la: citations(package, catalogue, base, la)["text"]),
    ]
    if content.get("innoregio:citation"):
        rows.append(line("required_citation", lambda la: " ".join(content["innoregio:citation"].split())))
    names = catalogue.publisher["name_translated"]
    rows += [
        line("published_by", lambda la: names.get(la) or next(iter(names.values()))),
        line("page", lambda la: f"{base}{la}/dataset/{package.name}.html"),
        line("notes", lambda la: f"{words(la)['empty_cell']} {words(la)['sheet_note']}"),
    ]
    if any(field["name"] == "obs_flag" for title in titles.values() for field in title["schema"]["fields"]):
        rows.append(line("flags", lambda la: words(la)["flags_note"]))
    for table, sheet in sheets.items():
        entry = titles[table]
        rows.append(
            line(
                "sheet",
                lambda la, entry=entry, sheet=sheet: (  # type: ignore[misc]
                    f"{sheet}: {text_in(entry, 'title', la)} "
                    f"({number(int(entry['innoregio:rows']), la)} {words(la)['rows']})"
                ),
            )
        )
    return rows


def newest_of_tables(package: Package) -> list[Mapping[str, str | None]]:
    """Each source table once, with its newest date."""
    found: dict[tuple[str, str], Mapping[str, str | None]] = {}
    for source in package.content.get("innoregio:provenance", []):
        key = (source["provider"], source["table"])
        if key not in found or (source.get("updated") or "") > (found[key].get("updated") or ""):
            found[key] = source
    return list(found.values())


def format_source_table(source: Mapping[str, str | None], language: str) -> str:
    """A source table, and when it was updated."""
    name = f"{provider_name(str(source['provider']), language)}, {source['table']}"
    updated = source.get("updated")
    return f"{name}. {words(language)['updated_source']}: {day(updated, language)}" if updated else name


def licence_text(package: Package) -> str:
    """The licence and its address."""
    found = []
    for licence in package.content.get("licenses", []):
        name = licence_name(licence.get("name") or licence.get("title") or "")
        found.append(" ".join(part for part in (name, licence.get("path") or "") if part))
    return "; ".join(found)
