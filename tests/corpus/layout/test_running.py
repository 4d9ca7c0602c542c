from corpus.layout.running import without_running_rows
from corpus.layout.words import row_text
from tests.corpus.layout.made_words import row, rows, texts


def _page(number, header="Bulletin of Integration", footer="{}"):
    body = [f"line {n} of the text on page {chr(60 + number)} alone" for n in "abcdefgh"]
    return [*row(header.format(number), top=20), *rows(body), *row(footer.format(number), left=200, top=700)]


def _shown(page):
    return " ".join(texts(page))


def test_repeated_rows_at_the_edges_go_and_stay_once_as_those_of_the_first_page():
    kept, first, _ = without_running_rows([_page(1), _page(2), _page(3)])
    assert all("Bulletin" not in _shown(page) and _shown(page).startswith("line a") for page in kept)
    assert [row_text(found) for found in first] == ["Bulletin of Integration"]


def test_headers_of_odd_and_even_pages_go():
    pages = [_page(n, ("Bulletin {}", "{} I. Ivanov")[n % 2]) for n in range(1, 6)]
    assert not any(word in _shown(page) for page in without_running_rows(pages)[0] for word in ("Bulletin", "Ivanov"))


def test_headers_that_each_stand_once_go_with_the_number_of_their_page():
    pages = [_page(7, header=""), _page(8, "{} I. Ivanov", ""), _page(9, "On the Union State {}", "")]
    kept, _, numbers = without_running_rows(pages)
    assert all(_shown(page).startswith("line a") and _shown(page).endswith("alone") for page in kept)
    assert numbers == [7, 8, 9]


def test_rows_of_a_table_that_goes_on_overleaf_stay_though_they_are_numbered_like_pages():
    tables = [rows([f"{n} Region of {chr(97 + n)}" for n in range(5 * page, 5 * page + 5)]) for page in range(3)]
    assert [_shown(page) for page in without_running_rows(tables)[0]] == [_shown(page) for page in tables]


def test_a_row_that_repeats_at_another_height_or_in_the_middle_stays():
    pages = [[*_page(n), *row("There too.", top=145), *row(f"and below {chr(60 + n)}", top=400)] for n in (1, 2)]
    pages[0] += row("Once here.", top=640)
    pages[1] += row("Once here.", top=620)
    assert all("There too." in _shown(page) and "Once here." in _shown(page) for page in without_running_rows(pages)[0])


def test_printed_numbers_are_those_that_grow_with_the_pages():
    pages = [_page(n, header="Vol. 7, 2021. {}", footer="http://example.org/7") for n in (45, 46, 47, 48)]
    assert without_running_rows(pages)[2] == [45, 46, 47, 48]


def test_a_page_whose_number_is_not_printed_takes_its_place_between_the_others():
    pages = [_page(45), _page(46, footer="no number"), _page(47)]
    assert without_running_rows(pages)[2] == [45, 46, 47]


def test_numbers_that_do_not_grow_are_no_page_numbers():
    pages = [_page(n, header="Volume 7, 2021", footer="end") for n in range(4)]
    assert without_running_rows(pages)[2] == [None] * 4


def test_of_a_single_page_only_a_lone_number_goes():
    kept, first, numbers = without_running_rows([_page(45)])
    assert _shown(kept[0]).startswith("Bulletin of Integration line a")
    assert "45" not in texts(kept[0])[-3:]
    assert (first, numbers) == ([], [None])


def test_no_pages_have_nothing():
    assert without_running_rows([]) == ([], [], [])
