package org.byoemail.outbound.submission.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.apache.camel.CamelContext;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.Model;
import org.apache.camel.support.DefaultExchange;
import org.byoemail.account.registry.Agents;
import org.byoemail.account.registry.ContactPolicy;
import org.byoemail.account.registry.Endpoints;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.outbound.outbox.Outbox;
import org.byoemail.outbound.outbox.OutboxEntry;
import org.byoemail.outbound.outbox.OutboxFilter;
import org.byoemail.outbound.submission.FailingSubmissions;
import org.byoemail.outbound.submission.ReadingBudget;
import org.byoemail.outbound.submission.SubmissionReader;
import org.byoemail.outbound.submission.Submissions;
import org.byoemail.platform.conversation.ContentStore;
import org.byoemail.platform.hook.HookFailed;
import org.byoemail.platform.routes.RoutesReplaced;
import org.byoemail.platform.trace.TracePropagation;
import org.byoemail.support.ApiClient;
import org.byoemail.support.BrokerTest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jms.core.JmsTemplate;

/** Routes of an operator that are called when a submission is accepted. */
class AcceptHookTest extends BrokerTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final ObjectMapper JSON = new ObjectMapper();

  @Autowired private CamelContext camel;
  @Autowired private ApplicationEventPublisher events;
  @Autowired private Agents agents;
  @Autowired private Endpoints endpoints;
  @Autowired private Outbox outbox;
  @Autowired private JmsTemplate jms;
  @Autowired private SubmissionReader reader;
  @Autowired private Submissions submissions;
  @Autowired private ProducerSettings producers;
  @Autowired private ReadingBudget budget;
  @Autowired private FailingSubmissions failing;
  @Autowired private TracePropagation traces;
  @Autowired private JdbcClient jdbc;
  @Autowired private ContentStore contents;
  @LocalServerPort private int port;

  private final String organization = "hooks-" + UUID.randomUUID();
  private final List<Map<?, ?>> before = new CopyOnWriteArrayList<>();
  private final List<Map<?, ?>> after = new CopyOnWriteArrayList<>();
  private volatile Function<Map<?, ?>, @Nullable Object> answer = body -> null;
  private String ada;

  @BeforeEach
  void addHooks() throws Exception {
    ada = "ada-" + UUID.randomUUID() + "@example.org";
    endpoints.own(
        agents
            .create(
                new OrganizationId(organization),
                "Ada",
                new ContactPolicy(ContactPolicy.Mode.OPEN, ContactPolicy.Mode.OPEN, List.of()))
            .id(),
        EmailAddress.parse(ada),
        "Ada");
    camel.addRoutes(
        new RouteBuilder() {
          @Override
          public void configure() {
            from("direct:hook-before-accept")
                .routeId("hook-before-accept")
                .process(
                    exchange -> {
                      Map<?, ?> body = exchange.getMessage().getBody(Map.class);
                      before.add(body);
                      exchange.getMessage().setBody(answer.apply(body));
                    });
            from("direct:hook-after-accept")
                .routeId("hook-after-accept")
                .process(
                    exchange -> {
                      after.add(exchange.getMessage().getBody(Map.class));
                      throw new IllegalStateException("fails, to no effect");
                    });
          }
        });
    events.publishEvent(new RoutesReplaced());
  }

  @AfterEach
  void removeHooks() throws Exception {
    Model model = camel.getCamelContextExtension().getContextPlugin(Model.class);
    for (String route : List.of("hook-before-accept", "hook-after-accept")) {
      camel.getRouteController().stopRoute(route);
      model.removeRouteDefinition(model.getRouteDefinition(route));
    }
    events.publishEvent(new RoutesReplaced());
  }

  @Test
  void hookAddsMetadataAndIsToldOnceTheSubmissionIsStored() {
    answer = body -> Map.of("metadata", Map.of("risk", 0.5, "order", "of the hook"));
    Map<String, Object> submission = submission("tagged");

    ApiClient.Answer first = api().post("/messages", submission);
    ApiClient.Answer second = api().post("/messages", submission);

    ApiClient.expect(202, first);
    assertThat(second.status()).isBetween(200, 202);
    assertThat(second.text("messageId")).isEqualTo(first.text("messageId"));
    assertThat(before)
        .singleElement()
        .satisfies(
            body -> {
              assertThat(body.get("organization")).isEqualTo(organization);
              assertThat(body.get("from")).isEqualTo(ada);
              assertThat(body.get("to")).isEqualTo(List.of("ben@x.test"));
              assertThat(body.get("text")).isEqualTo("Text.");
            });
    assertThat(
            JSON.valueToTree(api().get("/messages/" + first.text("messageId")).body()).toString())
        .contains("\"risk\":0.5")
        .contains("\"order\":17");
    await().atMost(PATIENCE).until(() -> after.size() == 1);
    assertThat(after.get(0).get("id")).isEqualTo(first.text("messageId"));
    assertThat(after.get(0).get("submissionId")).isEqualTo("tagged");
  }

  @Test
  void hookIsShownHtmlAndUploadedFiles() {
    byte[] content = "x".getBytes(StandardCharsets.UTF_8);
    UUID upload = UUID.randomUUID();
    jdbc.sql(
            "INSERT INTO attachment (id, organization, name, content_type, size, sha256,"
                + " created_at) VALUES (:id, :organization, 'offer.exe',"
                + " 'application/x-msdownload', 1, :sha256, now())")
        .param("id", upload)
        .param("organization", organization)
        .param("sha256", contents.store(new ByteArrayInputStream(content)).sha256())
        .update();

    ApiClient.expect(
        202,
        api()
            .post(
                "/messages",
                Map.of(
                    "from",
                    ada,
                    "to",
                    "ben@x.test",
                    "subject",
                    "s",
                    "text",
                    "Harmless.",
                    "html",
                    "<p>Buy now</p>",
                    "attachments",
                    List.of(Map.of("id", upload.toString())))));

    assertThat(before)
        .singleElement()
        .satisfies(
            body -> {
              assertThat(body.get("text")).isEqualTo("Harmless.");
              assertThat(body.get("htmlText")).isEqualTo("Buy now");
              assertThat(body.get("htmlTextCut")).isEqualTo(false);
              assertThat(body.get("listsCut")).isEqualTo(false);
              assertThat(body.get("attachments"))
                  .isEqualTo(
                      List.of(
                          Map.of("name", "offer.exe", "contentType", "application/x-msdownload")));
            });
  }

  @Test
  void refusedSubmissionIsRejectedWithTheReason() {
    answer = body -> Map.of("action", "refuse", "reason", "no such campaign");

    ApiClient.Answer refused = api().post("/messages", submission("refused"));

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.text("detail"))
        .isEqualTo("the request is refused by hook-before-accept: no such campaign");
    assertThat(accepted()).isEmpty();
    assertThat(after).isEmpty();
  }

  @Test
  void submissionWaitsWhileTheHookFails() throws JsonProcessingException {
    answer =
        body -> {
          throw new IllegalStateException("secret host is away");
        };

    ApiClient.Answer failed = api().post("/messages", submission("over-http"));
    String json = JSON.writeValueAsString(submission("over-jms"));
    jms.send("email.outbound", session -> session.createTextMessage(json));
    await().atMost(PATIENCE).until(() -> before.size() >= 2);

    assertThat(failed.status()).isEqualTo(503);
    assertThat(failed.body().toString()).contains("with the same id").doesNotContain("secret host");
    assertThat(accepted()).isEmpty();

    answer = body -> null;

    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(accepted())
                    .extracting(OutboxEntry::submissionId)
                    .containsExactly("over-jms"));
  }

  /** On Kafka nothing else is accepted meanwhile, and each failure would count. */
  @Test
  void hookThatIsAwayIsNoFailureOfTheSubmission() throws Exception {
    answer =
        body -> {
          throw new IllegalStateException("away");
        };
    OriginalSubmission original = mock(OriginalSubmission.class);
    when(original.deliveredBefore()).thenReturn(true);
    when(original.user()).thenReturn("all");
    when(original.brokersId()).thenReturn(organization);
    when(original.read(reader))
        .thenReturn(
            reader.read(new ByteArrayInputStream(JSON.writeValueAsBytes(submission("late")))));
    SubmissionMessages messages = exchange -> original;
    AcceptSubmission step =
        new AcceptSubmission(reader, submissions, producers, budget, failing, traces, messages);

    assertThatThrownBy(() -> step.process(new DefaultExchange(camel)))
        .isInstanceOf(HookFailed.class);

    assertThat(
            jdbc.sql("SELECT failures FROM submission_failure WHERE broker_id = :id")
                .param("id", organization)
                .query(Integer.class)
                .single())
        .isZero();
  }

  private Map<String, Object> submission(String id) {
    return Map.of(
        "id",
        id,
        "from",
        ada,
        "to",
        "ben@x.test",
        "subject",
        id,
        "body",
        "Text.",
        "metadata",
        Map.of("order", 17));
  }

  private ApiClient api() {
    return new ApiClient("http://127.0.0.1:" + port, ADMIN_KEY);
  }

  private List<OutboxEntry> accepted() {
    return outbox.list(
        new OutboxFilter(new OrganizationId(organization), null, null, null, null, 10));
  }
}
