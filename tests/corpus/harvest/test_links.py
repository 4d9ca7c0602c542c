from corpus.harvest.links import file_links


def test_the_files_are_the_galleys_of_ojs_and_what_is_named_like_a_file():
    links = [
        "https://a.org/index.php/j/article/view/12",
        "https://doi.org/10.5555/1",
        "https://a.org/index.php/j/article/view/12/34",
        "https://b.org/1/paper.PDF?x=1",
        "https://a.org/index.php/j/article/download/12/34",
        "https://creativecommons.org/licenses/by/4.0/",
    ]
    assert file_links(links) == [
        "https://a.org/index.php/j/article/download/12/34",
        "https://b.org/1/paper.PDF?x=1",
    ]


def test_files_without_end_are_not_all_tried():
    assert file_links([f"https://a.org/{number}.pdf" for number in range(9)]) == [
        f"https://a.org/{number}.pdf" for number in range(3)
    ]
