from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import UnreadableFile
from corpus.readers.encodings import decode
from tests.corpus.made_up import texts

_RUSSIAN = "Смоленск и Витебск торгуют друг с другом дольше, чем существует Союзное государство."
_CAPITALS = "СОЮЗНОЕ ГОСУДАРСТВО: РЕГИОНЫ И ГРАНИЦЫ. ВЕСТНИК ИНТЕГРАЦИИ, № 12"


@given(texts)
def test_utf8_without_misread_russian_stays_as_it_is(text):
    try:
        decoded, notes = decode(text.encode())
    except UnreadableFile:
        assert any(ord(character) < 32 for character in text)
    else:
        assert decoded == text or notes[0].startswith("mended")


@pytest.mark.parametrize("encoding", ["cp1251", "koi8-r", "cp866", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", [_RUSSIAN, _CAPITALS.replace("№", "N"), f"Union State. {_RUSSIAN}\r\n" * 20])
def test_russian_in_a_certain_encoding_is_read(text, encoding):
    assert decode(text.encode(encoding)) == (text, (f"read as {encoding.upper()}",))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
def test_a_byte_order_mark_decides(encoding):
    assert decode("Ы".encode(encoding)) == ("Ы", (f"read as {encoding.upper()}",))


def test_a_mark_of_utf8_is_a_character_of_the_text():
    assert decode("\ufeffText".encode()) == ("\ufeffText", ())


def test_english_with_the_quotes_of_windows_is_read():
    text = "“The Union’s” budget – 4 billion…"
    assert decode(text.encode("cp1252")) == (text, ("read as CP1252",))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ("текст".encode("cp1251"), r"not UTF-8 \(byte 0xf2 at offset 0\), nor certainly another .* save the file"),
        ("Le café est cher".encode("cp1252"), "nor certainly another encoding"),
        ("Türkiye ve Özbekistan, Kırgızistan ".encode("cp1254") * 9, "nor certainly another encoding"),
        ("Łódź, Kraków, Żywiec, Świnoujście ".encode("cp1250") * 9, "nor certainly another encoding"),
        (b"good until \xff here", "at offset 11"),
        ("Союз".encode("utf-16")[:-1], "damaged UTF-16"),
        (b"\xff\xfe\x00\xd8\x00\xd8", "damaged UTF-16"),
        (b"\x00\x01\x02\x03 text", "binary"),
        (b"text \x01\x02\x03\x04", "binary"),
        (b"\xed\xa0\x80 lone surrogate", "not UTF-8"),
    ],
)
def test_what_is_not_certain_is_refused(data, reason):
    with pytest.raises(UnreadableFile, match=reason):
        decode(data)


@pytest.mark.parametrize(
    ("wrong", "right"),
    [("cp1251", "utf-8"), ("cp1252", "cp1251"), ("koi8-r", "cp1251"), ("cp1251", "koi8-r"), ("koi8-r", "utf-8")],
)
def test_text_that_was_read_wrongly_once_is_mended(wrong, right):
    text = _RUSSIAN.replace("И", "и")
    misread = text.encode(right).decode(wrong)
    assert decode(misread.encode()) == (text, (f"mended: {right.upper()} had been read as {wrong.upper()}",))


def test_a_byte_that_the_wrong_encoding_leaves_undefined_is_no_obstacle():
    misread = "".join(
        bytes([byte]).decode("cp1251", "ignore") or chr(byte) for byte in f"Интеграция. {_RUSSIAN}".encode()
    )
    assert decode(misread.encode())[0] == f"Интеграция. {_RUSSIAN}"


def test_text_that_is_garbled_in_part_is_left_alone_and_said():
    text = f"{_RUSSIAN} {_RUSSIAN.encode().decode('cp1251', 'ignore')} €"
    decoded, notes = decode(text.encode())
    assert decoded == text
    assert notes == ("some of it looks garbled; it was left as it is",)


@pytest.mark.parametrize("text", [_RUSSIAN, _CAPITALS, "Łódź “quoted” — №5", "РСФСР, СССР и РСДРП", "Ñandú, Ðorđe"])
def test_sound_text_is_neither_mended_nor_suspected(text):
    assert decode(text.encode()) == (text, ())


@given(st.binary(max_size=200))
def test_bytes_of_no_encoding_in_particular_are_refused_or_read_with_a_note(data):
    with suppress(UnreadableFile):
        text, notes = decode(data)
        assert notes or text.encode() == data
