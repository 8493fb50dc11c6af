package org.byoemail.inbound.mailbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.inbound.mailbox.MailMemory.Share;
import org.byoemail.inbound.mailbox.MailMemory.Share.Reservation;
import org.junit.jupiter.api.Test;

class MailMemoryTest {
  private final MailMemory memory = new MailMemory(100);
  private final List<String> woken = new ArrayList<>();

  @Test
  void whatIsTakenIsGivenBackWithAllThatFollowedIt() {
    Share share = share("a", "acme");
    Share other = share("b", "other");

    try (Reservation outer = share.take(20);
        Reservation inner = share.take(30)) {
      share.take(40);
      assertThatThrownBy(() -> other.take(11)).isInstanceOf(MailMemoryExhausted.class);
    }

    other.take(100);
  }

  @Test
  void mailThatIsAloneGetsAllThereIsAndNoMore() {
    Share share = share("a", "acme");
    Reservation first = share.take(30);

    share.take(1_000);

    assertThatThrownBy(() -> share("b", "other").take(1)).isInstanceOf(MailMemoryExhausted.class);
    first.close();
    share("b", "other").take(1);
  }

  @Test
  void oneServerHoldsThreeQuartersWhileNobodyElseWaits() {
    share("slow", "acme").take(50);

    share("slow", "beta").take(25);
    assertThatThrownBy(() -> share("slow", "gamma").take(1))
        .isInstanceOf(MailMemoryExhausted.class);
    share("quick", "gamma").take(25);
  }

  @Test
  void oneServerHoldsHalfWhileAMailboxElsewhereWaits() {
    share("slow", "acme").take(50);
    assertThatThrownBy(() -> share("quick", "other").take(51))
        .isInstanceOf(MailMemoryExhausted.class);

    assertThatThrownBy(() -> share("slow", "beta").take(1)).isInstanceOf(MailMemoryExhausted.class);
  }

  @Test
  void oneOrganizationHoldsThreeQuarters() {
    share("slow", "acme").take(50);
    share("quick", "acme").take(25);

    assertThatThrownBy(() -> share("third", "acme").take(1))
        .isInstanceOf(MailMemoryExhausted.class);
    share("third", "other").take(25);
  }

  @Test
  void whoWaitsLongestIsWokenAndServedFirst() {
    Reservation all = share("a", "one").take(100);
    Share large = share("large", "two");
    Share small = share("small", "three");
    assertThatThrownBy(() -> large.take(90)).isInstanceOf(MailMemoryExhausted.class);
    assertThatThrownBy(() -> small.take(20)).isInstanceOf(MailMemoryExhausted.class);

    all.close();

    assertThat(woken).containsExactly("large");
    assertThatThrownBy(() -> small.take(20)).isInstanceOf(MailMemoryExhausted.class);
    Reservation taken = large.take(90);
    taken.close();
    assertThat(woken).containsExactly("large", "small");
    small.take(20);
  }

  @Test
  void whoAsksForNothingAnyMoreHoldsUpNobody() {
    Reservation all = share("a", "one").take(100);
    Share large = share("large", "two");
    assertThatThrownBy(() -> large.take(90)).isInstanceOf(MailMemoryExhausted.class);
    all.close();

    large.close();

    share("small", "three").take(20);
  }

  private Share share(String server, String organization) {
    return memory.share(server, new OrganizationId(organization), () -> woken.add(server));
  }
}
