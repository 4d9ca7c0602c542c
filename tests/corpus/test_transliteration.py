import pytest

from corpus.transliteration import romanised


@pytest.mark.parametrize(
    ("russian", "latin"),
    [
        ("Бахлова Ольга Владимировна", "Bakhlova Ol’ga Vladimirovna"),
        ("Евразийский экономический союз", "Yevraziyskiy ekonomicheskiy soyuz"),
        ("поезд, объект, объём, Ельцин, Горбачёв", "poyezd, ob”yekt, ob”yëm, Yel’tsin, Gorbachëv"),
        (
            "Щедрин, Жуков, Цой, Чехов, Шишкин, Хабаровск, крупный",
            "Shchedrin, Zhukov, Tsoy, Chekhov, Shishkin, Khabarovsk, krupnyy",
        ),
        ("Ю. Я. Щука и Ж. Э. Юон", "Yu. Ya. Shchuka i Zh. E. Yuon"),
        ("ЕАЭС и ЮНЕСКО", "YEAES i YUNESKO"),
        ("Їжакевич, Ґалаґан, Мінск, Быкаў", "Yizhakevich, Galagan, Minsk, Bykaw"),
        ("Regionology, No. 1 — «»", "Regionology, No. 1 — «»"),
    ],
)
def test_letters_follow_the_table_of_bgn_pcgn(russian, latin):
    assert romanised(russian) == latin
