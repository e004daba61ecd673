"""`docs/innoregio.R` in base R: a table with its labels and the five questions, beside Polars."""

import shutil
import subprocess
from pathlib import Path

import polars as pl
import pytest

import innoregio as ir
from tests.innoregio.tree_server import serve_tree

SCRIPT = Path(__file__).parents[2] / "docs/innoregio.R"
PRINT = """
answers <- ir_answers()
line <- function(name, frame)
  cat(paste(name, do.call(paste, c(frame, sep = "\\t")), sep = "\\t"), sep = "\\n")
line("births", answers$births[c("geo", "obs_value", "obs_status")])
line("newest", answers$research$newest[c("geo", "obs_value")])
cat("ratio", nrow(answers$research$ratio), sep = "\\t"); cat("\\n")
line("participations", answers$participations)
for (name in names(answers$partners))
  line(name, data.frame(names(answers$partners[[name]]), as.integer(answers$partners[[name]])))
line("youth", answers$youth)
"""


def run_r(code: str, published: Path) -> list[list[str]]:
    if shutil.which("Rscript") is None:
        pytest.skip("R is not here; .ci/run installs it")
    run = subprocess.run(
        ["Rscript", "-e", f"source('{SCRIPT}')\n{code}"],
        cwd=published.parent,
        capture_output=True,
        text=True,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
    )
    assert run.returncode == 0, run.stderr
    return [line.split("\t") for line in run.stdout.splitlines()]


@pytest.mark.slow  # R starts, and loads a table
def test_a_table_has_its_labels_and_its_gaps(published: Path) -> None:
    code = """frame <- ir_load("rd-expenditure", labels = "fi")
    cat(nrow(frame), sum(is.na(frame$obs_value)), sum(frame$obs_value, na.rm = TRUE), sep = "\\t"); cat("\\n")
    cat(paste(frame$geo, frame$geo_label, frame$unit_label, sep = "\\t"), sep = "\\n")"""
    (rows, missing, total), *labels = run_r(code, published)
    table = ir.load("rd-expenditure", labels="fi", tree=published).collect()
    assert (int(rows), int(missing)) == (table.height, table["obs_value"].null_count())
    assert int(missing) > 0 and float(total) == pytest.approx(table["obs_value"].sum(), rel=1e-6)
    assert [tuple(row) for row in labels] == table.select("geo", "geo_label", "unit_label").rows()


@pytest.mark.slow  # R starts, and loads a table
def test_an_address_gives_the_table_of_the_folder(published: Path) -> None:
    code = """one <- ir_load("rd-expenditure", labels = "sv")
    other <- ir_load("rd-expenditure", labels = "sv", version = "1.0.0", tree = "%s")
    cat(nrow(one), identical(one, other), sep = "\\t")"""
    with serve_tree(published) as server:
        [(rows, is_same)] = run_r(code % server.address, published)
    assert int(rows) > 100 and is_same == "TRUE"


@pytest.mark.slow  # the questions need all datasets
def test_the_five_questions_have_the_answers_of_polars(published: Path) -> None:
    found: dict[str, list[list[str]]] = {}
    for name, *row in run_r(PRINT, published):
        found.setdefault(name, []).append(row)
    figures = ir.load("indicators", tree=published).drop_nulls("obs_value").collect()
    peers = ir.load("peers/similar-regions", tree=published).filter(geo="FI1C6").collect()["peer"]
    births = figures.filter(indicator="ENTERPRISE_BIRTH_RATE").filter(pl.col("geo").is_in(["FI1C6", *peers]))
    births = births.filter(time_period=births.filter(geo="FI1C6")["time_period"].max())
    assert {row[0]: float(row[1]) for row in found["births"]} == pytest.approx(
        dict(births.select("geo", "obs_value").iter_rows())
    )
    ratio = figures.filter(pl.col("geo").is_in(["FI1C6", *peers]), indicator="RD_EXPENDITURE_PER_GDP")
    assert found["ratio"] == [[str(ratio.height)]]
    larger = figures.filter(indicator="RD_INTENSITY_NUTS2", level=2)
    newest = larger.filter(time_period=larger.filter(geo="FI1C")["time_period"].max())
    assert {row[0]: float(row[1]) for row in found["newest"]} == pytest.approx(
        dict(newest.select("geo", "obs_value").iter_rows())
    )
    places = ir.load("register-places", tree=published).collect()
    counted = places.drop_nulls("region")["region"].cast(pl.String).value_counts()
    assert {row[0]: int(row[1]) for row in found["participations"]} == dict(counted.iter_rows())
    abroad = ir.load("framework-projects/participations", tree=published).collect()
    abroad = abroad.filter(pl.col("country").cast(pl.String) != "FI")
    seated = places.filter(region="MK07")["project"]
    campuses = ir.load("campus-participations", tree=published).collect().filter(municipality="KU398")
    for name, projects in (("partners", seated), ("upper", pl.concat([seated, campuses["project"]]))):
        rows = abroad.filter(pl.col("project").is_in(projects.unique().implode()))
        counts = dict(rows["country"].cast(pl.String).value_counts().iter_rows())
        assert {row[0]: int(row[1]) for row in found[name]} == counts
        assert len(counts) > 40
    assert {row[0]: float(row[3]) for row in found["youth"]}["FI1C"] == 10.3
