package org.byoemail.outbound.delivery;

import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;
import org.byoemail.account.registry.Account;
import org.byoemail.outbound.submission.SubmissionFixtures;
import org.byoemail.outbound.submission.SubmissionReader;
import org.byoemail.outbound.submission.SubmissionSource;
import org.byoemail.outbound.submission.Submissions;
import org.byoemail.support.ScriptedSmtpServer;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The way of a mail from its JSON to the server, without queue and routes. */
@Component
public class SubmittedMail {
  private final SubmissionReader reader;
  private final Submissions submissions;
  private final SendingSteps steps;
  private final JdbcClient jdbc;

  SubmittedMail(
      SubmissionReader reader, Submissions submissions, SendingSteps steps, JdbcClient jdbc) {
    this.reader = reader;
    this.submissions = submissions;
    this.steps = steps;
    this.jdbc = jdbc;
  }

  /** Hands a submission in, for an account; its sender is put in where it has none. */
  public UUID submit(Account account, Map<String, Object> fields) {
    fields.putIfAbsent("from", account.address().value());
    return submissions
        .accept(SubmissionSource.everyOrganization(), reader.read(SubmissionFixtures.json(fields)))
        .messageId()
        .value();
  }

  /** Sends what is due. */
  public void send() throws MessagingException {
    steps.send();
  }

  public long stored() {
    return jdbc.sql("SELECT count(*) FROM message").query(Long.class).single();
  }

  /** The last mail that a server got, as it came. */
  public static String raw(ScriptedSmtpServer server) {
    return server.mails().get(server.mails().size() - 1);
  }

  /** The same, read. */
  public static MimeMessage read(ScriptedSmtpServer server) throws MessagingException {
    return new MimeMessage(
        null,
        new ByteArrayInputStream(
            raw(server).replaceAll("(?m)^\\.", "").getBytes(StandardCharsets.ISO_8859_1)));
  }
}
