package org.byoemail.outbound.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import jakarta.mail.BodyPart;
import jakarta.mail.Header;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.byoemail.account.registry.Account;
import org.byoemail.outbound.submission.SubmissionRejected;
import org.byoemail.support.ScriptedSmtpServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.annotation.Autowired;

/**
 * Whatever a producer writes into a field, no command, recipient, header field or part is added.
 */
@SendingTest
class InjectionTest {
  private static final List<String> BREAKS =
      List.of(
          "\r\nBcc: evil@x.test",
          "\nBcc: evil@x.test",
          "\rBcc: evil@x.test",
          "\r\n.\r\nMAIL FROM:<evil@x.test>\r\n",
          "\r\n\r\nbody",
          "\r\n ",
          "\n",
          "\r",
          "\u0000",
          "\u000b",
          "\u000c",
          "\u0085",
          "\u2028",
          "\u2029");

  private static final List<String> TRICKS =
      List.of(
          "\"",
          "\\",
          "'",
          ".",
          "..",
          ";",
          ",",
          "<",
          ">",
          "@",
          "(",
          ")",
          "[",
          "]",
          ":",
          "=",
          "%0d%0aBcc:",
          "=?utf-8?q?=0D=0ABcc:_evil=40x.test?=",
          "> BODY=8BITMIME",
          " NOTIFY=NEVER",
          "é",
          "😀",
          "\t",
          "RCPT TO:<evil@x.test>",
          "Bcc: evil@x.test",
          "--",
          "\"; name=\"x",
          "\u202e",
          "ß".repeat(80),
          "a".repeat(300),
          "evil@x.test, ",
          "<evil@x.test> ",
          "\\\"");

  private static final Set<String> FIELDS_OF_A_MAIL =
      Set.of(
          "date",
          "from",
          "to",
          "cc",
          "reply-to",
          "message-id",
          "subject",
          "mime-version",
          "content-type",
          "x-order",
          "x-gobii-message-id");
  private static final Set<String> FIELDS_OF_A_PART =
      Set.of("content-type", "content-transfer-encoding", "content-disposition", "content-id");

  private final OutboundFixtures fixtures;
  private final SubmittedMail mail;
  private final ScriptedSmtpServer server = new ScriptedSmtpServer().offering("DSN");

  @Autowired
  InjectionTest(OutboundFixtures fixtures, SubmittedMail mail) {
    this.fixtures = fixtures;
    this.mail = mail;
  }

  /** A field of a submission, and how something hostile is put into it. */
  private record Place(String path, BiFunction<String, Map<String, Object>, Object> put) {
    @Override
    public String toString() {
      return path;
    }
  }

  static Stream<Place> places() {
    return Stream.of(
        place("id", "id", t -> "order" + t + "17"),
        named("from", "from"),
        named("to[0]", "to"),
        address("to[0]", "to"),
        domain("to[0]", "to"),
        named("cc[0]", "cc"),
        address("cc[0]", "cc"),
        named("bcc[0]", "bcc"),
        address("bcc[0]", "bcc"),
        place("replyTo", "replyTo", t -> "De" + t + "sk <desk@x.test>"),
        place("subject", "subject", t -> "Hel" + t + "lo"),
        place("inReplyTo", "inReplyTo", t -> UUID.randomUUID() + t),
        place("sendAt", "sendAt", t -> "2026-01-01T00:00:00Z" + t),
        place("headers.X-Order", "headers", t -> Map.of("X-Order", "a" + t + "b")),
        place("headers", "headers", t -> Map.of("X-Or" + t + "der", "a")),
        file("attachments[0].name", "name", t -> "a" + t + "b.txt"),
        file("attachments[0].contentType", "contentType", t -> "text/pl" + t + "ain"),
        file("attachments[0].contentType", "contentType", t -> "text/plain; name=" + t),
        file("attachments[0].cid", "cid", t -> "lo" + t + "go"));
  }

  private interface Text {
    Object with(String hostile);
  }

  private static Place place(String path, String field, Text text) {
    return new Place(path, (hostile, fields) -> fields.put(field, text.with(hostile)));
  }

  private static Place named(String path, String field) {
    return new Place(
        path,
        (hostile, fields) -> {
          boolean list = path.endsWith("]");
          String address =
              field.equals("from") ? String.valueOf(fields.get("from")) : field + "@x.test";
          String text = "A" + hostile + "da <" + address + ">";
          return fields.put(field, list ? List.of(text) : text);
        });
  }

  private static Place address(String path, String field) {
    return place(path, field, t -> List.of("b" + t + "en@x.test"));
  }

  private static Place domain(String path, String field) {
    return place(path, field, t -> List.of("ben@x" + t + ".test"));
  }

  private static Place file(String path, String field, Text text) {
    return new Place(
        path,
        (hostile, fields) -> {
          Map<String, Object> file = new LinkedHashMap<>();
          file.put("name", "a.txt");
          file.put("contentType", "text/plain");
          file.put("cid", "logo");
          file.put("content", Base64.getEncoder().encodeToString("content".getBytes()));
          file.put(field, text.with(hostile));
          return fields.put("attachments", List.of(file));
        });
  }

  @BeforeEach
  void clear() {
    fixtures.clear();
  }

  @AfterEach
  void close() {
    server.close();
  }

  @ParameterizedTest
  @MethodSource("places")
  void lineBreaksAndControlCharactersAreRefusedByTheNameOfTheField(Place place) throws Exception {
    Account account = fixtures.account(server.port(), null);
    for (String hostile : BREAKS) {
      Map<String, Object> fields = submission(account);
      place.put().apply(hostile, fields);

      SubmissionRejected refusal =
          catchThrowableOfType(SubmissionRejected.class, () -> mail.submit(account, fields));

      assertThat(refusal).as("%s with %s", place, Disclosed.of(hostile)).isNotNull();
      assertThat(refusal.errors())
          .as("%s with %s", place, Disclosed.of(hostile))
          .allSatisfy(error -> assertThat(error.field()).startsWith(place.path()));
    }
    mail.send();
    assertThat(mail.stored()).isZero();
    assertThat(server.connections()).isZero();
  }

  @Test
  void whatIsAcceptedAddsNothingWhateverItIsMadeOf() throws Exception {
    Account account = fixtures.account(server.port(), null);
    Random random = new Random(20261126);
    List<Place> places = places().toList();
    int sent = 0;
    for (int round = 0; round < 400; round++) {
      Map<String, Object> fields = submission(account);
      Place place = places.get(round % places.size());
      String hostile = tricks(random);
      place.put().apply(hostile, fields);
      fields.put("id", place.path().equals("id") ? fields.get("id") + "-" + round : "id-" + round);
      int before = server.mails().size();
      int commands = server.commands().size();

      SubmissionRejected refusal =
          catchThrowableOfType(SubmissionRejected.class, () -> mail.submit(account, fields));
      mail.send();

      if (refusal != null) {
        assertThat(refusal.errors())
            .as("%s with %s", place, hostile)
            .allSatisfy(error -> assertThat(error.field()).startsWith(place.path()));
        assertThat(server.mails()).hasSize(before);
      } else if (server.mails().size() > before) {
        sent++;
        assertNothingWasAdded(place + " with " + hostile, commands);
      }
    }
    assertThat(sent).isGreaterThan(100);
  }

  @Test
  void linesOfDotsInABodyStayInTheBody() throws Exception {
    Account account = fixtures.account(server.port(), null);
    String text = ".\n..\n.hidden\r\n.\r\nMAIL FROM:<evil@x.test>\r\nRCPT TO:<evil@x.test>\n.";
    Map<String, Object> fields = submission(account);
    fields.remove("body");
    fields.put("text", text);
    mail.submit(account, fields);

    mail.send();

    assertThat(server.mails()).hasSize(1);
    assertThat(server.commands("RCPT TO")).hasSize(3);
    assertThat(((String) SubmittedMail.read(server).getContent()).replace("\r\n", "\n").strip())
        .isEqualTo(text.replace("\r\n", "\n"));
  }

  private void assertNothingWasAdded(String what, int commandsBefore) throws Exception {
    List<String> commands = server.commands().subList(commandsBefore, server.commands().size());
    assertThat(commands.stream().filter(c -> c.startsWith("MAIL FROM:")).toList())
        .as(what)
        .hasSize(1)
        .allMatch(
            c -> c.matches("MAIL FROM:<ada-[0-9a-f-]+@example\\.test> RET=HDRS ENVID=[0-9a-f-]+"));
    assertThat(commands.stream().filter(c -> c.startsWith("RCPT TO:")).toList())
        .as(what)
        .hasSizeBetween(
            2, 3) // A recipient that needs SMTPUTF8 is not offered: this server has none.
        .allMatch(
            c ->
                c.matches(
                    "RCPT TO:<(\"(?:[^\"\\\\]|\\\\.)*\"|[^\"<>@ ]+)@[a-z0-9.-]+> NOTIFY=FAILURE,DELAY"))
        .noneMatch(c -> c.startsWith("RCPT TO:<evil@"));
    assertThat(commands)
        .as(what)
        .allMatch(c -> c.matches("(?:EHLO|MAIL FROM:|RCPT TO:|DATA|RSET|NOOP|QUIT).*"));
    MimeMessage read = SubmittedMail.read(server);
    Set<String> names = new TreeSet<>();
    for (Header header : Collections.list(read.getAllHeaders())) {
      names.add(header.getName().toLowerCase());
    }
    Set<String> extra = new TreeSet<>(names);
    extra.removeAll(FIELDS_OF_A_MAIL);
    extra.remove("content-transfer-encoding");
    extra.removeIf(name -> name.startsWith("x-or"));
    assertThat(extra).as(what).isEmpty();
    assertThat(read.getHeader("To")).as(what).hasSize(1);
    if (read.getContent() instanceof MimeMultipart parts) {
      assertThat(parts.getCount()).as(what).isEqualTo(2);
      for (int i = 0; i < 2; i++) {
        assertPart(what, parts.getBodyPart(i));
      }
    }
  }

  private static void assertPart(String what, BodyPart part) throws Exception {
    for (Header header : Collections.list(part.getAllHeaders())) {
      assertThat(FIELDS_OF_A_PART).as(what).contains(header.getName().toLowerCase());
    }
  }

  private static String tricks(Random random) {
    StringBuilder hostile = new StringBuilder();
    for (int i = random.nextInt(4); i >= 0; i--) {
      hostile.append(TRICKS.get(random.nextInt(TRICKS.size())));
    }
    return hostile.toString();
  }

  private static Map<String, Object> submission(Account account) {
    return new HashMap<>(
        Map.of(
            "from",
            account.address().value(),
            "to",
            new ArrayList<>(List.of("ben@x.test")),
            "cc",
            List.of("cy@x.test"),
            "bcc",
            List.of("di@x.test"),
            "subject",
            "Hello",
            "body",
            "How are you?"));
  }

  /** Shows what cannot be seen. */
  private record Disclosed(String text) {
    static Disclosed of(String text) {
      return new Disclosed(text);
    }

    @Override
    public String toString() {
      return text.replace("\r", "\\r").replace("\n", "\\n").replace("\0", "\\0");
    }
  }
}
