package org.byoemail.flow;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.byoemail.support.ApiClient;
import org.byoemail.support.DovecotServer;
import org.byoemail.support.GatewayProcess;
import org.byoemail.support.MailUser;
import org.byoemail.support.RealAccounts;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Mail that breaks naive programs, by way of a real server into a gateway with little memory. */
class BadInputIT {
  @RegisterExtension static final DovecotServer DOVECOT = DovecotServer.shared();

  private static final Duration PATIENCE = Duration.ofMinutes(4);

  @TempDir private Path dir;

  @Test
  void everyBadMailIsTakenInOrPutAsideAndTheMailboxGoesOn() {
    MailUser user = DOVECOT.freshUser("bad");
    Map<String, byte[]> mails = mails();

    try (GatewayProcess gateway =
        new GatewayProcess(dir, RealAccounts.gatewaySettings()).heap("-Xmx320m")) {
      gateway.start();
      ApiClient api = gateway.api();
      String account = RealAccounts.receiving(api, DOVECOT, user);
      mails.values().forEach(mail -> DOVECOT.deliver(user.address(), mail));

      Map<String, JsonNode> found =
          Awaitility.await("all mails; see " + dir)
              .atMost(PATIENCE)
              .pollInterval(Duration.ofSeconds(1))
              .until(() -> bySubject(api, account), all -> all.containsKey("last"));

      assertThat(found.keySet()).containsAll(mails.keySet());
      mails.keySet().stream()
          .filter(subject -> !subject.equals("100 MB"))
          .forEach(
              subject ->
                  assertThat(found.get(subject).path("status").asText())
                      .as(subject)
                      .isEqualTo("ingested"));
      assertThat(found.get("100 MB").path("status").asText()).isEqualTo("quarantined");
      assertThat(message(api, found.get("100 MB")).path("reason").asText()).contains("bytes");
      JsonNode large = message(api, found.get("40 MB attachment"));
      assertThat(large.at("/attachments/0/name").asText()).isEqualTo("large.bin");
      assertThat(large.at("/attachments/0/rejected").asText()).contains("larger");
      assertThat(message(api, found.get("unknown charset")).path("text").asText()).contains("gr");
      assertThat(message(api, found.get("depth 200")).path("subject").asText())
          .isEqualTo("depth 200");
      assertThat(gateway.isAlive()).isTrue();
      assertThat(gateway.output()).doesNotContain("OutOfMemoryError");
    }
  }

  private static Map<String, JsonNode> bySubject(ApiClient api, String account) {
    Map<String, JsonNode> found = new HashMap<>();
    api.get("/messages?direction=inbound&limit=200&account=" + account)
        .body()
        .path("items")
        .forEach(item -> found.put(item.path("subject").asText(), item));
    return found;
  }

  private static JsonNode message(ApiClient api, JsonNode item) {
    return ApiClient.expect(200, api.get("/messages/" + item.path("id").asText())).body();
  }

  private static Map<String, byte[]> mails() {
    Map<String, byte[]> mails = new LinkedHashMap<>();
    add(mails, "first", "Message-ID: <first@else.test>\nContent-Type: text/plain\n", "Hello.\n");
    add(mails, "100 MB", "", "0123456789012345678901234567890123456789012345678\n".repeat(2 << 20));
    add(
        mails,
        "40 MB attachment",
        "Content-Type: multipart/mixed; boundary=b\n",
        "--b\n\nSee there.\n--b\nContent-Type: application/octet-stream; name=large.bin\n"
            + "Content-Transfer-Encoding: base64\n\n"
            + ("QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2\n".repeat(620_000))
            + "--b--\n");
    add(
        mails,
        "10,000 parts",
        "Content-Type: multipart/mixed; boundary=b\n",
        "--b\nContent-Type: text/plain\n\npart\n".repeat(10_000) + "--b--\n");
    add(mails, "depth 200", "Content-Type: multipart/mixed; boundary=b0\n", nested(0));
    add(mails, "header of 1 MB", "X-Long: " + "a long word ".repeat(90_000) + "\n", "Hello.\n");
    add(mails, "10,000 header fields", "X-Many: one of very many\n".repeat(10_000), "Hello.\n");
    add(mails, "NUL bytes", "X-Nul: a\0b\n", "A\0B\0C\n");
    add(
        mails,
        "unknown charset",
        "Content-Type: text/plain; charset=\"no-such-charset\"\n",
        "gr\u00fc\u00dfe\n");
    add(mails, "no boundary", "Content-Type: multipart/alternative\n", "--x\n\nHello.\n--x--\n");
    add(
        mails,
        "broken base64",
        "Content-Type: text/plain\nContent-Transfer-Encoding: base64\n",
        "SGVsbG8=***SGVs\n");
    add(mails, "empty id", "Message-ID: \n", "Hello.\n");
    add(mails, "repeated id", "Message-ID: <first@else.test>\n", "Hello.\n");
    add(mails, "hostile id", "Message-ID: <'; DROP TABLE message; --@../../x>\n", "Hello.\n");
    add(mails, "endless id", "Message-ID: <" + "x".repeat(100_000) + "@x>\n", "Hello.\n");
    add(mails, "endless references", "References: " + "<a@b> ".repeat(100_000) + "\n", "Hello.\n");
    add(mails, "body missing", "Content-Type: text/html\n", "");
    add(mails, "last", "Content-Type: text/plain\n", "Hello.\n");
    return mails;
  }

  private static void add(Map<String, byte[]> mails, String subject, String fields, String body) {
    List<String> head = new ArrayList<>();
    head.add("From: Ann Other <ann@else.test>");
    head.add("To: agent@example.test");
    head.add("Subject: " + subject);
    head.add("Date: Tue, 24 Nov 2026 10:00:00 +0000");
    mails.put(
        subject, (String.join("\n", head) + "\n" + fields + "\n" + body).getBytes(ISO_8859_1));
  }

  private static String nested(int depth) {
    return depth == 200
        ? "--b200\n\ndeep\n--b200--\n"
        : "--b%d\nContent-Type: multipart/mixed; boundary=b%d\n\n%s--b%d--\n"
            .formatted(depth, depth + 1, nested(depth + 1), depth);
  }
}
