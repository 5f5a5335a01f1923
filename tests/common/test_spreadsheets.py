import pytest

from registration.common.spreadsheets import bare_cell, csv_bytes, csv_line, delimiter_of, safe_cell


@pytest.mark.parametrize("cell", ["=1+1", "+84", "-5", "@x", "\t=1", "\r=1", "\n=1"])
def test_cell_is_no_formula(cell: str) -> None:
    assert safe_cell(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "Đặng", "a=1", "'=1", " =1"])
def test_cell_that_is_no_formula_stays(cell: str) -> None:
    assert safe_cell(cell) == cell


@pytest.mark.parametrize(
    ("cell", "bare"), [("'=1+1", "=1+1"), (" '+84 ", "+84"), ("'Ngọc'", "'Ngọc'"), ("a ", "a")]
)
def test_apostrophe_is_taken_off_only_before_a_formula(cell: str, bare: str) -> None:
    assert bare_cell(cell) == bare


def test_line_quotes_what_it_must_or_all() -> None:
    cells = ["Ayşe, Linh", "=1", ""]

    assert csv_line(cells) == '"Ayşe, Linh",\'=1,\r\n'
    assert csv_line(cells, delimiter=";") == "Ayşe, Linh;'=1;\r\n"
    assert csv_line(cells, quotes_all=True) == '"Ayşe, Linh","\'=1",""\r\n'


@pytest.mark.parametrize(("language", "mark"), [("en", ","), ("tr", ";"), ("vi", ";")])
def test_cells_are_parted_as_the_language_does(language: str, mark: str) -> None:
    assert delimiter_of(language) == mark


def test_file_begins_with_the_mark_of_utf_8() -> None:
    assert csv_bytes([["Ş", "b"], ["1", "2"]]) == b"\xef\xbb\xbf\xc5\x9e,b\r\n1,2\r\n"
