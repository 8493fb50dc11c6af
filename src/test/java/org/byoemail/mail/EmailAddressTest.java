package org.byoemail.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EmailAddressTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "Ada@Example.ORG | ada@example.org",
        "a..b@docomo.ne.jp | \"a..b\"@docomo.ne.jp",
        "a.b.@ezweb.ne.jp | \"a.b.\"@ezweb.ne.jp",
        ".a@ezweb.ne.jp | \".a\"@ezweb.ne.jp",
        "\"a..b\"@docomo.ne.jp | \"a..b\"@docomo.ne.jp",
        "\"ada\"@example.org | ada@example.org",
        "\"a\\da\"@example.org | ada@example.org",
        "\"a b\"@example.org | \"a b\"@example.org",
        "jörg@bücher.example | jörg@xn--bcher-kva.example",
        "用户@例子.广告 | 用户@xn--fsqu00a.xn--4rr70v",
        "jörg@example.org | jörg@example.org"
      })
  void sameAddressHasOneForm(String written, String value) {
    EmailAddress address = EmailAddress.parse(written);

    assertThat(address.value()).isEqualTo(value);
    assertThat(EmailAddress.parse(value)).isEqualTo(address);
  }

  @Test
  void quotesThatPeopleDoNotWriteAreNotShown() {
    assertThat(EmailAddress.parse("a..b.@docomo.test").unquoted()).isEqualTo("a..b.@docomo.test");
    assertThat(EmailAddress.parse("a.b@x.test").unquoted()).isEqualTo("a.b@x.test");
    assertThat(EmailAddress.parse("\"a b\"@x.test").unquoted()).isEqualTo("\"a b\"@x.test");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "ada",
        "@x.test",
        "ada@",
        "a b@x.test",
        "a@b@x.test",
        "a@x..test",
        "a@-x.test",
        "\"a@x.test",
        "\"a\"b\"@x.test",
        "a,b@x.test",
        "a<b@x.test",
        "a\r\nb@x.test",
        "\"a\r\nb\"@x.test",
        "\"a\\\n\"@x.test",
        "a\u0000@x.test",
        "a@x\u0000.test",
        "a@x.test>"
      })
  void whatIsNoAddressIsRefused(String written) {
    assertThatThrownBy(() -> EmailAddress.parse(written))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void lengthsAreThoseOfTheStandard() {
    assertThat(EmailAddress.parse("a".repeat(64) + "@x.test")).isNotNull();
    assertThatThrownBy(() -> EmailAddress.parse("a".repeat(65) + "@x.test"))
        .hasMessageContaining("64");
    assertThatThrownBy(() -> EmailAddress.parse("a@" + "b.".repeat(130) + "test"))
        .hasMessageContaining("254");
  }
}
