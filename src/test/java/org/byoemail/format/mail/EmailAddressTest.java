package org.byoemail.format.mail;

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

  /** Senders of lists and tickets encode whole addresses into theirs, and want an answer there. */
  @Test
  void partBeforeTheAtIsAsLongAsItsOwnerMakesIt() {
    String written = "reply+" + "A".repeat(80) + "@x.test";

    assertThat(EmailAddress.parse(written).written()).isEqualTo(written);
  }

  @Test
  void caseOfThePartBeforeTheAtIsKeptAndNotCompared() {
    EmailAddress address = EmailAddress.parse("John.Doe@X.Test");

    assertThat(address.written()).isEqualTo("John.Doe@x.test");
    assertThat(address.value()).isEqualTo("john.doe@x.test");
    assertThat(address).isEqualTo(EmailAddress.parse("john.doe@x.test"));
    assertThat(address).hasSameHashCodeAs(EmailAddress.parse("john.doe@x.test"));
  }

  @ParameterizedTest
  @CsvSource({
    "John.Doe@X.Test, John.Doe@x.test",
    "john@x.test, john@x.test",
    "Jo..hn@x.test, \"jo..hn\"@x.test",
    "JÖRG@x.test, jörg@x.test"
  })
  void mailboxIsAsWrittenWhereLowerCaseAloneIsTheComparedForm(String written, String mailbox) {
    EmailAddress address = EmailAddress.parse(written);

    assertThat(address.mailbox()).isEqualTo(mailbox);
    assertThat(EmailAddress.ofMailbox(mailbox)).isEqualTo(address);
  }

  @ParameterizedTest
  @CsvSource({
    "root@my_host.local, my_host.local",
    "scan@[192.168.1.20], [192.168.1.20]",
    "a@host., host.",
    "a@host-.test, host-.test",
    "two words@x.test, x.test",
    "Daemon, ''",
    "a@b@c.test, c.test"
  })
  void whatIsNoAddressByTheStandardsIsKeptWhereItWasReceived(String text, String domain) {
    EmailAddress address = EmailAddress.received(text).orElseThrow();

    assertThat(address.written()).isEqualTo(text);
    assertThat(address.domain()).isEqualTo(domain);
    assertThat(address.isValid()).isFalse();
    assertThat(EmailAddress.received(text.toUpperCase(java.util.Locale.ROOT))).contains(address);
  }

  @Test
  void whatFitsNoIndexIsNoAddress() {
    assertThat(EmailAddress.received("a".repeat(600) + "@x.test")).isEmpty();
    assertThat(EmailAddress.received("")).isEmpty();
  }

  @Test
  void lengthsAreThoseOfTheStandard() {
    assertThat(EmailAddress.parse("a".repeat(64) + "@x.test")).isNotNull();
    assertThatThrownBy(() -> EmailAddress.parse("a@" + "b.".repeat(130) + "test"))
        .hasMessageContaining("254");
  }
}
