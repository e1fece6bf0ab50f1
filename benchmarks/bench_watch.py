"""Intake and distance to the line, in CPU time: ``python benchmarks/bench_watch.py``.

Records: a table of the shape of UCDP GED, 49 columns, with an id, a place and a number of dead of
its own in every row; a table of 16 columns read by a mapping file, and the same rows as GeoJSON;
submissions of the mission's form, as a table and as JSON; VIINA reports with 48 labels; and daily
reports in prose, by the record and by the megabyte; through decoding, CSV or JSON, parsing,
validation, canonical form and hash. Made, not read, so that anybody can run it; with ``../shared``
real events of Ukraine are read too. Peer: Python's own ``csv.DictReader``, or ``json.loads`` of the
whole file, with ``json.dumps`` and SHA-256, which checks nothing. The processor's speed is not the
same from hour to hour, so the ratio to the first table of the same run is told too.

Distances: points over four years against a line of 1,100 segments that moves every day. Peer:
``shapely.distance`` to the whole line.

Exit status 1 when a budget is missed.
"""

from __future__ import annotations

import csv
import gc
import gzip
import hashlib
import io
import json
import sys
import tempfile
from collections.abc import Iterable
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import numpy as np

from backstop.watch.adapters.mapping import Mapping, read_mapping
from backstop.watch.adapters.reading import choose, read_file
from backstop.watch.adapters.stream import survey
from backstop.watch.identity import identify
from backstop.watch.intake import BATCH, quiet_collector
from backstop.watch.line import LineSeries, Vintage
from backstop.watch.setting import Bounds, Setting
from measure import Verdicts, cpu

ROWS, POINTS, DAYS, SEGMENTS = 20_000, 400_000, 365, 1_100
RECORDS_PER_S, LOOKUPS_PER_S = 30_000, 100_000
SHARED = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
REAL = ("ucdp/*.csv.gz", "firms/*.csv.gz", "viina/*_2022_extract.csv.gz")
COLLECT_AFTER = 20 * BATCH
MAPPING = """
source = "commission"
date_order = "dmy"
keep = ["Remark"]
taxonomies = ["Class"]
[columns]
id = "No"
date = "Day"
time = "Hour"
longitude = "X"
latitude = "Y"
radius_m = "Error"
kind = "Type"
count = "Shots"
weapon_class = "Weapon"
place = "Place"
region = "Oblast"
involved = "Parties"
killed = "Dead"
text = "Said"
[values.kind]
Beschuss = "explosion"
Feuer = "burst"
[fixed]
means = "party_report"
rule = "one-incident@1"
"""
HEAD = (
    "id,relid,year,active_year,code_status,type_of_violence,conflict_dset_id,conflict_new_id,"
    "conflict_name,dyad_dset_id,dyad_new_id,dyad_name,side_a_dset_id,side_a_new_id,side_a,"
    "side_b_dset_id,side_b_new_id,side_b,number_of_sources,source_article,source_office,"
    "source_date,source_headline,source_original,where_prec,where_coordinates,where_description,"
    "adm_1,adm_2,latitude,longitude,geom_wkt,priogrid_gid,country,country_id,region,"
    "event_clarity,date_prec,date_start,date_end,deaths_a,deaths_b,deaths_civilians,"
    "deaths_unknown,best,high,low,gwnoa,gwnob"
)
COLUMNS = next(csv.reader([HEAD]))


def made_table() -> bytes:
    """A table of ``ROWS`` events; nothing recurs but days, parties and codes."""
    draw = np.random.default_rng(1)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    fixed = dict.fromkeys(COLUMNS, "") | {
        "code_status": "Clear", "type_of_violence": "1", "conflict_new_id": "13306",
        "conflict_name": "Ukraine: Novorossiya", "dyad_new_id": "15100", "active_year": "True",
        "dyad_name": "Government of Ukraine - DPR", "side_a": "Government of Ukraine",
        "side_b": "DPR", "number_of_sources": "2", "source_office": "Reuters News;Interfax",
        "adm_1": "Donetsk oblast", "country": "Ukraine", "country_id": "369", "region": "Europe",
        "event_clarity": "1", "gwnoa": "369", "priogrid_gid": "198437",
    }  # fmt: skip
    for number in range(ROWS):
        day = (date(2014, 1, 1) + timedelta(days=int(draw.integers(0, 3_000)))).isoformat()
        a, b, c, d = (int(one) for one in draw.poisson(2, 4))
        dead = a + b + c + d
        row = fixed | {
            "id": str(number), "relid": f"UKR-{number}", "year": day[:4],
            "source_article": f'"Reuters News,{day},Shelling kills {dead} near village {number}"',
            "source_headline": f"Shelling kills {dead} near village {number}", "source_date": day,
            "source_original": "military spokesman", "where_prec": str(draw.integers(1, 6)),
            "where_coordinates": f"village {number % 4_000}",
            "where_description": f"near the village {number}, Volnovakha district",
            "latitude": f"{draw.uniform(47, 50):.6f}", "longitude": f"{draw.uniform(36, 40):.6f}",
            "geom_wkt": "POINT (37.7 47.5)", "date_prec": "1", "date_start": day, "date_end": day,
            "deaths_a": str(a), "deaths_b": str(b), "deaths_civilians": str(c),
            "deaths_unknown": str(d), "best": str(dead), "high": str(dead + 2), "low": str(dead),
        }  # fmt: skip
        writer.writerow(row.values())
    return out.getvalue().encode()


def mapped_table() -> bytes:
    """A table that a mapping file reads; a time, a place and words of its own in every row."""
    draw = np.random.default_rng(4)
    rows = [[
        "No", "Day", "Hour", "X", "Y", "Error", "Type", "Shots", "Weapon", "Place", "Oblast",
        "Parties", "Dead", "Said", "Remark", "Class",
    ]]  # fmt: skip
    for number in range(ROWS):
        day = date(2014, 1, 1) + timedelta(days=int(draw.integers(0, 3_000)))
        rows.append([
            f"JC-{number}", f"{day:%d/%m/%Y}", f"{number % 24:02d}:{number % 60:02d}",
            f"{draw.uniform(36, 40):.6f}", f"{draw.uniform(47, 50):.6f}", "500",
            ("Beschuss", "Feuer")[number % 2], str(draw.integers(1, 9)), "mortar",
            f"village {number % 4_000}", "Donetsk", "A; B", str(draw.integers(0, 3)),
            f"Shelling near village {number}", f"remark {number}", "heavy",
        ])  # fmt: skip
    return _csv(rows)


def form_table() -> bytes:
    """Submissions of the mission's form, as ODK Central exports them."""
    draw = np.random.default_rng(5)
    rows = [[
        "SubmissionDate", "record_type", "occurred", "geopoint-Latitude", "geopoint-Longitude",
        "geopoint-Altitude", "geopoint-Accuracy", "stream", "act-kind", "act-count", "act-rule",
        "act-weapon_class", "act-means", "text", "KEY", "formVersion",
    ]]  # fmt: skip
    for number in range(ROWS):
        day = date(2014, 1, 1) + timedelta(days=int(draw.integers(0, 3_000)))
        clock = f"{day}T{number % 24:02d}:{number % 60:02d}:00.000"
        rows.append([
            f"{clock}Z", "observation", f"{clock}+02:00", f"{draw.uniform(47, 50):.6f}",
            f"{draw.uniform(36, 40):.6f}", "112.3", "4.5", f"patrol {number % 30}", "explosion",
            str(draw.integers(1, 9)), "each-round-or-burst@1", "mortar", "heard",
            f"heard near village {number}", f"uuid:{number:032x}", "2025",
        ])  # fmt: skip
    return _csv(rows)


def mapped_objects() -> bytes:
    """The rows of ``mapped_table`` as GeoJSON features, each with its point."""
    features = []
    for row in csv.DictReader(io.StringIO(mapped_table().decode())):
        point = [float(row.pop("X")), float(row.pop("Y"))]
        geometry = {"type": "Point", "coordinates": point}
        features.append({"type": "Feature", "geometry": geometry, "properties": row})
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def form_objects() -> bytes:
    """The submissions of ``form_table`` as ODK Central's OData has them."""
    found = []
    for row in csv.DictReader(io.StringIO(form_table().decode())):
        east, north = float(row["geopoint-Longitude"]), float(row["geopoint-Latitude"])
        point = {"coordinates": [east, north, 112.3], "properties": {"accuracy": 4.5}}
        found.append({
            "__id": row["KEY"], "__system": {"submissionDate": row["SubmissionDate"]},
            "record_type": row["record_type"], "occurred": row["occurred"],
            "geopoint": {"type": "Point", **point}, "stream": row["stream"],
            "act": {name.partition("-")[2]: row[name] for name in row if name[:4] == "act-"},
            "text": row["text"],
        })  # fmt: skip
    return json.dumps({"value": found}).encode()


def labelled_table() -> bytes:
    """VIINA reports of 4,000 places with 24 labels, each as a probability and as yes or no."""
    draw = np.random.default_rng(6)
    acts = (
        "mil loc san aad airstrike airalert uav armor arrest artillery control firefight hospital"
        " ied killing occupy property raid retreat cyber"
    )
    parties = ["a_rus", "a_ukr", "a_civ", "a_other"]
    names = [*(f"t_{act}" for act in acts.split(" ")), *parties]
    places = draw.uniform((31, 47), (39, 51), (4_000, 2))
    rows = [[
        "event_id", "report_id", "date", "time", "geonameid", "asciiname", "ADM1_NAME", "longitude",
        "latitude", "GEO_PRECISION", "GEO_API", "url", "lang", "source", "text",
        *(name for label in names for name in (label, f"{label}_b")),
    ]]  # fmt: skip
    for number in range(ROWS):
        day = date(2022, 3, 1) + timedelta(days=number % 300)
        place = int(draw.integers(0, len(places)))
        labels = draw.random(len(names))
        rows.append([
            str(number), str(number // 2), f"{day:%Y%m%d}",
            f"{number % 24:02d}:{draw.integers(0, 60):02d}", str(700_000 + place),
            f"Village {place}", "Donets'k", f"{places[place][0]:.6f}", f"{places[place][1]:.6f}",
            ("PPL", "ADM2", "STREET")[place % 3], "Yandex", f"https://example.org/{number}", "ua",
            "unian", f"Обстріл села номер {number}: двоє поранених",
            *(cell for p in labels for cell in (f"{p:.6f}", str(int(p > 0.8)))),
        ])  # fmt: skip
    return _csv(rows)


def prose() -> bytes:
    """Daily reports of 1,500 days: totals of a region, a barred way, what a patrol heard."""
    draw = np.random.default_rng(7)
    parts = []
    for number in range(1_500):
        day = date(2016, 1, 2) + timedelta(days=number)
        said = day - timedelta(days=1)
        acts, rounds, before, shots = (int(n) for n in draw.integers(2, 100, 4))
        parts.append(
            f"Daily Report {day.timetuple().tm_yday}/{day.year} issued on {day.day} {day:%B %Y}\n\n"
            f"Based on information of the teams as of 19:30 {said.day} {said:%B %Y}.\n\n"
            f"In Donetsk region, the SMM recorded {acts} ceasefire violations, including {rounds} "
            f"explosions. In the previous reporting period, it recorded {before} ceasefire "
            "violations in the region.\n\n"
            "Positioned at the railway station in Yasynuvata (non-government-controlled, 16km "
            f"north-east of Donetsk), the SMM heard {shots} shots of small-arms fire 2-3km north."
            "\n\nAt a checkpoint near Olenivka (23km south-west of Donetsk), a member of the armed "
            "formations denied the SMM passage, citing orders.\n\n"
        )
    return "".join(parts).encode()


def _csv(rows: list[list[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue().encode()


def take(path: Path, mapping: Mapping | None) -> int:
    """Read, check, canonicalise and hash every row; the number of records."""
    setting = Setting(zone="Europe/Kyiv", bounds=Bounds(22, 44, 41, 53))
    source = survey(path)
    choice = choose(source, mapping=mapping)
    count = 0
    with quiet_collector():
        for row, reading in enumerate(read_file(source, choice, setting), 1):
            assert reading.fault is None, reading.fault
            for record in reading.records:
                identify(record, recurring=True)
                count += 1
            if row % COLLECT_AFTER == 0:
                gc.collect(1)
    return count


def peer(raw: bytes) -> int:
    """DictReader, JSON with sorted keys, SHA-256; no check, no meaning."""
    count = 0
    for row in _peer_rows(raw.decode("utf-8", "replace")):
        text = json.dumps(row, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        hashlib.sha256(text.encode()).hexdigest()
        count += 1
    return count


def _peer_rows(text: str) -> Iterable[dict[str, object]]:
    if text[0] != "{":
        return csv.DictReader(io.StringIO(text))
    rows: list[dict[str, object]] = next(v for v in json.loads(text).values() if type(v) is list)
    return rows


def moving_line() -> LineSeries:
    """A ragged line across 1,000 km that moves a little every day."""
    draw = np.random.default_rng(2)
    longitude = np.linspace(31.5, 39.9, SEGMENTS + 1)
    latitude = 47.5 + np.cumsum(draw.normal(0, 0.01, SEGMENTS + 1))
    return LineSeries("contact", [
        Vintage(
            date(2024, 1, 1) + timedelta(days=day),
            (np.column_stack([longitude, latitude + 0.001 * day]),),
        )
        for day in range(DAYS)
    ])  # fmt: skip


def record_rates() -> dict[str, tuple[float, float]]:
    """Records a second, ours and the peer's, for each file."""
    mapping = read_mapping(MAPPING, file="mapping")
    # A feature brings its point with it.
    points = read_mapping(MAPPING.replace('longitude = "X"\nlatitude = "Y"\n', ""), file="mapping")
    files: dict[str, tuple[bytes, Mapping | None]] = {
        f"made, {ROWS:,} rows": (made_table(), None),
        "made, by a mapping file": (mapped_table(), mapping),
        "made, by a mapping file, GeoJSON": (mapped_objects(), points),
        "made, the mission's form": (form_table(), None),
        "made, the mission's form, JSON": (form_objects(), None),
        "made, reports with 48 labels": (labelled_table(), None),
    }
    for place in REAL:
        for path in sorted(SHARED.glob(place)):
            files[path.name[:30]] = (gzip.decompress(path.read_bytes()), None)
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        for name, (raw, by) in files.items():
            path.write_bytes(raw)
            count = take(path, by)
            ours = cpu(partial(take, path, by), warm=False)
            found[name] = (count / ours, count / cpu(partial(peer, raw), warm=False))
    return found


def prose_rates() -> tuple[float, float]:
    """Records, and megabytes of text, a second: a paragraph may give none, one or several."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "reports.txt"
        path.write_bytes(raw := prose())
        count = take(path, None)
        seconds = cpu(partial(take, path, None), warm=False)
    return count / seconds, len(raw) / 1e6 / seconds


def lookup_rates() -> tuple[float, float]:
    """Distances a second: each point to its own day's line, and the peer's to one line."""
    import shapely

    draw = np.random.default_rng(3)
    longitude, latitude = draw.uniform(31, 40, POINTS), draw.uniform(45, 50, POINTS)
    days = draw.integers(0, DAYS, POINTS) + date(2024, 1, 1).toordinal()
    series = moving_line()
    # The trees of the lines are built in the first run, and that counts.
    ours = POINTS / cpu(lambda: series.distances(longitude, latitude, days), runs=1, warm=False)
    line = shapely.linestrings(series.vintages[0].parts[0])
    some = shapely.points(longitude[:20_000], latitude[:20_000])
    return ours, 20_000 / cpu(lambda: shapely.distance(some, line), runs=1, warm=False)


def told(verdicts: Verdicts, what: str, case: str, rate: float, target: int) -> str:
    """A line of the table."""
    verdict = verdicts.word(rate >= target)
    return f"{what:10} {case:32} {rate:>9,.0f} (target {target:,}: {verdict})"


def main() -> int:
    """Print what was measured; 1 when a budget is missed."""
    verdicts = Verdicts()
    rates = record_rates()
    first, _ = next(iter(rates.values()))
    for name, (ours, theirs) in rates.items():
        line = told(verdicts, "records/s", name, ours, RECORDS_PER_S)
        print(f"{line}; {ours / first:.2f} of the first; parsed without a check: {theirs:,.0f}")
    ours, megabytes = prose_rates()
    print(f"records/s  {'made, prose of daily reports':32} {ours:>9,.0f}; {megabytes:.2f} MB/s")
    ours, theirs = lookup_rates()
    line = told(
        verdicts, "look-ups/s", f"{DAYS} vintages of {SEGMENTS} segments", ours, LOOKUPS_PER_S
    )
    print(f"{line}; shapely.distance to one line: {theirs:,.0f}")
    return verdicts.status


if __name__ == "__main__":
    sys.exit(main())
