package org.byoemail.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which mails are waited for, and the codes and links in them. */
class MailMatchTest {

  @Test
  void everyGivenTextMustBeContained() {
    MailMatch match = new MailMatch("shop.test", null, "CODE", "sign in", false);

    assertThat(match.matches("no-reply@SHOP.test", List.of(), "Your code", null)).isTrue();
    assertThat(match.matches("no-reply@shop.test", List.of(), "Hello", null)).isFalse();
    assertThat(match.matches(null, List.of(), "Your code", null)).isFalse();
    assertThat(match.matchesText("To Sign In, type it.")).isTrue();
    assertThat(match.matchesText("Bye.")).isFalse();
    assertThat(
            new MailMatch(null, "me@a.test", null, null, false)
                .matches("x", List.of("me@b.test"), "", null))
        .isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "me@a.test, Me@A.test, true",
    "me@a.test, me@a.test.evil.example, false",
    "me@a.test, not-me@a.test, false",
    "a.test, me@a.test, false"
  })
  void recipientIsTheWholeAddress(String to, String recipient, boolean matches) {
    MailMatch match = new MailMatch(null, to, null, null, false);

    assertThat(match.matches("x", List.of("other@a.test", recipient), "", null)).isEqualTo(matches);
  }

  @ParameterizedTest
  @CsvSource({
    "github.com, noreply@GitHub.com, true",
    "@github.com, noreply@github.com, true",
    "github.com, noreply@mail.github.com, true",
    "github.com, noreply@github.com.evil.example, false",
    "github.com, x@notgithub.com, false",
    "github.com, github.com@evil.example, false",
    "NoReply@github.com, noreply@github.com, true",
    "reply@github.com, noreply@github.com, false",
    "github.com, github.com, false"
  })
  void senderIsTheWholeAddressOrADomain(String from, String sender, boolean matches) {
    MailMatch match = new MailMatch(from, null, null, null, false);

    assertThat(match.matches(sender, List.of(), "", null)).isEqualTo(matches);
  }

  @Test
  void unprovenSendersCanBePassedOver() {
    MailMatch match = new MailMatch(null, null, null, null, true);

    assertThat(match.matches("a@b.test", List.of(), "", "authentic")).isTrue();
    assertThat(match.matches("a@b.test", List.of(), "", "unproven")).isFalse();
    assertThat(match.matches("a@b.test", List.of(), "", null)).isFalse();
  }

  @Test
  void codesBesideTheWordComeFirst() {
    assertThat(
            MailMatch.codes(
                "Welcome", "© 2026 Shop\nYour verification code is:\n\n 493 201\n\nBye"))
        .containsExactly("493 201", "2026");
    assertThat(MailMatch.codes("G-204857 is your code", "")).containsExactly("G-204857");
    assertThat(MailMatch.codes("Code: AB12-9XYZ", "")).containsExactly("AB12-9XYZ");
    assertThat(MailMatch.codes("PIN 0042.", "")).containsExactly("0042");
  }

  @Test
  void namedCodeIsFoundAfterManyNumbersAndDirectlyAfterItsWord() {
    String numbers = "1001 1002 1003 1004 1005 1006 1007 1008 1009 1010 1011\n";

    assertThat(MailMatch.codes("", numbers + "Your code is 482913")).hasSize(10).contains("482913");
    assertThat(MailMatch.codes("Code:482913", "PIN=1234\nVerifizierungscode:77-AB12"))
        .containsExactly("482913", "1234", "77-AB12");
    assertThat(MailMatch.codes("", "https://a.test/x?code=4829&my_code=4830&authcode:4831"))
        .isEmpty();
  }

  @Test
  void numbersThatArePartsOfOthersAreNoCodes() {
    assertThat(
            MailMatch.codes(
                "", "Order 12345678901, 1,234.50 EUR, 2026-11-30, https://a.test/1234, x1234"))
        .isEmpty();
  }

  @Test
  void linksEndBeforePunctuation() {
    assertThat(
            MailMatch.links(
                "See <https://a.test/x?t=1&u=2>, (http://b.test/y). Or https://a.test/x?t=1&u=2"))
        .containsExactly("https://a.test/x?t=1&u=2", "http://b.test/y");
    assertThat(MailMatch.links("javascript:alert(1) mailto:a@b.test")).isEmpty();
  }

  @Test
  void longTextsTakeNoLongTime() {
    String text = "A1-".repeat(30_000) + "1 ".repeat(30_000) + "http://".repeat(10_000);

    assertThat(MailMatch.codes("", text)).hasSizeLessThanOrEqualTo(10);
    assertThat(MailMatch.links(text)).hasSizeLessThanOrEqualTo(20);
  }
}
