"""Weapons seen where they must not be, as the OSCE mission's daily reports list them."""

from __future__ import annotations

import pytest

from backstop.watch.adapters.osce_weapons import FORMATIONS, GOVERNMENT, parse_sightings
from watch_cases import read_all, write

HEAD = "In violation of withdrawal lines in a {} area, on 8 January the SMM saw "


def told(text: str):
    return [
        (s.number.n, s.weapon_class, s.calibre_mm, s.standpoint.place if s.standpoint else "",
         s.party)
        for s in parse_sightings(text)
    ]  # fmt: skip


@pytest.mark.parametrize(("text", "expect"), [
    (HEAD.format("government-controlled")
     + "three towed howitzers (D-30, 122mm) near Kramatorsk (83km north of Donetsk).",
     [(3, "artillery", 122.0, "Kramatorsk", GOVERNMENT)]),
    (HEAD.format("non-government-controlled")
     + "ten tanks (T-64) near Debaltseve (58km north-east of Donetsk) and five multiple launch "
     "rocket systems (BM-21 Grad, 122mm) near Luhansk (1km north of Luhansk).",
     [(10, "tank", None, "Debaltseve", FORMATIONS), (5, "mlrs", 122.0, "Luhansk", FORMATIONS)]),
    # What one leaves unsaid, the next says.
    (HEAD.format("government-controlled")
     + "two self-propelled howitzers (2S1, 122mm) and a tank (T-72) near Popasna (69km west of "
     "Luhansk).",
     [(2, "artillery", 122.0, "Popasna", GOVERNMENT), (1, "tank", None, "Popasna", GOVERNMENT)]),
    # The place's own bracket goes before the heading.
    (("In violation of withdrawal lines the SMM saw a surface-to-air missile system (9K33) near "
      "Pisky (government-controlled, 11km north-west of Donetsk)."),
     [(1, "air_defence", None, "Pisky", GOVERNMENT)]),
    # A sentence of report 300/2019: no place, but the side and the class.
    (("The SMM saw four multiple launch rocket systems in violation of withdrawal lines in a "
      "non-government-controlled area of Luhansk region."),
     [(4, "mlrs", None, "", FORMATIONS)]),
    (("Beyond withdrawal lines but outside designated storage sites the SMM saw six mortars "
      "(120mm) near Bakhmut (67km north of Donetsk)."),
     [(6, "mortar", 120.0, "Bakhmut", "")]),
    ("The SMM heard two explosions 3km north of its position.", []),
    ("The Mission observed weapons in violation of withdrawal lines on both sides.", []),
])  # fmt: skip
def test_a_list_of_weapons_is_read(text, expect):
    assert told(text) == expect


def test_they_become_records_with_place_party_and_type(tmp_path):
    text = HEAD.format("government-controlled") + (
        "two self-propelled howitzers (2S1 Gvozdika, 122mm) near Avdiivka (17km north of Donetsk)."
    )
    file = write(tmp_path / "r.jsonl", '{"report": "7/2019", "as_of": "2019-01-08T19:30+02:00", '
                 f'"text": "{text}"}}\n')  # fmt: skip
    (record,), faults = read_all(file)
    assert faults == []
    assert record.act.kind == "weapon_in_violation_of_withdrawal_line"
    assert (record.act.weapon_text, record.act.calibre_mm) == ("2S1 Gvozdika, 122mm", 122.0)
    assert record.actors.involved == (GOVERNMENT,)
    # By its own name, which is sharper than 17 km north.
    assert record.place.radius_m == 2000
    assert ("weapons", "2") in record.codes
    assert "taken from who holds the ground" in " ".join(record.notes)


def test_a_summary_that_counts_no_weapon_is_passed_over(tmp_path):
    text = "The Mission observed weapons in violation of withdrawal lines on both sides."
    line = f'{{"report": "114/2021", "text": "{text}"}}\n'
    records, faults = read_all(write(tmp_path / "r.jsonl", line))
    assert (records, faults) == ([], [])
