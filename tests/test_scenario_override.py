"""``--set path=value``: what it reaches, what it refuses, and how its mistakes are reported."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backstop.scenario.load import examine
from backstop.scenario.override import parse
from scenario_files import FILES, write


@pytest.fixture
def folder(tmp_path):
    return str(write(tmp_path))


def _set(folder, **changes):
    return examine(folder, overrides=changes.pop("changes"))


_REACHED = [
    ("title", "Other", lambda s: s.file.title, "Other"),
    ("as_of", "2024-01-31", lambda s: s.file.as_of, "2024-01-31"),
    ("theatre.population_m", "12", lambda s: s.file.theatre.population_m.value, 12),
    (
        "theatre.lines[contact].length_km.high",
        "125",
        lambda s: s.file.theatre.lines[0].length_km.high,
        125,
    ),
    (
        "theatre.lines[0].length_km",
        "{ low = 90, high = 120 }",
        lambda s: s.file.theatre.lines[0].length_km.low,
        90,
    ),
    (
        "capabilities[drones].troops_per_unit",
        "70~90",
        lambda s: s.file.capabilities[1].troops_per_unit.low,
        70,
    ),
    (
        "capabilities[drones].troops_per_unit.source",
        '["atlas"]',
        lambda s: s.file.capabilities[1].troops_per_unit.source,
        ("atlas",),
    ),
    ("capabilities[drones].manoeuvre", "true", lambda s: s.file.capabilities[1].manoeuvre, True),
    (
        "capabilities[battalion].pool.usable_share.mean",
        "0.6",
        lambda s: s.file.capabilities[0].pool.usable_share.mean,
        0.6,
    ),
    (
        "conditions[invited].requires[0]",
        "backing",
        lambda s: s.file.conditions[1].requires,
        ("backing",),
    ),
    ("sourcing.incompatible[0].b", "XSO", lambda s: s.file.sourcing.incompatible[0].b, "XSO"),
    ("correlations[0].rho", "-0.4", lambda s: s.file.correlations[0].rho, -0.4),
    ("bodies[council].lead_days", "60", lambda s: s.body("council").lead_days.value, 60),
    ("bodies[unsc].lead_days", "61", lambda s: s.body("unsc").lead_days.value, 61),
    ("stances.rho", "0.25", lambda s: s.stances.rho.value, 0.25),
    ("stances.stances.oppose.yes", "0.02", lambda s: s.stances.stances["oppose"].yes.value, 0.02),
    (
        "parliaments[prior].approval",
        "0.9",
        lambda s: next(p for p in s.parliaments if p.id == "prior").approval.value,
        0.9,
    ),
    ("sizing.gross_up.support_share", "0.7", lambda s: s.sizing.gross_up.support_share.value, 0.7),
    (
        "sizing.densities[monitoring].troops_per_km",
        "3~9",
        lambda s: next(d for d in s.sizing.densities if d.id == "monitoring").troops_per_km.high,
        9,
    ),
    ("nations[XAL].army_personnel", "51000", lambda s: s.nations[0].army_personnel.value, 51000),
    ("nations[XAL].brigades", "5~7", lambda s: s.nations[0].stocks["brigades"].high, 7),
    ("nations[XAL].stocks.brigades", "9", lambda s: s.nations[0].stocks["brigades"].value, 9),
    ("nations[XBE].brigades", "", lambda s: s.nations[1].stocks["brigades"], None),
    ("offers[XAL/battalion].units", "6±1", lambda s: s.offers[0].units.sd, 1),
    ("offers[XAL/battalion].notice_days", "45", lambda s: s.offers[0].notice_days.value, 45),
    ("offers[XAL/battalion].note", "a=b", lambda s: s.offers[0].note, "a=b"),
    ("positions[XNO/send_troops/2025-05/].stance", "veto", lambda s: s.positions[3].stance, "veto"),
    (
        "designs[presence].land.covered_share",
        "0.5",
        lambda s: s.designs[0].land.covered_share.value,
        0.5,
    ),
    (
        "designs[presence].requirements[eyes].units",
        "3",
        lambda s: s.designs[0].requirements[1].units.value,
        3,
    ),
    (
        "designs[presence].requirements[infantry].to_month",
        "12",
        lambda s: s.designs[0].requirements[0].to_month,
        12,
    ),
    (
        "designs[presence].mandate.routes[council].steps[1].roles.lead",
        '["XBE"]',
        lambda s: s.designs[0].mandate.routes[0].steps[1].roles["lead"],
        ("XBE",),
    ),
    (
        "designs[presence].engagement",
        '{ summary = "none", agreement = 0.5 }',
        lambda s: s.designs[0].engagement.agreement.value,
        0.5,
    ),
    (
        "lines.features[0].properties.tolerance",
        "0.5",
        lambda s: s.lines.features[0].properties.tolerance,
        0.5,
    ),
]


@pytest.mark.parametrize(
    ("path", "value", "read", "wanted"), _REACHED, ids=[r[0] for r in _REACHED]
)
def test_any_field_can_be_set(folder, path, value, read, wanted):
    plain = examine(folder)[0]
    scenario, problems = examine(folder, overrides={path: value})
    assert [str(p) for p in problems] == []
    assert read(scenario) == wanted
    assert scenario.digest != plain.digest


def test_an_optional_block_can_be_built_key_by_key(folder):
    changes = {
        "designs[presence].engagement.summary": "none",
        "designs[presence].engagement.agreement": "0.5",
    }
    scenario, problems = examine(folder, overrides=changes)
    assert problems == []
    assert scenario.designs[0].engagement.agreement.value == 0.5


_REFUSED = [
    ("titel", "x", "there is no 'titel'; did you mean 'title'?"),
    ("theatre.populaton_m", "12", "unknown key; did you mean 'population_m'?"),
    ("theatr.population_m", "12", "there is no 'theatr'; did you mean 'theatre'?"),
    ("theatre.lines[contct].length_km", "12", "there is no 'contct'; did you mean 'contact'?"),
    ("theatre.lines[7].length_km", "12", "there is no '7'; known are contact"),
    ("theatre.lines", "7", "must be a list, not 7"),
    ("theatre.lines.length_km", "7", "names no single field"),
    ("capabilities[drones].unit.value", "7", "'unit' holds a plain value; set it whole"),
    ("nations[FRA].army_personnel", "7", "there is no 'FRA'; known are XAL, XBE, XNO, XSO"),
    ("nations[XAL].helicopters", "7", "there is no column 'helicopters'"),
    ("nations[XAL].brigade", "7", "there is no column 'brigade'; did you mean 'brigades'?"),
    ("nations[XAL].stocks.tankers", "7", "there is no column 'tankers'"),
    ("nations[XAL].stocks", "7", "there is no column 'stocks'"),
    ("nations[XAL]", "7", "names no single field"),
    ("nations", "7", "names no single field"),
    ("designs[presence]", "7", "names no single field"),
    ("designs[absence].land.consent", "7", "there is no 'absence'; did you mean 'presence'?"),
    ("offers[XAL/drone].units", "7", "there is no 'XAL/drone'; did you mean 'XAL/drones'?"),
    ("stances.stances.oppos.yes", "0.1", "there is no 'oppos'; did you mean 'oppose'?"),
    (
        "designs[presence].engagement.agreement",
        "0.5",
        "with it, engagement.summary is missing: what",
    ),
    ("theatre.title.value", "0.5", "'title' holds a plain value; set it whole"),
    ("title.value", "0.5", "'title' holds a plain value; set it whole"),
    ("sizing.gross_up.suport_share", "0.1", "unknown key; did you mean 'support_share'?"),
    ("", "1", "names no field"),
    ("a..b", "1", "cannot be read from '..b' on"),
    ("[0]", "1", "cannot be read from '[0]' on"),
    ("theatre.lines[contact", "1", "cannot be read from '[contact' on"),
    (
        "theatre.lines[contact].length_km",
        "1e9",
        "1,000,000,000 is too large: at most 40,075 km (the equator)",
    ),
    ("theatre.population_m", "nan", "must be a finite number, not nan"),
    ("theatre.population_m", "-1", "-1 is too small: at least 0 million"),
    ("theatre.population_m", "many", "'many' is not a number"),
    ("designs[presence].rotation.tour_months", "six", "must be a whole number, not 'six'"),
    ("designs[presence].land.line", "nowhere", "there is no line 'nowhere'"),
    (
        "nations[XAL].parliament",
        "nine",
        "there is no form of parliamentary consent 'nine'; did you mean 'none'?",
    ),
    ("nations[XAL].brigades", "-2", "-2 is too small: at least 0 units"),
    (
        "capabilities[battalion].pool.stock",
        "tanks",
        "there is no stock 'tanks' among the columns of nations.csv",
    ),
    ("conditions[ceasefire].requires", '["backing"]', "the conditions wait for each other"),
    ("stances.rho", "0.99", "a correlation above 0.95 is not computed exactly"),
    ("designs[presence].requirements[eyes].to_month", "2", "ends in month 2, not after month 6"),
    ("theatre.lines[contact].length_km.low", "500", "low, mode and high must not decrease"),
    ("as_of", "soon", "'soon' is not a date"),
    ("title", "7", "must be text in quotes, not 7"),
    ("title", "1\nas_of = 2", "1\nas_of"),
]


@pytest.mark.parametrize(
    ("path", "value", "message"), _REFUSED, ids=[repr(r[:2]) for r in _REFUSED]
)
def test_a_setting_that_cannot_be_is_reported_as_one(folder, path, value, message):
    scenario, problems = examine(folder, overrides={path: value})
    if message.startswith("1\n"):
        # More than one value is text, never a second key.
        assert scenario.file.title == value
        return
    assert scenario is None
    ours = [p for p in problems if p.message.startswith(message)]
    assert ours, [str(p) for p in problems]
    if message.startswith("the conditions"):
        # The circle is closed by the setting, but runs through the file.
        return
    assert {(p.file, p.line, p.column) for p in ours} == {("--set", 0, 0)}
    assert path in {p.path for p in ours}


def test_every_bad_setting_is_reported_at_once_beside_the_files_own(tmp_path):
    files = {**FILES, "offers.csv": FILES["offers.csv"].replace("4,,signed", "-4,,signed")}
    changes = {"titel": "x", "theatre.population_m": "-1", "nations[XAX].brigades": "1"}
    _, problems = examine(str(write(tmp_path, files)), overrides=changes)
    assert sorted(p.path for p in problems) == [
        "XAL.units",
        "nations[XAX].brigades",
        "theatre.population_m",
        "titel",
    ]


def test_an_override_never_adds_a_stock(folder):
    scenario, _ = examine(folder, overrides={"nations[XAL].brigades": "7"})
    assert {tuple(nation.stocks) for nation in scenario.nations} == {("brigades", "aircraft")}


def test_texts_are_split_at_the_first_equals_sign():
    assert parse(["a.b = 1", "c={ low = 1, high = 2 }", "d="]) == (
        {"a.b": "1", "c": "{ low = 1, high = 2 }", "d": ""},
        [],
    )


def test_a_malformed_setting_hides_no_other_problem(tmp_path):
    """A text without a path or a value, a path that leads nowhere and the file's own, at once."""
    files = {**FILES, "offers.csv": FILES["offers.csv"].replace("4,,signed", "-4,,signed")}
    texts = ["stances.rho", "=3", "titel=x", "theatre.population_m=-1"]
    _, problems = examine(str(write(tmp_path, files)), overrides=texts)
    assert [(p.file.rpartition("/")[2], p.path) for p in problems] == [
        ("--set", "=3"),
        ("--set", "stances.rho"),
        ("--set", "theatre.population_m"),
        ("--set", "titel"),
        ("offers.csv", "XAL.units"),
    ]
    assert problems[0].message == "write path=value, such as stances.rho=0.4"


def test_one_path_is_not_set_to_two_values(folder):
    _, problems = examine(folder, overrides=["stances.rho=0.2", "stances.rho = 0.3"])
    assert [(p.path, p.message) for p in problems] == [
        ("stances.rho", "is set to '0.2' already; keep one of the two")
    ]
    assert examine(folder, overrides=["stances.rho=0.2", "stances.rho = 0.2"])[1] == []


_PATHS = st.one_of(
    st.text(max_size=40),
    st.sampled_from([r[0] for r in _REACHED]),
    st.lists(
        st.sampled_from(
            [
                *"abc.[]0",
                "theatre",
                ".lines",
                "[contact]",
                "designs[presence]",
                ".land",
                "nations",
                "[XAL]",
                ".stocks",
                ".brigades",
                "bodies[unsc]",
                ".rule",
                "sizing",
                "stances",
                ".source",
            ]
        ),
        max_size=7,
    ).map("".join),
)


@settings(deadline=None)  # each example reads a whole scenario
@given(
    st.dictionaries(
        _PATHS,
        st.text(max_size=20) | st.sampled_from(["1", "{}", "[]", "{a=1}", "true", "[[[", "-1"]),
        max_size=4,
    )
)
def test_no_setting_whatever_breaks_the_loader(tmp_path_factory, changes):
    folder = tmp_path_factory.getbasetemp() / "set"
    if not folder.exists():
        write(folder)
    scenario, problems = examine(str(folder), overrides=changes)
    assert (scenario is None) == bool(problems)
