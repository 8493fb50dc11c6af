package org.byoemail.platform.dossier;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.byoemail.command.verify.DossierCommand;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.platform.event.Events;
import org.byoemail.support.WebTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.core.env.Environment;
import org.springframework.test.web.servlet.request.MockMvcRequestBuilders;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

class DossierApiTest extends WebTest {
  private static final String KEY = Base64.getEncoder().encodeToString(new byte[32]);

  @TempDir private Path folder;
  @Autowired private Dossier dossier;
  @Autowired private ChainRows rows;
  @Autowired private Events events;
  @Autowired private PlatformTransactionManager transactions;
  @Autowired private Environment environment;

  private String organization = "";
  private String producer = "";
  private String message = "";

  @BeforeEach
  void submit() {
    jdbc.sql("DELETE FROM dossier_key").update();
    organization = fresh("acme");
    String address = fresh("ada") + "@example.test";
    account(organization, address);
    producer = key("producer", organization);
    message =
        post(
                producer,
                "/messages",
                Map.of(
                    "from",
                    address,
                    "to",
                    List.of("ben@else.test"),
                    "subject",
                    "Hello",
                    "body",
                    "Hello"))
            .text("/messageId");
  }

  @Test
  void dossierSaysWhoHandedItInAndWhatWasDone() {
    delete(producer, "/messages/" + message);

    Answer answer = get(producer, "/messages/" + message + "/dossier");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body().path("complete").asBoolean()).isTrue();
    assertThat(answer.body().path("entries").findValuesAsText("kind"))
        .contains("accepted", "cancelled");
    assertThat(answer.text("/entries/0/content/by/kind")).isEqualTo("key");
    assertThat(answer.text("/entries/0/content/by/id")).hasSize(36);
    assertThat(answer.text("/entries/0/content/recipients/to/0")).isEqualTo("ben@else.test");
    assertThat(page("/console/outbox/" + message + "/dossier"))
        .contains("cancelled", "ben@else.test", "not sealed yet");
    assertThat(page("/console/outbox/" + message)).contains("/dossier\"");
  }

  @Test
  void keptBytesAreLinkedBelowTheContextPath() throws Exception {
    OrganizationId owner = new OrganizationId(organization);
    StoredMessageId id = new StoredMessageId(UUID.fromString(message));
    String review = UUID.randomUUID().toString();
    new TransactionTemplate(transactions)
        .executeWithoutResult(
            status -> {
              dossier.record(
                  new DossierEntry(
                      owner,
                      id,
                      DossierKind.REVIEW,
                      Map.of("state", "used", "review", review, "version", 1)));
              dossier.record(
                  new DossierEntry(
                      owner, id, DossierKind.ATTEMPT, Map.of("sentSha256", "ab", "sentBytes", 2)));
            });

    String page =
        mvc.perform(
                MockMvcRequestBuilders.get("/gateway/console/outbox/" + message + "/dossier")
                    .contextPath("/gateway")
                    .cookie(login()))
            .andReturn()
            .getResponse()
            .getContentAsString();

    assertThat(page)
        .contains("href=\"/gateway/console/reviews/" + review + "/versions/1/raw\"")
        .doesNotContain("=\"/console");
  }

  @Test
  void nodeWithoutDossiersRecordsOnlyWhatConcernsTheChain() {
    OrganizationId owner = new OrganizationId(organization);
    Dossier off = new Dossier(jdbc, JSON, new DossierSettings(false, Duration.ofSeconds(5), null));
    String entries = "SELECT kind FROM dossier_entry WHERE organization = :ours ORDER BY number";

    new TransactionTemplate(transactions)
        .executeWithoutResult(
            status -> {
              off.record(
                  new DossierEntry(
                      owner,
                      new StoredMessageId(UUID.fromString(message)),
                      DossierKind.CANCELLED,
                      Map.of()));
              off.record(new DossierEntry(owner, null, DossierKind.RESTORED, Map.of()));
            });

    assertThat(jdbc.sql(entries).param("ours", organization).query(String.class).list())
        .containsExactly("accepted", "restored");
  }

  @Test
  void exportedDossierIsVerifiedOffline() throws IOException {
    seal();

    Answer answer = get(producer, "/messages/" + message + "/dossier");

    assertThat(answer.text("/entries/0/seal")).isNotEmpty();
    assertThat(verify(answer)).isZero();
    ObjectNode entry = (ObjectNode) answer.body().path("entries").get(0);
    entry.put("text", entry.path("text").asText().replace("ben@else.test", "eve@else.test"));
    assertThat(verify(answer)).isEqualTo(1);
    entry.put(
        "digest",
        java.util.HexFormat.of()
            .formatHex(
                DossierDigests.content(
                    java.util.HexFormat.of().parseHex(entry.path("salt").asText()),
                    entry.path("text").asText())));
    assertThat(verify(answer)).isEqualTo(1);
  }

  @Test
  void chainOfTheDatabaseIsVerifiedByTheCommand() {
    seal();
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8);

    int status =
        new DossierCommand(out, out)
            .run(
                "dossier",
                "verify",
                "--organization=" + organization,
                "--spring.datasource.url=" + environment.getProperty("spring.datasource.url"),
                "--spring.datasource.username=postgres",
                "--spring.datasource.password=postgres");

    assertThat(said.toString(StandardCharsets.UTF_8)).contains(organization + ": 1 seals");
    assertThat(status).isZero();
  }

  @Test
  void inventedDossierIsNotValid() throws IOException {
    Answer unsealed = get(producer, "/messages/" + message + "/dossier");
    assertThat(verify(unsealed)).as("nothing proves entries without seal").isEqualTo(1);
    seal();
    Answer answer = get(producer, "/messages/" + message + "/dossier");
    ObjectNode entry = (ObjectNode) answer.body().path("entries").get(0);
    ((ObjectNode) entry.path("content")).put("from", "eve@else.test");
    assertThat(verify(answer)).as("content is not that of its text").isEqualTo(1);

    ObjectNode forged = (ObjectNode) get(producer, "/messages/" + message + "/dossier").body();
    ObjectNode seal = (ObjectNode) forged.path("seals").get(0);
    seal.putNull("key").putNull("signature");
    java.util.HexFormat hex = java.util.HexFormat.of();
    seal.put(
        "head",
        hex.formatHex(
            DossierDigests.head(
                organization,
                seal.path("number").asLong(),
                hex.parseHex(seal.path("previous").asText()),
                hex.parseHex(seal.path("root").asText()),
                seal.path("entries").asInt(),
                java.time.Instant.parse(seal.path("sealedAt").asText()),
                null)));
    String key = Base64.getEncoder().encodeToString(SigningKey.parse(KEY).publicKey());
    assertThat(DossierFile.verify(forged, List.of(key)).problems())
        .contains("seal " + seal.path("number").asLong() + " is not signed");
  }

  @Test
  void exportWithAnotherKeyOrForgedSealIsNotValid() throws IOException {
    seal();
    Answer answer = get(producer, "/messages/" + message + "/dossier");
    ObjectNode seal = (ObjectNode) answer.body().path("seals").get(0);

    seal.put("signature", "00".repeat(64));

    assertThat(verify(answer)).isEqualTo(1);
  }

  @Test
  void whatIsNoDossierIsRefused() throws IOException {
    Path file = Files.writeString(folder.resolve("other.json"), "{}");

    assertThat(run("dossier", "verify", "--file=" + file)).isEqualTo(2);
    assertThat(run("dossier", "verify", "--head=1:zz", "--organization=a")).isEqualTo(2);
    assertThat(run("dossier", "look")).isEqualTo(2);
  }

  private void seal() {
    new DossierSealer(
            rows,
            dossier,
            events,
            transactions,
            new DossierSettings(true, Duration.ofSeconds(5), KEY),
            Clock.systemUTC(),
            new SimpleMeterRegistry())
        .seal();
  }

  private int verify(Answer answer) throws IOException {
    Path file = Files.writeString(folder.resolve("dossier.json"), answer.body().toString());
    Path key =
        Files.writeString(
            folder.resolve("key"),
            Base64.getEncoder().encodeToString(SigningKey.parse(KEY).publicKey()));
    return run("dossier", "verify", "--file=" + file, "--key=" + key);
  }

  private static int run(String... args) {
    PrintStream nowhere =
        new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
    return new DossierCommand(nowhere, nowhere).run(args);
  }
}
