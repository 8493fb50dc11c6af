package org.byoemail.inbound.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.byoemail.account.provider.Providers;
import org.byoemail.format.mail.AgentId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.NamedAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LookalikesTest {
  private static final List<String> CONTACTS =
      List.of("ann@contact.test", "@bank.example", "mallory.smith@gmail.com");
  private static final EmailAddress OWN = EmailAddress.parse("agent@our-company.test");

  private final AgentId agent = AgentId.next();
  private int asked;
  private final Lookalikes lookalikes =
      new Lookalikes(this::namesOf, new Providers(), Clock.systemUTC());

  /** Ann's name is known from her mail. */
  private List<NamedAddress> namesOf(AgentId of, List<EmailAddress> addresses) {
    asked++;
    return List.of(new NamedAddress("Ann Other", EmailAddress.parse("ann@contact.test")));
  }

  @ParameterizedTest
  @CsvSource({
    "ann@c0ntact.test, looks like ann@contact.test",
    "ann@cоntact.test, looks like ann@contact.test",
    "bob@cοntact.test, looks like contact.test",
    "service@xn--bnk-6cd.example, looks like bank.example",
    "mallory.srnith@gmail.com, looks like mallory.smith@gmail.com",
    "boss@0ur-company.test, looks like our-company.test",
    "boss@our-cornpany.test, looks like our-company.test",
    "boss@our-compny.test, is one letter off @our-company.test",
    "ann@contcat.test, is one letter off ann@contact.test",
    "ann@contacts.test, is one letter off ann@contact.test",
    "ann@contct.test, is one letter off ann@contact.test",
    "anne@contact.test, is one letter off ann@contact.test",
    "eve@contact.tset, is one letter off ann@contact.test",
    "service@bamk.example, is one letter off @bank.example",
    "bob@contact.test,",
    "ann@other.test,",
    "bob@gmail.com,",
    "bob@ymail.com,",
    "an@elsewhere.test,"
  })
  void addressesThatLookLikeAContactAreFound(String sender, String found) {
    EmailAddress address = EmailAddress.parse(sender);

    assertThat(lookalikes.find(agent, CONTACTS, OWN, new NamedAddress("", address)).orElse(null))
        .isEqualTo(found == null ? null : address + " " + found);
  }

  @ParameterizedTest
  @CsvSource({
    "Ann Other, eve@elsewhere.test, true",
    "'Other, Ann', eve@elsewhere.test, false",
    "ann  OTHER, eve@elsewhere.test, true",
    "Аnn Оther, eve@elsewhere.test, true",
    "Ann 0ther, eve@elsewhere.test, true",
    "Ann Mother, eve@elsewhere.test, false",
    "Ann, eve@elsewhere.test, false",
    "Ann Other, ann@contact.test, false"
  })
  void nameOfAContactBesideAnotherAddressIsFound(String name, String sender, boolean found) {
    NamedAddress from = new NamedAddress(name, EmailAddress.parse(sender));

    assertThat(lookalikes.find(agent, CONTACTS, OWN, from))
        .isEqualTo(
            found ? Optional.of(sender + " has the name of ann@contact.test") : Optional.empty());
  }

  @Test
  void contactsArePreparedOnceAndAgainWhenTheyChange() {
    List<String> many =
        IntStream.range(0, 10_000).mapToObj(i -> "person" + i + "@customer" + i + ".test").toList();
    NamedAddress from = new NamedAddress("", EmailAddress.parse("person7@cust0mer7.test"));
    List<String> more = new ArrayList<>(many);
    more.add("x@y.test");

    for (int i = 0; i < 100; i++) {
      assertThat(lookalikes.find(agent, many, OWN, from)).isPresent();
    }
    lookalikes.find(agent, more, OWN, from);

    assertThat(asked).isEqualTo(2);
  }
}
