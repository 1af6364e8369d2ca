"""Samples from CSV files: columns shifted, scaled, centred, mapped, renamed; faults with line and word."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import suppress
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derive.errors import ModelError
from derive.model import Model, Recipe, Table, read, read_table
from tests.page import Case, cases

PAGE = cases("csv")

PEOPLE = "Name,Weight,Height,Gender\nAlice,133,65,F\nBob,160,72,M\nCharlie,152,70,M\nDiana,120,60,F\n"
SETTINGS = """
[table]
csv = "people.csv"
label = "Name"
[table.rename]
Weight = "x1"
Height = "x2"
Gender = "y"
[table.shift]
Weight = 135
Height = 66
[table.map.Gender]
M = 0
F = 1
"""
EQUATIONS = 'equations = "L = (y - w1*x1 - w2*x2)**2"\n'

Reader = Callable[..., Model]


@pytest.fixture
def model(tmp_path: Path) -> Reader:
    """Reads a model file beside a CSV file."""

    def reader(settings: str = SETTINGS, people: str | bytes = PEOPLE) -> Model:
        raw = people if isinstance(people, bytes) else people.encode()
        (tmp_path / "people.csv").write_bytes(raw)
        path = tmp_path / "model.toml"
        path.write_text(EQUATIONS + settings, encoding="utf-8")
        return read(path)

    return reader


def table(reader: Reader, *arguments: str | bytes) -> Table:
    found = reader(*arguments).table
    assert found is not None
    return found


def test_the_four_people_become_the_textbook_s_numbers(model: Reader) -> None:
    found = table(model)
    assert found.columns == ("x1", "x2", "y")
    assert found.rows == ((-2, -1, 1), (25, 6, 0), (17, 4, 0), (-15, -6, 1))
    assert found.labels == ("Alice", "Bob", "Charlie", "Diana")


def test_what_was_done_to_a_column_is_told(model: Reader) -> None:
    assert table(model).shifts == {"x1": "Weight minus 135", "x2": "Height minus 66"}


def test_columns_are_the_data_of_the_model(model: Reader) -> None:
    assert model().data == ("y", "x1", "x2")
    assert model().inferred == ("w1", "w2")


def test_a_column_is_shifted_before_it_is_divided(model: Reader) -> None:
    found = table(model, SETTINGS + "[table.scale]\nWeight = 10\n")
    assert [row[0] for row in found.rows] == [
        Fraction(-1, 5),
        Fraction(5, 2),
        Fraction(17, 10),
        Fraction(-3, 2),
    ]


@pytest.mark.parametrize("key", ["center", "centre"])
def test_a_centred_column_has_the_mean_0_exactly(model: Reader, key: str) -> None:
    settings = SETTINGS.replace('label = "Name"', f'label = "Name"\n{key} = ["Weight", "Height"]')
    found = table(model, settings)
    assert [sum(row[at] for row in found.rows) for at in (0, 1)] == [0, 0]
    assert found.shifts["x1"] == "Weight minus 565/4"


def test_the_recipe_of_a_centred_column_does_the_same_to_other_rows(model: Reader, tmp_path: Path) -> None:
    settings = SETTINGS.replace('label = "Name"', 'label = "Name"\ncentre = ["Weight"]')
    recipe = table(model, settings).recipe
    (tmp_path / "one.csv").write_text("Name,Weight,Height,Gender\nEve,565/4,66,F\n")
    assert read_table(tmp_path / "one.csv", recipe).rows == ((0, 0, 1),)


def test_the_first_column_of_words_names_the_rows(model: Reader) -> None:
    assert table(model, SETTINGS.replace('label = "Name"\n', "")).labels[0] == "Alice"


def test_a_column_in_the_middle_can_name_the_rows(tmp_path: Path) -> None:
    path = tmp_path / "samples.csv"
    path.write_text("x,who,y\n1,Alice,2\n3,Bob,4\n")
    found = read_table(path, Recipe(label="who"))
    assert found.labels == ("Alice", "Bob")
    assert found.rows == ((1, 2), (3, 4))


@pytest.mark.parametrize(
    "text",
    [
        "x,y\n1,2\n",
        "x;y\n1;2\n",
        "x\ty\n1\t2\n",
        "\ufeffx,y\r\n1,2\r\n",
        '"x","y"\n"1","2"\n',
        " x , y \n 1 , 2 \n\n\n",
        "x,y\n1.0,20e-1\n",
        "x,y\n1,4/2",
    ],
)
def test_one_table_is_written_in_many_ways(text: str, tmp_path: Path) -> None:
    path = tmp_path / "samples.csv"
    path.write_bytes(text.encode())
    found = read_table(path)
    assert found.columns == ("x", "y")
    assert found.rows == ((1, 2),)


def test_a_quoted_cell_may_hold_a_comma_and_an_end_of_line(tmp_path: Path) -> None:
    path = tmp_path / "samples.csv"
    path.write_text('who,x\n"Lovelace, Ada",1\n"Hopper\nGrace",2\n')
    assert read_table(path).labels == ("Lovelace, Ada", "Hopper\nGrace")


def test_decimals_are_exact(tmp_path: Path) -> None:
    path = tmp_path / "samples.csv"
    path.write_text("x\n0.1\n0.2\n")
    assert read_table(path).rows == ((Fraction(1, 10),), (Fraction(1, 5),))


@given(st.lists(st.fractions(-1000, 1000, max_denominator=1000), min_size=1, max_size=6), st.integers(-9, 9))
def test_shift_and_scale_are_undone_by_their_inverses(cells: list[Fraction], shift: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "samples.csv")
        path.write_text("\n".join(["x", *map(str, cells)]) + "\n")
        found = read_table(path, Recipe(shift={"x": Fraction(shift)}, scale={"x": Fraction(3)}))
    assert [3 * row[0] + shift for row in found.rows] == cells


@pytest.mark.parametrize("case", PAGE, ids=[case.title for case in PAGE])
def test_a_fault_in_a_table_has_its_line_and_word(case: Case, model: Reader) -> None:
    with pytest.raises(ModelError) as caught:
        model(SETTINGS, case.given)
    assert caught.value.report() == case.expected


@pytest.mark.parametrize(
    "cell", ["", "-", "1e9999", "9**9**9", "__import__('os')", "inf", "0x10", "1/0", "１"]
)
def test_no_cell_stands_for_a_number_by_accident(cell: str, model: Reader) -> None:
    with pytest.raises(ModelError) as caught:
        model(SETTINGS, PEOPLE.replace("133", cell))
    assert caught.value.place is not None
    assert caught.value.place.line == 2


def test_a_division_by_0_is_refused(model: Reader) -> None:
    with pytest.raises(ModelError, match="Weight is divided by 0"):
        model(SETTINGS + "[table.scale]\nWeight = 0\n")


@pytest.mark.parametrize(
    "raw", [b"\x89PNG\0\0", b"x,y\n\xff,1\n", "x,y\n1,2\n".encode("utf-16"), b"a" * 1_000_000]
)
def test_what_is_no_table_is_refused(raw: bytes, model: Reader) -> None:
    with pytest.raises(ModelError):
        model(SETTINGS, raw)


@given(st.binary(max_size=100))
def test_any_bytes_are_a_table_or_refused(raw: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "samples.csv")
        path.write_bytes(b"x,y\n" + raw)
        with suppress(ModelError):
            read_table(path)
