"""A new statistic of a known format is one YAML file and its snapshot, nothing else."""

import json
import shutil
from pathlib import Path

import polars as pl

from assets.descriptor import load_dataset, load_datasets
from assets.store.snapshots import Provenance, add_snapshot
from assets.workspace import Workspace
from orchestration.run import run_refresh

DESCRIPTOR = """
$schema: ../profile.json
name: job-seekers
title: Unemployed job seekers and vacancies
description: Unemployed job seekers and new vacancies at the end of the month.
title_translated:
  fi: Työttömät työnhakijat ja avoimet työpaikat
  sv: Arbetslösa arbetssökande och lediga platser
  en: Unemployed job seekers and vacancies
description_translated:
  fi: Työttömät työnhakijat ja uudet avoimet työpaikat kuukauden lopussa.
  sv: Arbetslösa arbetssökande och nya lediga platser i slutet av månaden.
  en: Unemployed job seekers and new vacancies at the end of the month.
keywords: [unemployment]
innoregio:keywords_translated: {fi: [työttömyys], sv: [arbetslöshet], en: [unemployment]}
innoregio:themes: [SOCI, REGI]
innoregio:updateFrequency: MONTHLY
licenses: [{name: CC-BY-4.0, path: "https://creativecommons.org/licenses/by/4.0/"}]
sources: [{title: "Statistics Finland, 12r5", path: "https://stat.fi/", innoregio:tables: [statfin/12r5]}]
innoregio:citation: "Source: KEHA Centre, employment service statistics (12r5)."
resources:
  - name: job-seekers
    title: Job seekers
    description: Job seekers at the end of the month.
    title_translated: {fi: Työnhakijat, sv: Arbetssökande, en: Job seekers}
    description_translated:
      fi: Työnhakijat kuukauden lopussa.
      sv: Arbetssökande i slutet av månaden.
      en: Job seekers at the end of the month.
    innoregio:source: {provider: statfin, table: "12r5", connector: pxweb, format: json-stat}
    innoregio:classification: maakunta-2025
    innoregio:expectations: [{rule: rows, minimum: 8, reason: "two regions, two months, two indicators"}]
    schema:
      primaryKey: [geo, geo_classification, time_period, indicator]
      fields:
        - {name: geo, innoregio:shared: geo, innoregio:from: Alue}
        - {name: geo_classification, innoregio:shared: geo_classification}
        - {name: time_period, innoregio:shared: time_period, innoregio:from: Kuukausi}
        - name: indicator
          innoregio:shared: indicator
          innoregio:from: Tiedot
          innoregio:codes: {TYOTTOMATLOPUSSA: UNEMPLOYED, UUDETAVP: VACANCIES_NEW}
          innoregio:ignoreCodes: [TYOTOSUUS, TYOTTOMAT20, TYOTTOMAT25, TYOTTOMAT50, TYOTTOMATULK]
          categories:
            - value: UNEMPLOYED
              label: Unemployed job seekers
              innoregio:label_translated:
                {fi: Työttömät työnhakijat, sv: Arbetslösa arbetssökande, en: Unemployed job seekers}
              innoregio:source: Statistics Finland, table 12r5 (fi)
              innoregio:translated: [sv, en]
            - value: VACANCIES_NEW
              label: New vacancies
              innoregio:label_translated:
                {fi: Uudet avoimet työpaikat, sv: Nya lediga platser, en: New vacancies}
              innoregio:source: Statistics Finland, table 12r5 (fi)
              innoregio:translated: [sv, en]
        - {name: obs_value, innoregio:shared: obs_value, innoregio:from: OBS_VALUE, constraints: {minimum: 0}}
        - {name: obs_status, innoregio:shared: obs_status}
        - {name: obs_flag, innoregio:shared: obs_flag, innoregio:from: OBS_FLAG}
"""


def test_one_yaml_and_its_snapshot_give_a_package(shared: Path, published: Path, tmp_path: Path) -> None:
    recorded = shared / "upstream" / "statfin" / "pxweb-v1" / "tyonv_12r5_response.json"
    (tmp_path / "job-seekers.yaml").write_text(DESCRIPTOR, "utf-8")
    workspace = Workspace(tmp_path / "data", tmp_path / "public", "http://127.0.0.1:8000/")
    areas = published.parent / "data" / "normalised" / "regions"  # made once for all tests
    shutil.copytree(areas, workspace.home / "normalised" / "regions")
    add_snapshot(
        workspace.store,
        recorded.read_bytes(),
        Provenance(
            provider="statfin",
            table="12r5",
            part="data",
            obtained_from="https://pxdata.stat.fi/PxWeb/api/v1/fi/StatFin/tyonv/12r5.px",
            licence="CC-BY-4.0",
            media_type="application/json",
            updated="2025-06-03T10:00:00Z",
        ),
    )
    datasets, errors = load_datasets()
    assert not errors
    (outcome,) = run_refresh(
        [*datasets, load_dataset(tmp_path / "job-seekers.yaml")], ["job-seekers"], workspace, quiet=True
    )
    assert (outcome.state, outcome.version) == ("published", "1.0.0"), outcome.message

    package = json.loads((workspace.out / "job-seekers" / "datapackage.json").read_text())
    assert {"job-seekers", "job-seekers-parquet", "codes-indicator", "codes-geo"} <= {
        resource["name"] for resource in package["resources"]
    }
    table = pl.read_parquet(workspace.out / "job-seekers" / "job-seekers.parquet")
    answer = json.loads(recorded.read_text())
    position = answer["dimension"]["Tiedot"]["category"]["index"]["TYOTTOMATLOPUSSA"] + 7 * (1 + 2 * 1)
    lahti = table.filter(geo="MK07", time_period="2025-04", indicator="UNEMPLOYED")
    assert lahti["obs_value"].to_list() == [answer["value"][position]]
    assert table.height == 2 * 2 * 2
