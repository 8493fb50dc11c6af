package org.byoemail.command.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.byoemail.support.DnsServer;
import org.byoemail.support.Rfc8463;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InspectCommandTest {
  private static final String MAIL =
      """
      From: Nora <nora@example.net>
      To: agent@example.org
      Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=
      Date: Mon, 23 Nov 2026 09:00:00 +0000
      Message-ID: <m1@example.net>
      MIME-Version: 1.0
      Content-Type: multipart/mixed; boundary=b

      --b
      Content-Type: text/plain

      Hello
      --b
      Content-Type: text/csv; name=list.csv
      Content-Disposition: attachment; filename=list.csv

      a,b
      --b--
      """;

  private static final String REPORT =
      """
      Return-Path: <>
      From: MAILER-DAEMON@mx.example.net
      Subject: Undelivered Mail Returned to Sender
      Content-Type: multipart/report; report-type=delivery-status; boundary=b

      --b
      Content-Type: message/delivery-status

      Reporting-MTA: dns; mx.example.net
      Original-Envelope-Id: env-1

      Original-Recipient: rfc822; alias@example.net
      Final-Recipient: rfc822; nora@example.net
      Action: failed
      Status: 5.2.2
      Diagnostic-Code: smtp; 552 5.2.2 mailbox full
      --b
      Content-Type: text/rfc822-headers

      From: agent@example.org
      Subject: Offer
      Message-ID: <offer@example.org>
      --b--
      """;

  @TempDir Path folder;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int run(String input, String... args) {
    List<String> all = new ArrayList<>(List.of("inspect"));
    all.addAll(List.of(args));
    return new InspectCommand(
            new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
            new PrintStream(out, false, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8))
        .run(all.toArray(String[]::new));
  }

  private List<JsonNode> lines() {
    return out.toString(StandardCharsets.UTF_8).lines().map(InspectCommandTest::json).toList();
  }

  private static JsonNode json(String line) {
    try {
      return new ObjectMapper().readTree(line);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String file(String name, String content) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, content).toString();
  }

  @Test
  void mailIsShownAsItWasRead() throws IOException {
    String file = file("a.eml", MAIL);

    int status = run("", file);

    assertThat(status).isZero();
    JsonNode line = lines().get(0);
    assertThat(line.path("file").asText()).isEqualTo(file);
    assertThat(line.path("kind").asText()).isEqualTo("none");
    JsonNode mail = line.path("mail");
    assertThat(mail.path("subject").asText()).isEqualTo("Grüße");
    assertThat(mail.path("from").path(0).path("address").asText()).isEqualTo("nora@example.net");
    assertThat(mail.path("date").asText()).isEqualTo("2026-11-23T09:00:00Z");
    assertThat(mail.path("text").asText()).isEqualTo("Hello");
    assertThat(mail.path("attachments").path(0).path("name").asText()).isEqualTo("list.csv");
    assertThat(mail.path("attachments").path(0).path("size").asLong()).isEqualTo(3);
    assertThat(mail.path("headers").path(0).path("name").asText()).isEqualTo("From");
  }

  @Test
  void reportIsShownWithItsRecipients() throws IOException {
    int status = run("", file("a.eml", REPORT));

    assertThat(status).isZero();
    JsonNode line = lines().get(0);
    assertThat(line.path("kind").asText()).isEqualTo("failed");
    assertThat(line.path("rule").asText()).isEqualTo("rfc3464");
    assertThat(line.path("strength").asText()).isEqualTo("structured");
    assertThat(line.path("recipients"))
        .extracting(JsonNode::asText)
        .containsExactly("nora@example.net");
    assertThat(line.path("status").asText()).isEqualTo("5.2.2");
    assertThat(line.path("replyCode").asInt()).isEqualTo(552);
    assertThat(line.path("reason").asText()).isEqualTo("mailbox-full");
    assertThat(line.path("diagnostic").asText()).isEqualTo("552 5.2.2 mailbox full");
    assertThat(line.path("results").path(0).path("diagnostic").asText())
        .isEqualTo("552 5.2.2 mailbox full");
    assertThat(line.path("permanent").asBoolean()).isFalse();
    assertThat(line.path("results").path(0).path("original").asText())
        .isEqualTo("alias@example.net");
    assertThat(line.path("reportingMta").asText()).isEqualTo("mx.example.net");
    assertThat(line.path("originalEnvelopeId").asText()).isEqualTo("env-1");
    assertThat(line.path("originalMessageId").asText()).isEqualTo("<offer@example.org>");
    assertThat(line.path("originalSubject").asText()).isEqualTo("Offer");
  }

  @Test
  void everythingInAMailIsShown() throws IOException {
    String file =
        file(
            "a.eml",
            """
            From: Nora <nora@example.net>
            List-Id: <offers.example.net>
            List-Unsubscribe: <mailto:leave@example.net>
            Precedence: list
            Content-Type: multipart/mixed; boundary=b

            --b
            Content-Type: text/html; charset=utf-8

            <p>Hello</p>
            --b
            Content-Type: image/png; name=logo.png
            Content-Disposition: inline; filename=logo.png
            Content-ID: <logo@example.net>

            x
            --b
            Content-Type: text/calendar; method=REQUEST

            BEGIN:VCALENDAR
            METHOD:REQUEST
            BEGIN:VEVENT
            UID:event-1
            SUMMARY:Lunch
            DTSTART:20261123T120000Z
            DTEND:20261123T130000Z
            ORGANIZER:mailto:nora@example.net
            END:VEVENT
            END:VCALENDAR
            --b--
            """);

    run("", file);

    JsonNode mail = lines().get(0).path("mail");
    assertThat(mail.path("listMail").asBoolean()).isTrue();
    assertThat(mail.path("text").asText()).isEqualTo("Hello");
    assertThat(mail.path("html").asText()).isEqualTo("<p>Hello</p>");
    JsonNode logo = mail.path("attachments").path(0);
    assertThat(logo.path("type").asText()).isEqualTo("image/png");
    assertThat(logo.path("disposition").asText()).isEqualTo("inline");
    assertThat(logo.path("contentId").asText()).isEqualTo("logo@example.net");
    assertThat(mail.at("/attachments/1/disposition").asText()).isEqualTo("attachment");
    JsonNode invitation = mail.path("invitation");
    assertThat(invitation.path("method").asText()).isEqualTo("REQUEST");
    assertThat(invitation.path("uid").asText()).isEqualTo("event-1");
    assertThat(invitation.path("summary").asText()).isEqualTo("Lunch");
    assertThat(invitation.path("organizer").asText()).isEqualTo("nora@example.net");
    assertThat(invitation.path("start").asText()).isEqualTo("2026-11-23T12:00:00Z");
    assertThat(invitation.path("end").asText()).isEqualTo("2026-11-23T13:00:00Z");
  }

  @Test
  void mailOfAPersonIsNoListMail() throws IOException {
    run("", file("a.eml", MAIL));

    assertThat(lines().get(0).path("mail").path("listMail").asBoolean(true)).isFalse();
  }

  @Test
  void foldersAreReadToTheBottomInOrder() throws IOException {
    file("b/2.eml", MAIL);
    file("b/1/deep.eml", MAIL);
    file("a.eml", MAIL);

    int status = run("", folder.toString());

    assertThat(status).isZero();
    assertThat(lines())
        .extracting(line -> folder.relativize(Path.of(line.path("file").asText())).toString())
        .containsExactly("a.eml", "b/1/deep.eml", "b/2.eml");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--jobs 3", "--jobs=8"})
  void manyJobsKeepTheOrder(String jobs) throws IOException {
    for (int i = 10; i < 60; i++) {
      file(i + ".eml", i % 2 == 0 ? MAIL : REPORT);
    }
    List<String> args = new ArrayList<>(List.of(jobs.split(" ")));
    args.add(folder.toString());

    int status = run("", args.toArray(String[]::new));

    assertThat(status).isZero();
    assertThat(lines()).extracting(line -> line.path("file").asText()).isSorted().hasSize(50);
  }

  @Test
  void mailComesFromTheStandardInput() {
    int status = run(REPORT, "-");

    assertThat(status).isZero();
    assertThat(lines().get(0).path("file").asText()).isEqualTo("-");
    assertThat(lines().get(0).path("kind").asText()).isEqualTo("failed");
  }

  @Test
  void mailboxIsTakenApart() throws IOException {
    String separator = "From nora@example.net Mon Nov 23 09:00:00 2026\n";
    String body = "From: a@example.net\nSubject: %s\n\nLine\n\nFrom here on it is body.\n\n";
    String file =
        file("box", separator + body.formatted("one") + separator + body.formatted("two"));

    int status = run("", file);

    assertThat(status).isZero();
    assertThat(lines())
        .extracting(line -> line.path("mail").path("subject").asText())
        .containsExactly("one", "two");
    assertThat(lines())
        .extracting(line -> line.path("file").asText())
        .containsExactly(file, file + "#2");
  }

  @Test
  void whatCannotBeReadIsSaidAndTheRestGoesOn() throws IOException {
    String good = file("a.eml", MAIL);

    int status = run("", folder.resolve("missing.eml").toString(), good, file("empty.eml", ""));

    assertThat(status).isEqualTo(1);
    assertThat(lines())
        .extracting(line -> line.path("kind").asText())
        .containsExactly("error", "none", "error");
    assertThat(lines())
        .extracting(line -> line.path("error").asText())
        .containsExactly("no such file", "", "empty");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "--jobs", "--jobs 0 a", "--jobs x a", "--frob a", "-j a"})
  void wrongArgumentsGiveTheUsage(String args) {
    int status = run("", args.isEmpty() ? new String[0] : args.split(" "));

    assertThat(status).isEqualTo(2);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("usage:");
    assertThat(out.toString(StandardCharsets.UTF_8)).isEmpty();
  }

  @Test
  void helpIsGiven() {
    int status = run("", "--help");

    assertThat(status).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8)).contains("usage:");
  }

  @Test
  void senderIsJudgedByTheServerThatIsNamed() throws IOException {
    String word = "Authentication-Results: mx.test; dmarc=pass header.from=example.net\n";

    JsonNode believed = sender(word + MAIL, "--authserv-id", "mx.test", "-");
    JsonNode nobody = sender(word + MAIL, "-");

    assertThat(believed.path("verdict").asText()).isEqualTo("authentic");
    assertThat(believed.path("source").asText()).isEqualTo("server");
    assertThat(nobody.path("verdict").asText()).isEqualTo("unproven");
    assertThat(nobody.path("reason").asText()).contains("nobody signed it");
  }

  @Test
  void keysAreLookedUpOnlyIfDnsIsAsked() throws IOException {
    String signed = Rfc8463.MAIL;
    try (DnsServer dns = new DnsServer()) {
      dns.txt(Rfc8463.ED25519, Rfc8463.KEYS.get(Rfc8463.ED25519));

      assertThat(sender(signed, "-").path("verdict").asText()).isEqualTo("undecided");
      assertThat(sender(signed, "--dns=" + dns.address(), "-").path("source").asText())
          .isEqualTo("dkim");
    }
    assertThat(run(signed, "--dns=localhost", "-")).isEqualTo(2);
    assertThat(run(signed, "--imap-host", "imap.unknown.test", "-")).isEqualTo(2);
  }

  private JsonNode sender(String mail, String... args) throws IOException {
    out.reset();
    assertThat(run(mail, args)).isZero();
    return new ObjectMapper().readTree(out.toString(StandardCharsets.UTF_8)).path("sender");
  }
}
