package org.byoemail.inbound.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.byoemail.inbound.ingest.InboundFixture.await;
import static org.byoemail.inbound.ingest.InboundFixture.mail;
import static org.byoemail.inbound.ingest.InboundFixture.open;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.ServerSettings.Security;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.inbound.ingest.HeldCorrespondents.Held;
import org.byoemail.inbound.ingest.InboundFixture.Server;
import org.byoemail.support.GreenMailServer;
import org.byoemail.support.MailUser;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.TestPropertySource;

/** What is put aside by the real routes, and how it gets out again. */
@InboundRoutesTest
@TestPropertySource(
    properties = {
      "byo.mailbox.login-interval=0ms",
      "byo.inbound.max-message-size=16KB",
      "byo.inbound.max-report-size=8KB",
      "byo.inbound.loop-limit=3"
    })
class QuarantineFlowTest {
  @RegisterExtension static final GreenMailServer GREENMAIL = GreenMailServer.shared();

  private static final String ANN = "ann@else.test";

  @Autowired InboundFixture fixture;
  @Autowired Quarantine quarantine;
  @Autowired HeldCorrespondents correspondents;
  @Autowired Inbox inbox;

  private Account watched;

  @AfterEach
  void stop() {
    fixture.unbreak();
    if (watched != null) {
      fixture.disable(watched);
    }
  }

  @Test
  void retriedMailBecomesAMessageOnce() throws Exception {
    UUID mail = poisoned("poison");
    fixture.unbreak();

    ExecutorService threads = Executors.newFixedThreadPool(4);
    List<Future<?>> retries = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      retries.add(threads.submit(() -> retryUnlessDone(mail)));
    }
    for (Future<?> retry : retries) {
      retry.get();
    }
    threads.shutdown();

    InboxEntry item = inbox.find(null, mail).orElseThrow();
    assertThat(item.status()).isEqualTo(InboundStatus.INGESTED);
    assertThat(item.message()).isNotNull();
    assertThat(fixture.messages(watched)).containsExactly("poison");
    assertThat(fixture.events(watched)).containsExactly("message.quarantined", "message.received");
    assertThat(inbox.raw(item).orElseThrow())
        .asString(StandardCharsets.UTF_8)
        .contains("This is poison.");
    assertThatThrownBy(() -> quarantine.retry(null, mail)).isInstanceOf(RetryRefused.class);
  }

  private void retryUnlessDone(UUID mail) {
    try {
      quarantine.retry(null, mail);
    } catch (RetryRefused done) {
      assertThat(done).hasMessageContaining("ingested");
    }
  }

  @Test
  void mailThatFailsAgainStaysWithItsReasonAndIsToldOnce() {
    UUID mail = poisoned("poison");

    InboxEntry item = quarantine.retry(null, mail).orElseThrow();

    assertThat(item.status()).isEqualTo(InboundStatus.QUARANTINED);
    assertThat(item.reason()).contains("as the test wants");
    assertThat(fixture.events(watched)).containsExactly("message.quarantined");
    assertThat(fixture.messages(watched)).isEmpty();
  }

  @Test
  void mailOfAnotherOrganizationIsNotThere() {
    UUID mail = poisoned("poison");

    assertThat(quarantine.retry(new OrganizationId("another"), mail)).isEmpty();
  }

  @Test
  void mailOfWhichOnlyTheHeaderIsKeptIsFetchedAgain() {
    MailUser user = watch();
    byte[] oversize =
        (new String(mail(ANN, "oversize"), StandardCharsets.US_ASCII)
                + "0123456789\r\n".repeat(2_000))
            .getBytes(StandardCharsets.US_ASCII);
    GREENMAIL.deliver(user, oversize);
    UUID mail = awaitQuarantined("oversize");
    GREENMAIL.deliver(user, mail(ANN, "after"));
    await("after", () -> fixture.messages(watched), List.of("after")::equals);
    long cursor = fixture.lastUid(watched);

    InboxEntry waiting = quarantine.retry(new OrganizationId("acme"), mail).orElseThrow();

    assertThat(waiting.headerOnly()).isTrue();
    assertThat(waiting.refetchAt()).isNotNull();
    InboxEntry tried =
        await(
            "the second try",
            () -> inbox.find(null, mail).orElseThrow(),
            item -> item.refetchAt() == null);
    assertThat(tried.status()).isEqualTo(InboundStatus.QUARANTINED);
    assertThat(tried.reason()).contains("bytes");
    assertThat(fixture.lastUid(watched)).isEqualTo(cursor);
  }

  @Test
  void mailThatIsGoneFromItsMailboxSaysSo() {
    MailUser user = watch();
    GREENMAIL.deliver(user, mail(ANN, "first"));
    await("first", () -> fixture.messages(watched), List.of("first")::equals);
    UUID mail = fixture.unfetchable(watched, 999);

    quarantine.retry(new OrganizationId("acme"), mail);

    InboxEntry tried =
        await(
            "the second try",
            () -> inbox.find(null, mail).orElseThrow(),
            item -> item.refetchAt() == null);
    assertThat(tried.reason()).contains("no longer in the mailbox");
  }

  @Test
  void unfetchableMailIsTakenInOnceItsServerGivesIt() {
    MailUser user = watch();
    GREENMAIL.deliver(user, mail(ANN, "late"));
    await("late", () -> fixture.messages(watched), List.of("late")::equals);
    UUID mail = fixture.asIfUnfetchable(watched);

    quarantine.retry(new OrganizationId("acme"), mail);

    await("late", () -> fixture.messages(watched), List.of("late", "late")::equals);
    InboxEntry item = inbox.find(null, mail).orElseThrow();
    assertThat(item.status()).isEqualTo(InboundStatus.INGESTED);
    assertThat(item.headerOnly()).isFalse();
    assertThat(inbox.raw(item).orElseThrow())
        .asString(StandardCharsets.UTF_8)
        .contains("This is late.");
  }

  @Test
  void correspondentInALoopIsHeldUntilThatIsLifted() {
    MailUser user = watch();
    EmailAddress ann = EmailAddress.parse(ANN);
    for (int i = 0; i < 5; i++) {
      fixture.wroteTo(watched, ANN);
    }
    for (int i = 0; i < 4; i++) {
      GREENMAIL.deliver(user, mail(ANN, "answer " + i));
      int mails = i + 1;
      await("mail " + i, () -> fixture.rows(watched).size(), n -> n == mails);
    }

    assertThat(fixture.subjects(watched, "ingested"))
        .containsExactly("answer 0", "answer 1", "answer 2");
    assertThat(fixture.subjects(watched, "quarantined")).containsExactly("answer 3");
    assertThat(fixture.events(watched)).containsOnlyOnce("correspondent.held");
    assertThat(correspondents.of(watched.agent())).extracting(Held::address).containsExactly(ANN);
    GREENMAIL.deliver(user, mail("ben@else.test", "from another"));
    await("ben", () -> fixture.messages(watched), all -> all.contains("from another"));

    assertThat(correspondents.lift(watched.agent(), ann)).isTrue();
    GREENMAIL.deliver(user, mail(ANN, "after"));
    await("after", () -> fixture.messages(watched), all -> all.contains("after"));
    assertThat(correspondents.of(watched.agent())).isEmpty();
    assertThat(correspondents.lift(watched.agent(), ann)).isFalse();
  }

  @Test
  void manyMailsFromOneSenderAreNoLoopWhereNobodyAnswers() {
    MailUser user = watch();
    List<String> sent = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      sent.add("mail " + i);
      GREENMAIL.deliver(user, mail(ANN, "mail " + i));
    }

    await("all", () -> fixture.messages(watched), sent::equals);

    assertThat(correspondents.of(watched.agent())).isEmpty();
  }

  private UUID poisoned(String subject) {
    MailUser user = watch();
    fixture.breakMessagesWithSubject(subject, "22P05");
    GREENMAIL.deliver(user, mail(ANN, subject));
    return awaitQuarantined(subject);
  }

  private UUID awaitQuarantined(String subject) {
    await(
        "the quarantine", () -> fixture.subjects(watched, "quarantined"), List.of(subject)::equals);
    return (UUID)
        fixture.rows(watched).stream()
            .filter(row -> row.get("status").equals("quarantined"))
            .findFirst()
            .orElseThrow()
            .get("id");
  }

  private MailUser watch() {
    MailUser user = GREENMAIL.freshUser("agent");
    watched =
        fixture.enable(
            fixture.account(user, new Server(GREENMAIL.imapPort(), Security.NONE, true), open()));
    return user;
  }
}
