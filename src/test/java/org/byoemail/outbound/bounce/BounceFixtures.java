package org.byoemail.outbound.bounce;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.byoemail.account.registry.Account;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.AttemptId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.Ids;
import org.byoemail.format.mime.MailParser;
import org.byoemail.format.report.Classification;
import org.byoemail.format.report.MailClassifier;
import org.byoemail.outbound.delivery.OutboundFixtures;
import org.byoemail.support.TestTables;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Messages that have left, and the mails that report of them. */
@Component
class BounceFixtures {
  private final JdbcClient jdbc;
  private final OutboundFixtures outbound;
  private final BounceRecorder recorder;
  private final TransactionTemplate transaction;
  private final PresumedReports presumed;
  private final TestTables tables;
  private final MailClassifier classifier = new MailClassifier();

  BounceFixtures(
      JdbcClient jdbc,
      OutboundFixtures outbound,
      BounceRecorder recorder,
      TransactionTemplate transaction,
      PresumedReports presumed) {
    this.presumed = presumed;
    this.jdbc = jdbc;
    this.outbound = outbound;
    this.recorder = recorder;
    this.transaction = transaction;
    this.tables = new TestTables(jdbc, "bounce", "inbound_mail", "mailbox");
  }

  void clear() {
    tables.clear();
    outbound.clear();
  }

  Account account() {
    return outbound.account(25, null);
  }

  /** A message that a server took for all of its recipients. */
  UUID sent(Account account, String... recipients) {
    UUID message = outbound.message(account, recipients);
    jdbc.sql("DELETE FROM outbound_delivery WHERE message_id = :id").param("id", message).update();
    sentBy(message, attempt(message), recipients);
    return message;
  }

  /** A further try, in which a server took it for these. */
  AttemptId again(UUID message, String... recipients) {
    AttemptId next = AttemptId.next();
    jdbc.sql(
            """
            INSERT INTO outbound_message_attempt (id, message_id, try_number, status, queued_at)
            SELECT :id, :message, max(try_number) + 1, 'QUEUED', now() FROM outbound_message_attempt
            WHERE message_id = :message
            """)
        .param("id", next.value())
        .param("message", message)
        .update();
    sentBy(message, next, recipients);
    return next;
  }

  private void sentBy(UUID message, AttemptId attempt, String... recipients) {
    jdbc.sql(
            """
            UPDATE outbound_message_attempt SET status = 'SENT', provider = 'smtp', outcome = 'accepted', sent_at = now()
            WHERE id = :id
            """)
        .param("id", attempt.value())
        .update();
    jdbc.sql(
            """
            UPDATE message_recipient SET status = 'sent', attempt_id = :attempt
            WHERE message_id = :message AND address = ANY (:recipients)
            """)
        .param("attempt", attempt.value())
        .param("message", message)
        .param("recipients", recipients)
        .update();
    jdbc.sql("UPDATE outbound_submission SET status = 'sent' WHERE message_id = :id")
        .param("id", message)
        .update();
  }

  /** The newest attempt of a message. */
  AttemptId attempt(UUID message) {
    return new AttemptId(
        jdbc.sql(
                "SELECT id FROM outbound_message_attempt WHERE message_id = :id ORDER BY try_number DESC LIMIT 1")
            .param("id", message)
            .query(UUID.class)
            .single());
  }

  UUID message(AttemptId attempt) {
    return jdbc.sql("SELECT message_id FROM outbound_message_attempt WHERE id = :id")
        .param("id", attempt.value())
        .query(UUID.class)
        .single();
  }

  /** Reads a mail that arrived in an account and records what it says. */
  Classification arrives(Account account, String mail) {
    Classification found =
        presumed.settle(
            classifier.classify(
                new MailParser().parse(mail.getBytes(java.nio.charset.StandardCharsets.UTF_8))),
            account.id());
    arrives(account, found);
    return found;
  }

  void arrives(Account account, Classification found) {
    arrives(account, found, null);
  }

  /** As above, from somebody whom the receiving server knows; null: anyone may have written it. */
  void arrives(Account account, Classification found, @Nullable String provenSender) {
    UUID mail = inboundMail(account.id());
    Optional<EmailAddress> sender = Optional.ofNullable(provenSender).map(EmailAddress::parse);
    transaction.executeWithoutResult(
        status ->
            recorder.record(
                recorder.match(List.of(found), account.id()), found, mail, account.id(), sender));
  }

  /** Reads a mail that arrived in an account from somebody whom the receiving server knows. */
  void arrives(Account account, String mail, @Nullable String provenSender) {
    arrives(
        account,
        classifier.classify(
            new MailParser().parse(mail.getBytes(java.nio.charset.StandardCharsets.UTF_8))),
        provenSender);
  }

  /** Several reports in one transaction, as a mailbox that has been waiting brings them. */
  void arrive(Account account, List<Classification> found) {
    List<UUID> mails = found.stream().map(one -> inboundMail(account.id())).toList();
    transaction.executeWithoutResult(
        status -> {
          BounceRecorder.Matches matches = recorder.match(found, account.id());
          for (int i = 0; i < mails.size(); i++) {
            recorder.record(matches, found.get(i), mails.get(i), account.id(), Optional.empty());
          }
        });
  }

  private UUID inboundMail(AccountId account) {
    UUID mailbox = Ids.next();
    UUID mail = Ids.next();
    jdbc.sql(
            "INSERT INTO mailbox (id, host, login, folder, created_at) VALUES (:id, 'h', :login, 'INBOX', now())")
        .param("id", mailbox)
        .param("login", mailbox.toString())
        .update();
    jdbc.sql(
            """
            INSERT INTO inbound_mail (id, organization, mailbox_id, uid_validity, uid, account_id, status, fingerprint,
              size, created_at)
            VALUES (:id, 'acme', :mailbox, 1, 1, :account, 'report', '\\x00', 1, now())
            """)
        .param("id", mail)
        .param("mailbox", mailbox)
        .param("account", account.value())
        .update();
    return mail;
  }

  /** A report as servers write it: fields of the mail, a group for each recipient, the header. */
  static String report(String ofMail, String groups, String returned) {
    return """
        Return-Path: <>
        From: MAILER-DAEMON@mx.example.net
        Subject: Undelivered Mail Returned to Sender
        Auto-Submitted: auto-replied
        Content-Type: multipart/report; report-type=delivery-status; boundary=b

        --b
        Content-Type: text/plain

        Your mail could not be delivered.

        --b
        Content-Type: message/delivery-status

        Reporting-MTA: dns; mx.example.net
        %s
        %s
        --b
        Content-Type: text/rfc822-headers

        %s
        --b--
        """
        .formatted(ofMail.isEmpty() ? "" : ofMail + "\n", groups, returned);
  }

  static String group(String recipient, String action, String status, String words) {
    return "Final-Recipient: rfc822; %s\nAction: %s\nStatus: %s\nDiagnostic-Code: smtp; %s\n"
        .formatted(recipient, action, status, words);
  }

  static String failed(String recipient) {
    return group(recipient, "failed", "5.1.1", "550 5.1.1 <" + recipient + "> no such user");
  }

  static String attemptHeader(AttemptId attempt) {
    return "X-Gobii-Message-ID: " + attempt;
  }

  static String messageId(UUID message) {
    return "Message-ID: <" + message + "@example.test>";
  }
}
