package org.byoemail.format.mail;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CharsetsTest {
  private static byte[] bytes(String hex) {
    byte[] bytes = new byte[hex.length() / 2];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) Integer.parseInt(hex, i * 2, i * 2 + 2, 16);
    }
    return bytes;
  }

  /** The bytes in hex, and what they stand for. */
  @ParameterizedTest
  @CsvSource({
    "iso-8859-8-e, F9ECE5ED, שלום",
    "iso-8859-8-i, F9ECE5ED, שלום",
    "ISO-8859-6-I, C7E4, ال",
    "iso8859_15, A4, €",
    "iso_8859-15:1998, A4, €",
    "8859-15, A4, €",
    "latin-9, A4, €",
    "csISOLatin2, E8, č",
    "l2, E8, č",
    "iso-ir-101, E8, č",
    "iso-8859-10, BD, ―",
    "ISO-8859-14, F0, ŵ",
    "x-mac-roman, 8E, é",
    "macintosh, 8E, é",
    "x-mac-cyrillic, 8F, П",
    "x-mac-ce, 8B, č",
    "koi8-ru, F0, П",
    "koi8, F0, П",
    "cskoi8r, F0, П",
    "ru_RU.KOI8-R, F0, П",
    "de_DE.ISO8859-15@euro, A4, €",
    "en_US.utf8, C3A9, é",
    "win-1251, CF, П",
    "CP-1251, CF, П",
    "windows1251, CF, П",
    "x-cp1251, CF, П",
    "ANSI-1251, CF, П",
    "cp866, 8F, П",
    "ibm-866, 8F, П",
    "DOS-852, 9F, č",
    "28592, E8, č",
    "x-gbk, C4E3, 你",
    "GB_2312-80, C4E3, 你",
    "hz-gb-2312, 7E7B44634A477E7D2061, 你是 a",
    "cn-big5, A741, 你",
    "Big5-HKSCS, A741, 你",
    "x-x-big5, A741, 你",
    "iso-2022-jp-ms, 1B2442467C1B2842, 日",
    "csISO2022JP, 1B2442467C1B2842, 日",
    "x-euc-jp, C6FC, 日",
    "eucJP-ms, ADA1, ①",
    "x-sjis, 93FA, 日",
    "ms_kanji, 93FA, 日",
    "ks_c_5601-1987, BEC8, 안",
    "korean, BEC8, 안",
    "uhc, BEC8, 안",
    "johab, 8861, 가",
    "dos-874, A1, ก",
    "tis-620, A1, ก",
    "viscii, 80, Ạ",
    "armscii-8, B2, Ա",
    "georgian-ps, C0, ა",
    "kz-1048, AA, Ғ",
    "hp-roman8, C5, é",
    "x-IA5-German, 7B7C7D7E, äöüß",
    "utf-7, 2B414F6B2D2061, é a",
    "unicode-1-1-utf-7, 2B414F6B2D2B2D, é+",
    "unicode-1-1-utf-8, C3A9, é",
    "utf8mb4, C3A9, é",
    "utf8_ucs4, C3A9, é",
    "ibm-1208, C3A9, é",
    "tis620.2529-1, A1, ก",
    "hkscs, A741, 你",
    "x-mac-centralroman, 8B, č",
    "STRK1048-2002-KZ, AA, Ғ",
    "s_jisx0213, 93FA, 日",
    "ibm1051, C5, é",
    "csPC775Baltic, D1, č",
    "ibm-1386, C4E3, 你",
    "windows-cyrillic, CF, П",
    "cp65001, C3A9, é",
    "'us-ascii (Plain text)', 41, A",
    "'charset=iso-8859-2', E8, č",
    "'iso-8859-2; format=flowed', E8, č",
    "unicode, FEFF00E90041, éA",
  })
  void namesOfThirtyYearsAreKnown(String name, String hex, String text) {
    assertThat(Charsets.read(bytes(hex), name).text()).isEqualTo(text);
    assertThat(Charsets.isKnown(name)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "klingon", "utf-9000", "cp", "iso-8859-77", "8859", "_", "x"})
  void unknownNamesAreNone(String name) {
    assertThat(Charsets.isKnown(name)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "gb2312",
        "big5",
        "euc-kr",
        "shift_jis",
        "iso-2022-jp",
        "windows-1251",
        "koi8-r",
        "x"
      })
  void bytesThatAreUtf8AreReadSo(String label) {
    Charsets.Decoded read =
        Charsets.read("您好，附件是报价单 – café".getBytes(StandardCharsets.UTF_8), label);

    if (!label.equals("iso-2022-jp")) {
      assertThat(read.text()).isEqualTo("您好，附件是报价单 – café");
      assertThat(read.guessed()).isTrue();
    }
  }

  /** Two bytes of a name in GBK may be one character of UTF-8. */
  @Test
  void shortChineseNamesStayWhatTheyAreSaidToBe() {
    byte[] name = bytes("C2BEC3A7");

    assertThat(Charsets.read(name, "gb2312").text())
        .isEqualTo(new String(name, Charset.forName("GBK")));
    assertThat(Charsets.read(name, "gb2312").guessed()).isFalse();
    assertThat(Charsets.read(name, "iso-8859-2").text()).isEqualTo("¾ç");
  }

  @Test
  void oneSequenceAloneDoesNotContradictCyrillic() {
    byte[] two = bytes("C5B8");

    assertThat(Charsets.read(two, "windows-1251").text()).isEqualTo("Её");
  }

  @ParameterizedTest
  @ValueSource(strings = {"C080", "EDA080", "F4908080", "F5808080", "C3", "E28241", "80"})
  void whatOnlyLooksLikeUtf8IsNone(String hex) {
    assertThat(Utf8Sequences.in(bytes(hex + "41")).count()).isZero();
  }

  @Test
  void wideTextWithoutAsciiIsRead() {
    byte[] text = "日本語".getBytes(StandardCharsets.UTF_16BE);

    assertThat(Charsets.read(text, "utf-16be").text()).isEqualTo("日本語");
  }

  @Test
  void markOfTheByteOrderIsNoText() {
    assertThat(Charsets.read(bytes("EFBBBFC3A9"), "utf-8").text()).isEqualTo("é");
  }
}
