package org.byoemail.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.byoemail.support.ApiClient;
import org.byoemail.support.DovecotServer;
import org.byoemail.support.GatewayProcess;
import org.byoemail.support.MailUser;
import org.byoemail.support.PostfixServer;
import org.byoemail.support.RealAccounts;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Killed with SIGKILL, embedded services and all, and started again: nothing is missing, and
 * nothing is doubled. Each build has {@link BlackBoxIT}, {@link OutboundFaultsIT} and {@link
 * org.byoemail.cluster.ClusterFaultsIT} for the parts of it.
 */
@Tag("faults")
class CrashIT {
  private static final int MESSAGES = 300;
  private static final int WORKERS = 4;
  private static final int KILLS = 2;
  private static final Duration PATIENCE = Duration.ofSeconds(120);

  @RegisterExtension static final DovecotServer DOVECOT = DovecotServer.shared();
  @RegisterExtension static final PostfixServer POSTFIX = PostfixServer.shared();

  @TempDir Path dir;

  @Test
  void everySubmissionArrivesOverTwoKills() {
    Map<String, String> settings = new HashMap<>(RealAccounts.gatewaySettings());
    settings.put("BYO_OUTBOUND_WORKERS", String.valueOf(WORKERS));
    settings.put("BYO_OUTBOUND_CLAIM_TTL", "3s");
    settings.put("BYO_OUTBOUND_UNKNOWN_DELAY", "1s");
    MailUser ada = DOVECOT.freshUser("ada");
    MailUser ben = DOVECOT.freshUser("ben");
    try (GatewayProcess gateway = new GatewayProcess(dir, settings)) {
      gateway.start();
      ApiClient api = gateway.api();
      account(api, ada);
      String bens = account(api, ben);
      for (int i = 0; i < MESSAGES; i++) {
        ApiClient.expect(202, api.post("/messages", submission(i, ada, ben)));
      }

      for (int kill = 1; kill <= KILLS; kill++) {
        int arrived = kill * MESSAGES / (KILLS + 3);
        await()
            .atMost(PATIENCE)
            .pollInterval(Duration.ofMillis(20))
            .until(() -> mails(ben) >= arrived);
        gateway.kill();
        gateway.start();
      }

      await("everything sent")
          .atMost(PATIENCE)
          .until(() -> list(api, "direction=outbound&status=sent").size() == MESSAGES);
      List<MimeMessage> delivered = DOVECOT.messages(ben);
      assertThat(subjects(delivered)).hasSize(MESSAGES);
      assertThat(messageIds(delivered)).hasSize(MESSAGES);
      assertThat(delivered).hasSizeLessThanOrEqualTo(MESSAGES + KILLS * WORKERS);

      await("everything read")
          .atMost(PATIENCE)
          .until(() -> list(api, "direction=inbound&account=" + bens).size() >= MESSAGES);
      List<JsonNode> ingested = list(api, "direction=inbound&account=" + bens);
      assertThat(ingested)
          .extracting(mail -> mail.path("subject").asText())
          .doesNotHaveDuplicates()
          .hasSize(MESSAGES);
      await("everything told").atMost(PATIENCE).until(() -> receivedEvents(api).size() >= MESSAGES);
      assertThat(receivedEvents(api)).hasSize(MESSAGES);
    }
  }

  private static String account(ApiClient api, MailUser user) {
    return api.account(
        api.openAgent(user.address()),
        user.address(),
        RealAccounts.smtp(POSTFIX, user),
        RealAccounts.imap(DOVECOT, user));
  }

  private static Map<String, ?> submission(int number, MailUser from, MailUser to) {
    return Map.of(
        "id", "crash-" + number,
        "from", from.address(),
        "to", to.address(),
        "subject", "Number " + number,
        "body", "Text of " + number);
  }

  private static int mails(MailUser user) {
    return Integer.parseInt(
        DOVECOT
            .doveadm("-f", "tab", "mailbox", "status", "-u", user.address(), "messages", "INBOX")
            .strip()
            .replaceAll("(?s).*\\s", ""));
  }

  private static List<JsonNode> list(ApiClient api, String query) {
    List<JsonNode> all = new ArrayList<>();
    String cursor = "";
    do {
      JsonNode page =
          ApiClient.expect(200, api.get("/messages?limit=200&" + query + cursor)).body();
      page.path("items").forEach(all::add);
      cursor = page.path("next").isTextual() ? "&cursor=" + page.path("next").asText() : "";
    } while (!cursor.isEmpty());
    return all;
  }

  private static List<String> receivedEvents(ApiClient api) {
    List<String> messages = new ArrayList<>();
    String after = "0";
    JsonNode items;
    do {
      JsonNode page = ApiClient.expect(200, api.get("/events?limit=200&after=" + after)).body();
      items = page.path("items");
      for (JsonNode event : items) {
        after = event.path("position").asText();
        if (event.path("type").asText().equals("message.received")) {
          messages.add(event.path("messageId").asText());
        }
      }
    } while (!items.isEmpty());
    return messages;
  }

  private static Set<String> subjects(List<MimeMessage> mails) {
    Set<String> subjects = new HashSet<>();
    mails.forEach(mail -> subjects.add(header(mail, "Subject")));
    return subjects;
  }

  private static Set<String> messageIds(List<MimeMessage> mails) {
    Set<String> ids = new HashSet<>();
    mails.forEach(mail -> ids.add(header(mail, "Message-ID")));
    return ids;
  }

  private static String header(MimeMessage mail, String name) {
    try {
      return mail.getHeader(name, null);
    } catch (MessagingException e) {
      throw new IllegalStateException(e);
    }
  }
}
