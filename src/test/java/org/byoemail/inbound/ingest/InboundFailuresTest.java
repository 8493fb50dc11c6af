package org.byoemail.inbound.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.time.Duration;
import org.apache.camel.NoSuchBeanException;
import org.apache.camel.RuntimeCamelException;
import org.byoemail.account.registry.AccountFixtures;
import org.byoemail.account.registry.AfterIngest;
import org.byoemail.account.registry.ServerSettings.Security;
import org.byoemail.format.mail.MailboxId;
import org.byoemail.inbound.mailbox.FetchedHeader;
import org.byoemail.inbound.mailbox.IncomingMail;
import org.byoemail.inbound.mailbox.IncomingMail.PriorFailures;
import org.byoemail.inbound.mailbox.MailboxContext;
import org.byoemail.inbound.mailbox.RawMail;
import org.byoemail.platform.lease.Lease;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.transaction.CannotCreateTransactionException;

class InboundFailuresTest {
  private final InboundFailures failures = new InboundFailures();

  @ParameterizedTest
  @CsvSource({
    "22021, true",
    "22P05, true",
    "54000, true",
    "23514, true",
    "23502, true",
    "23505, false",
    "23503, false",
    "40001, false",
    "53100, false",
    "57P01, false",
    "08006, false"
  })
  void dataThatTheDatabaseCannotHoldIsTheMails(String state, boolean ofTheMail) {
    Exception failure =
        new RuntimeCamelException(
            new DataIntegrityViolationException("x", new SQLException("x", state)));

    assertThat(failures.isOfTheMail(failure, mail(0))).isEqualTo(ofTheMail);
    assertThat(failures.isOfTheMail(failure, mail(100))).isEqualTo(ofTheMail);
  }

  @Test
  void whatCannotBeParsedIsTheMails() {
    assertThat(failures.isOfTheMail(new UnreadableMail("x", new RuntimeException()), mail(0)))
        .isTrue();
    assertThat(failures.isOfTheMail(new RuntimeException(new StackOverflowError()), mail(0)))
        .isTrue();
  }

  @Test
  void troubleOfOursIsNeverTheMails() {
    assertThat(failures.isOfTheMail(new CannotCreateTransactionException("x"), mail(100)))
        .isFalse();
    assertThat(failures.isOfTheMail(new QueryTimeoutException("x"), mail(100))).isFalse();
    assertThat(failures.isOfTheMail(new UncheckedIOException(new IOException("x")), mail(100)))
        .isFalse();
    assertThat(failures.isOfTheMail(new RuntimeException(new OutOfMemoryError()), mail(100)))
        .isFalse();
  }

  @Test
  void badlyEditedRouteIsNotTheMails() {
    assertThat(failures.isOfTheMail(new NoSuchBeanException("ingest"), mail(100))).isFalse();
  }

  @Test
  void whatIsNotRecognisedIsBlamedOnTheMailAtTheFifthTryOnly() {
    Exception failure = new IllegalStateException("x");

    assertThat(failures.isOfTheMail(failure, mail(3))).isFalse();
    assertThat(failures.isOfTheMail(failure, mail(4))).isTrue();
  }

  @Test
  void quarantineSaysWhatWasAtTheBottomOfIt() {
    IngestItem item = mail(0);

    failures.putAside(item, new RuntimeException(new IllegalStateException("no such thing")));

    IngestDecision decision = item.decision();
    assertThat(decision.status()).isEqualTo(InboundStatus.QUARANTINED);
    assertThat(decision.reason()).isEqualTo("IllegalStateException: no such thing");
  }

  private static IngestItem mail(int failures) {
    return new IngestItem(
        new IncomingMail(
            new MailboxContext(
                AccountFixtures.receiving("localhost", 993, Security.SSL, "ada", "secret"),
                new Lease(MailboxId.next(), 1),
                1,
                0,
                AfterIngest.SEEN,
                null),
            new FetchedHeader(1, 10, null, new byte[0]),
            new PriorFailures(0, Duration.ZERO, failures),
            () -> RawMail.of(new byte[0])));
  }
}
