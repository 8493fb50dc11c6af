package org.byoemail.format.mail;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MessageIdTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "<1@x.test> | 1@x.test",
        "1@x.test | 1@x.test",
        "< 1@x.test > | 1@x.test",
        "<1 @ x.test> | 1@x.test",
        "<1@x\t.test> | 1@x.test",
        "<1@x.test | 1@x.test",
        "1@x.test> | 1@x.test",
        "a,b@x.test | a,b@x.test",
        "<a b> | ab",
        "id-1 | id-1",
        "1@x.test 2@x.test | 1@x.test",
        "Your mail of \"Mon, 1 Jan\" <1@x.test> | 1@x.test",
        "ada@x.test's mail <1@y.test> | 1@y.test",
        "=?utf-8?q?=3C1=40x=2Etest=3E?= | 1@x.test",
        "=?utf-8?q?=3Clong-long-?= =?utf-8?q?id=40x=2Etest=3E?= | long-long-id@x.test",
        "=?us-ascii?B?PDFAeC50ZXN0Pg==?= | 1@x.test",
      })
  void idIsReadHoweverItIsWritten(String field, String id) {
    assertThat(MessageId.parse(field)).contains(new MessageId(id));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "<1@x> <2@x> | 1@x 2@x",
        "<1@x><2@x> | 1@x 2@x",
        "<1@x>,<2@x>, | 1@x 2@x",
        "1@x 2@x | 1@x 2@x",
        "1@x,2@x; 3@x | 1@x 2@x 3@x",
        "<1@x> 2@x | 1@x 2@x",
        "1@x,<2@x> | 1@x 2@x",
        "1@x <2@x> 3@x | 1@x 2@x 3@x",
        "Your mail of Monday <2@x> | 2@x",
        "<1@x <2@x> | 1@x 2@x",
        "<1@x 2@x> | 1@x 2@x",
        "< 1@x\t> <2@ x> | 1@x 2@x",
        "=?utf-8?q?=3C1=40x=3E_=3C2=40x=3E?= | 1@x 2@x",
        "nothing | ''",
      })
  void referencesAreReadHoweverTheyAreWritten(String field, String ids) {
    assertThat(MessageId.parseAll(field))
        .extracting(MessageId::value)
        .containsExactly(ids.isEmpty() ? new String[0] : ids.split(" "));
  }

  @ParameterizedTest
  @ValueSource(strings = {"<", "<<a", "@ ", "a@ ", "<a@b", "=?u?q?<", "\"", ",;"})
  void hostileFieldIsReadInTime(String unit) {
    String field = unit.repeat((64 << 10) / unit.length());

    Assertions.assertTimeout(
        Duration.ofSeconds(2),
        () -> {
          MessageId.parse(field);
          MessageId.parseAll(field);
        });
  }

  @Test
  void emptyFieldHoldsNone() {
    assertThat(MessageId.parse("<>")).isEmpty();
    assertThat(MessageId.parse(" ")).isEmpty();
    assertThat(MessageId.parse(null)).isEmpty();
    assertThat(MessageId.parseAll(null)).isEmpty();
  }
}
