package org.byoemail.outbound.suppression;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressRefusalsTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          550 5.1.1 <a@b.test>: Recipient address rejected: User unknown in relay recipient table | no_such_recipient
          550-5.1.1 The email account that you tried to reach does not exist.                      | no_such_recipient
          550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup    | no_such_recipient
          551 5.1.6 the user has moved                                                             | no_such_recipient
          550-5.2.1 The email account that you tried to reach is disabled.                         | disabled_recipient
          550 No such user here                                                                    | no_such_recipient
          554 delivery error: dd This user doesn't have a yahoo.com account                        | no_such_recipient
          550 5.1.0 <policy@b.test> unknown user                                                   | no_such_recipient
          550 5.4.4 Host or domain name not found. Name service error                              | no_such_host
          550 5.1.2 <a@b.test>: no such domain                                                     | no_such_host
          556 5.1.10 the domain does not accept mail                                               | no_such_recipient
          550 5.1.1 User unknown; the mail from <ada@a.test> is returned to its sender             | no_such_recipient
          550 no such user, please check the address and resend your message                       | no_such_recipient
          550 5.1.1 recipient callout failed: no such user                                         | no_such_recipient
          550 5.1.1 returned to sender: unknown user                                               | no_such_recipient
          """)
  void refusalAboutTheAddressSuppresses(String words, String reason) {
    assertThat(AddressRefusals.reason(null, words).map(SuppressionReason::word)).contains(reason);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          550 5.7.1 no such user, by our policy
          550 5.2.1 Mailbox unavailable. Your IP address 192.0.2.1 is blacklisted
          552 5.2.2 the mailbox is full
          550 5.1.1 quota exceeded
          450 4.1.1 no such user, yet
          450 no such user, yet
          550 5.1.0 <a@b.test>: Sender address rejected: User unknown in local recipient table
          550 5.3.4 message size exceeds the limit
          530 5.7.0 authentication required
          550 5.4.1 Recipient address rejected: Access denied
          554 5.7.1 relay access denied
          550 something went wrong
          550 Domain of sender address does not exist
          553 5.0.0 Domain of sender address s5@acme.example.test does not exist
          550 This server does not accept mail from acme.example.test
          550 we do not accept mail from you
          550 5.1.0 the sender's domain does not exist
          550 unknown sender
          550 5.0.0 mail from acme.example.test is refused: no such domain
          550 host not found: reverse DNS lookup of your IP failed
          550 5.1.2 envelope-from: domain not found
          554 rejecting messages from this country
          550 5.1.1 The sender's server says: no such user
          550 5.1.1 callout failed, sender's host replied: user unknown
          550 5.1.1 MAIL FROM address does not exist
          550 mail from does not exist
          """)
  void refusalForAnythingElseDoesNot(String words) {
    assertThat(AddressRefusals.reason(null, words)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"5.1.1, true", "5.7.1, false", "4.1.1, false"})
  void statusOfAReportCountsBeforeTheOneInItsWords(String status, boolean suppresses) {
    assertThat(AddressRefusals.reason(status, "550 5.1.1 no such user").isPresent())
        .isEqualTo(suppresses);
  }
}
