from rag.language.quotation import quoted


def test_words_stand_in_the_quotation_marks_of_the_language():
    assert quoted(["ЕАЭС", "СНГ"], "ru") == "«ЕАЭС», «СНГ»"
    assert quoted(["EAEU", "CIS"], "en") == "“EAEU”, “CIS”"
