package org.byoemail.outbound.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.AccountFixtures;
import org.byoemail.account.registry.ServerSettings.Security;
import org.byoemail.format.mail.AttemptId;
import org.byoemail.format.mail.StoredMessageId;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

/** Who may send how much at a time with 16 workers. */
class ServerConcurrencyLimiterTest {
  private static final Duration NEVER_SLOW = Duration.ofHours(1);
  private static final Duration SLOW_AT_ONCE = Duration.ofMillis(1);

  private final Map<String, String> addresses = new HashMap<>();

  @Test
  void serverThatIsNotKnownToBeQuickHasAQuarterOfTheWorkers() {
    ServerConcurrencyLimiter shares = shares(NEVER_SLOW);

    assertThat(begun(shares, 20, "acme", "mail.example.test")).hasSize(4);
    assertThat(begun(shares, 20, "other", "mail.other.test")).hasSize(4);
  }

  @Test
  void namesThatLeadToOneAddressAreOneServer() {
    ServerConcurrencyLimiter shares = shares(NEVER_SLOW);
    for (int i = 0; i < 20; i++) {
      addresses.put("mail-" + i + ".example.test", "192.0.2.1");
    }
    List<Claim> begun = new ArrayList<>();

    for (int i = 0; i < 20; i++) {
      begun.addAll(begun(shares, 1, "org-" + i, "mail-" + i + ".example.test"));
    }

    assertThat(begun).hasSize(4);
  }

  @Test
  void organizationHasHalfOfWhatServersThatAreNotKnownHave() {
    ServerConcurrencyLimiter shares = shares(NEVER_SLOW);
    List<Claim> begun = new ArrayList<>();

    for (int i = 0; i < 40; i++) {
      begun.addAll(begun(shares, 1, "acme", "mail-" + i + ".example.test"));
    }

    assertThat(begun).hasSize(16);
  }

  @Test
  void serversThatAreNotKnownHoldNoWorkers() {
    ServerConcurrencyLimiter shares = shares(NEVER_SLOW);
    answer(shares, "good", "mail.good.test");
    List<Claim> begun = new ArrayList<>();

    for (int i = 0; i < 40; i++) {
      begun.addAll(begun(shares, 1, "org-" + i, "mail-" + i + ".example.test"));
    }

    assertThat(begun).hasSize(32);
    assertThat(shares.uncounted()).isEqualTo(32);
    assertThat(begun(shares, 20, "good", "mail.good.test")).hasSize(20);
    assertThat(shares.uncounted()).isEqualTo(32);
  }

  @Test
  void serverThatKeepsTriesForLongIsQuickNoMoreAndHoldsNoWorkers() {
    ServerConcurrencyLimiter shares = shares(Duration.ofMillis(200));
    answer(shares, "acme", "mail.example.test");
    assertThat(begun(shares, 10, "acme", "mail.example.test")).hasSize(10);

    await().atMost(Duration.ofSeconds(5)).until(() -> shares.uncounted() == 10);

    assertThat(begun(shares, 10, "acme", "mail.example.test")).isEmpty();
  }

  @Test
  void accountWaitsWithAReasonWhereOthersDoNotAnswer() {
    ServerConcurrencyLimiter shares = shares(SLOW_AT_ONCE);
    begun(shares, 4, "acme", "mail.example.test");
    await().atMost(Duration.ofSeconds(5)).until(() -> shares.uncounted() == 4);

    ServerConcurrencyLimiter.Wait wait =
        shares.begin(claim(), account("acme", "mail.example.test"), 0);

    assertThat(wait.reason()).contains("mail.example.test");
    assertThat(wait.delay()).isPositive();
  }

  @Test
  void largeBodiesAreBegunAsTheHeapHasRoomAndOneAlwaysIs() {
    ServerConcurrencyLimiter shares = shares(NEVER_SLOW);
    Claim first = claim();

    assertThat(shares.begin(first, null, 3_000_000)).isNull();
    assertThat(shares.begin(claim(), null, 1)).isNotNull();
    assertThat(shares.begin(claim(), null, 0)).isNull();
    shares.ended(first.token());
    assertThat(shares.begin(claim(), null, 600_000)).isNull();
    assertThat(shares.begin(claim(), null, 400_000)).isNull();
    assertThat(shares.begin(claim(), null, 400_000)).isNotNull();
  }

  private ServerConcurrencyLimiter shares(Duration slowAfter) {
    return new ServerConcurrencyLimiter(
        new SendSettings(
            16,
            slowAfter,
            DataSize.ofBytes(1_000_000),
            Duration.ofMillis(200),
            Duration.ofSeconds(60),
            false,
            Duration.ofMinutes(15),
            true,
            Duration.ofHours(24),
            Duration.ofSeconds(30)),
        host -> addresses.getOrDefault(host, host));
  }

  private static void answer(ServerConcurrencyLimiter shares, String organization, String host) {
    Claim claim = begun(shares, 1, organization, host).get(0);
    shares.answered(claim);
    shares.ended(claim.token());
  }

  private static List<Claim> begun(
      ServerConcurrencyLimiter shares, int count, String organization, String host) {
    List<Claim> begun = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Claim claim = claim();
      if (shares.begin(claim, account(organization, host), 0) == null) {
        begun.add(claim);
      }
    }
    return begun;
  }

  private static Account account(String organization, String host) {
    return AccountFixtures.of(
        organization, AccountFixtures.sending(host, 587, Security.STARTTLS, "horse"));
  }

  private static Claim claim() {
    return new Claim(
        StoredMessageId.next(),
        UUID.randomUUID(),
        AttemptId.next(),
        1,
        null,
        0,
        false,
        0,
        null,
        false,
        null,
        false);
  }
}
