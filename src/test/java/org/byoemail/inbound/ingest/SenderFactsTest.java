package org.byoemail.inbound.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.byoemail.format.mail.EmailAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SenderFactsTest {
  private static final List<String> CONTACTS = List.of("ann@contact.test", "@bank.example");

  @ParameterizedTest
  @CsvSource({
    "ann@c0ntact.test, ann@contact.test",
    "ann@contcat.test, ann@contact.test",
    "ann@contacts.test, ann@contact.test",
    "ann@contct.test, ann@contact.test",
    "anne@contact.test, ann@contact.test",
    "eve@contact.tset, ann@contact.test",
    "ann@cоntact.test, ann@contact.test",
    "service@xn--bnk-6cd.example, @bank.example",
    "service@bamk.example, @bank.example",
    "ann@contact.test,",
    "bob@contact.test,",
    "ann@other.test,",
    "service@bank.example,",
    "an@elsewhere.test,"
  })
  void addressesOneLetterOffAContactAreTold(String sender, String contact) {
    assertThat(SenderFacts.lookalike(EmailAddress.parse(sender), CONTACTS).orElse(null))
        .isEqualTo(contact);
  }
}
