"""A CSV is read by columns only where each cell stands on one line."""

from __future__ import annotations

import tracemalloc

import pytest

from needs_assessment.tables.columns import read_even_csv


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ('a,b\n"1",2\n3,4\n', [["1", "3"], ["2", "4"]]),
        ('a,b\n1,2\n"3",4', [["1", "3"], ["2", "4"]]),
        ('a,b\n"1,1","2"\n3,4\n', [["1,1", "3"], ["2", "4"]]),
        ('a,b\n"1\n",2\n3,4\n', None),
        ('a,b\n1,"2\n3,4"\n', None),
        ('a,b\n"1",2\n3,"4\n', None),
        ('a,b\n1,2\n3,"4', None),
    ],
)
def test_a_cell_over_two_lines_is_left_to_the_row_reader(text: str, read: list[list[str]] | None) -> None:
    table = read_even_csv(text, ",", "t.csv", "")
    assert (table is None) == (read is None)
    if table is not None:
        assert [array.to_pylist() for array in table.arrays] == read


def test_no_list_is_made_of_the_lines() -> None:
    text = 'a,b\n"' + "x,\n" * 1_000_000
    tracemalloc.start()
    try:
        assert read_even_csv(text, ",", "t.csv", "") is None
        assert tracemalloc.get_traced_memory()[1] < 2 * len(text)
    finally:
        tracemalloc.stop()
