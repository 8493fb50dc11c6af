package org.byoemail.inbound.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.stream.Stream;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mime.MailHeaders;
import org.byoemail.format.mime.MailParser;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Which recipient of a mail counts, for a mailbox all@acme.test that receives for acme.test. */
class EnvelopeRecipientsTest {
  private static final EmailAddress OWN = new EmailAddress("all@acme.test");
  private static final String TRACE = "Received: from a by mx.acme.test; Tue, 24 Nov 2026\n";

  static Stream<Arguments> mails() {
    return Stream.of(
        // Postfix, local delivery: the alias, then the mailbox.
        of("X-Original-To: sales@acme.test\nDelivered-To: all@acme.test\n" + TRACE, "sales"),
        of("Delivered-To: all@acme.test\nX-Original-To: sales@acme.test\n" + TRACE, "sales"),
        // Exim, and servers that keep its field.
        of("Return-Path: <a@b.test>\nEnvelope-to: sales@acme.test\n" + TRACE, "sales"),
        of("X-Envelope-To: <Sales@ACME.test>\n" + TRACE, "sales"),
        of("X-Delivered-To: sales@acme.test\n" + TRACE, "sales"),
        of("Envelope-To: other@else.test, sales@acme.test\n" + TRACE, "sales"),
        // The envelope beats what the sender wrote.
        of("Delivered-To: sales@acme.test\n" + TRACE + "To: boss@acme.test\n", "sales"),
        of("Delivered-To: sales@acme.test\n" + TRACE + "To: all@acme.test\n", "sales"),
        // Redirected to the mailbox without a trace of the recipient.
        of("Delivered-To: all@acme.test\n" + TRACE + "To: sales@acme.test\n", "sales"),
        of("Delivered-To: all@acme.test\n" + TRACE + "Cc: sales@acme.test\n", "sales"),
        of("Delivered-To: all@acme.test\n" + TRACE + "To: a@acme.test, all@acme.test\n", "all"),
        of("Delivered-To: all@acme.test\n" + TRACE + "To: stranger@else.test\n", "all"),
        // Below a Received field it came with the mail.
        of(TRACE + "Delivered-To: boss@acme.test\nTo: sales@acme.test\n", "sales"),
        of(TRACE + "X-Original-To: boss@acme.test\nTo: all@acme.test\n", "all"),
        // No server has left a trace at all.
        of("Delivered-To: boss@acme.test\nTo: sales@acme.test\n", "sales"),
        // Nobody names an address of the account.
        of("Delivered-To: x@else.test\n" + TRACE + "To: y@else.test\n", null),
        of("To: undisclosed-recipients:;\n", null),
        of("Delivered-To: nonsense\nX-Original-To:\n" + TRACE, null));
  }

  private static Arguments of(String header, @Nullable String local) {
    return Arguments.of(header, local);
  }

  @ParameterizedTest
  @MethodSource("mails")
  void recipientIsWhatTheServerNotedElseWhatTheMailSays(String header, @Nullable String local) {
    Optional<EmailAddress> found =
        EnvelopeRecipients.of(read(header), address -> address.domain().equals("acme.test"), OWN);

    assertThat(found.map(EmailAddress::localPart)).isEqualTo(Optional.ofNullable(local));
  }

  @Test
  void oneOfManyThousandRecipientsIsSoughtAmongTheFirst() {
    String many = "x@else.test, ".repeat(5000) + "sales@acme.test";

    assertThat(
            EnvelopeRecipients.of(
                read("To: " + many + "\n"), address -> address.domain().equals("acme.test"), OWN))
        .isEmpty();
  }

  @Test
  void copyOfWhatWasSentIsNotDelivered() {
    assertThat(EnvelopeRecipients.isDelivered(read("Return-Path: <a@b.test>\n" + TRACE))).isTrue();
    assertThat(EnvelopeRecipients.isDelivered(read("Delivered-To: a@b.test\n" + TRACE))).isTrue();
    assertThat(EnvelopeRecipients.isDelivered(read(TRACE + "Return-Path: <a@b.test>\n"))).isFalse();
    assertThat(EnvelopeRecipients.isDelivered(read("Return-Path: <a@b.test>\n"))).isFalse();
  }

  private static MailHeaders read(String header) {
    return new MailParser()
        .parseHeader((header + "\n").replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8));
  }
}
