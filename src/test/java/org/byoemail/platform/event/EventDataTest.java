package org.byoemail.platform.event;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.platform.event.EventData.AccountError;
import org.byoemail.platform.event.EventData.AccountNeedsReauthorization;
import org.byoemail.platform.event.EventData.AccountRecovered;
import org.byoemail.platform.event.EventData.AliasProved;
import org.byoemail.platform.event.EventData.AliasRefused;
import org.byoemail.platform.event.EventData.AttemptResult;
import org.byoemail.platform.event.EventData.CorrespondentHeld;
import org.byoemail.platform.event.EventData.DomainLost;
import org.byoemail.platform.event.EventData.DomainProved;
import org.byoemail.platform.event.EventData.DossierSealed;
import org.byoemail.platform.event.EventData.MailHeld;
import org.byoemail.platform.event.EventData.MailHeldDigest;
import org.byoemail.platform.event.EventData.MailHeldLimitReached;
import org.byoemail.platform.event.EventData.MailboxReset;
import org.byoemail.platform.event.EventData.MessageApproved;
import org.byoemail.platform.event.EventData.MessageBounced;
import org.byoemail.platform.event.EventData.MessageCancelled;
import org.byoemail.platform.event.EventData.MessageComplained;
import org.byoemail.platform.event.EventData.MessageDeferred;
import org.byoemail.platform.event.EventData.MessageDelivered;
import org.byoemail.platform.event.EventData.MessageFailed;
import org.byoemail.platform.event.EventData.MessageFlagged;
import org.byoemail.platform.event.EventData.MessageHeld;
import org.byoemail.platform.event.EventData.MessageQuarantined;
import org.byoemail.platform.event.EventData.MessageReceived;
import org.byoemail.platform.event.EventData.MessageRejected;
import org.byoemail.platform.event.EventData.MessageReviewExpired;
import org.byoemail.platform.event.EventData.MessageReviewRequested;
import org.byoemail.platform.event.EventData.MessageSent;
import org.byoemail.platform.event.EventData.RecipientResult;
import org.byoemail.platform.event.EventData.ReportSource;
import org.byoemail.platform.event.EventData.ReportedRecipient;
import org.byoemail.platform.event.EventData.ReviewReason;
import org.byoemail.platform.event.EventData.Reviewed;
import org.byoemail.platform.event.EventData.WebhookDisabled;
import org.byoemail.support.PublishedSchema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.jackson.JacksonAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class EventDataTest {
  private static final UUID ID = UUID.fromString("01890a5d-ac96-774b-bcce-b302099a8057");
  private static final Instant AT = Instant.parse("2030-01-31T09:00:00.123456Z");
  private static final PublishedSchema SCHEMA = new PublishedSchema("event");

  static Stream<Arguments> events() {
    AttemptResult result =
        new AttemptResult(
            "order-17",
            "failed",
            ID,
            "<m@acme.test>",
            List.of(new RecipientResult("a@x.test", "failed", null, "550 unknown")),
            Map.of("order", 7));
    String resultJson =
        """
        "submissionId":"order-17","status":"failed","attemptId":"%s","rfcMessageId":"<m@acme.test>","recipients":
        [{"address":"a@x.test","status":"failed","enhancedStatus":null,"diagnostic":"550 unknown"}],
        "metadata":{"order":7}\
        """
            .formatted(ID);
    Reviewed review = new Reviewed("order-17", ID, 2, Map.of());
    String reviewJson =
        "\"submissionId\":\"order-17\",\"reviewId\":\"%s\",\"version\":2,\"metadata\":{}"
            .formatted(ID);
    ReportSource source = new ReportSource("order-17", ID, "envelope-id", ID, Map.of());
    String sourceJson =
        "\"submissionId\":\"order-17\",\"attemptId\":\"%s\",\"matchedBy\":\"envelope-id\",\"inboundMailId\":\"%s\",\"metadata\":{}"
            .formatted(ID, ID);
    List<ReportedRecipient> bounced =
        List.of(
            new ReportedRecipient(
                "a@x.test", "final", "failed", "5.1.1", null, "no-such-user", true));
    List<ReportedRecipient> delivered =
        List.of(
            new ReportedRecipient("a@x.test", "final", "delivered", null, "250 ok", null, false));
    return Stream.of(
        Arguments.of(new MessageSent(result), "{%s}".formatted(resultJson)),
        Arguments.of(
            new MessageDeferred(result, "450 later", "4.2.0", AT),
            "{%s,\"error\":\"450 later\",\"errorCode\":\"4.2.0\",\"nextTryAt\":\"%s\"}"
                .formatted(resultJson, AT)),
        Arguments.of(
            new MessageDeferred(result, null, null, null),
            "{%s,\"error\":null,\"errorCode\":null}".formatted(resultJson)),
        Arguments.of(
            new MessageHeld(result, "unknown", null),
            "{%s,\"error\":\"unknown\",\"errorCode\":null}".formatted(resultJson)),
        Arguments.of(
            new MessageFailed(result, "550 unknown", "550"),
            "{%s,\"error\":\"550 unknown\",\"errorCode\":\"550\"}".formatted(resultJson)),
        Arguments.of(
            new MessageCancelled(result, null, null),
            "{%s,\"error\":null,\"errorCode\":null}".formatted(resultJson)),
        Arguments.of(
            new MessageReviewRequested(
                review,
                List.of("a@x.test"),
                List.of(new ReviewReason("review", "always", "all mail is reviewed")),
                null,
                AT),
            """
            {%s,"recipients":["a@x.test"],
            "reasons":[{"gate":"review","code":"always","reason":"all mail is reviewed"}],
            "link":null,"expiresAt":"%s"}\
            """
                .formatted(reviewJson, AT)),
        Arguments.of(
            new MessageApproved(review, true), "{%s,\"edited\":true}".formatted(reviewJson)),
        Arguments.of(
            new MessageRejected(review, "too early"),
            "{%s,\"reason\":\"too early\"}".formatted(reviewJson)),
        Arguments.of(new MessageReviewExpired(review), "{%s}".formatted(reviewJson)),
        Arguments.of(
            new MessageBounced(source, "failed", "dns; mx.x.test", bounced),
            """
            {%s,"status":"failed","reportingMta":"dns; mx.x.test","recipients":[{"address":"a@x.test",
            "recipientMatch":"final","status":"failed","enhancedStatus":"5.1.1","diagnostic":null,
            "reason":"no-such-user","permanent":true}]}\
            """
                .formatted(sourceJson)),
        Arguments.of(
            new MessageDelivered(source, "delivered", null, delivered),
            """
            {%s,"status":"delivered","reportingMta":null,"recipients":[{"address":"a@x.test",
            "recipientMatch":"final","status":"delivered","enhancedStatus":null,
            "diagnostic":"250 ok","reason":null,"permanent":false}]}\
            """
                .formatted(sourceJson)),
        Arguments.of(
            new MessageComplained(
                source, "abuse", List.of(new MessageComplained.Complainant("a@x.test"))),
            "{%s,\"type\":\"abuse\",\"recipients\":[{\"address\":\"a@x.test\"}]}"
                .formatted(sourceJson)),
        Arguments.of(
            new MessageReceived(
                ID,
                "a@x.test",
                null,
                List.of("b@acme.test"),
                null,
                null,
                "Hi",
                "pass",
                "authentic",
                "dkim",
                null,
                null,
                null,
                null,
                2,
                List.of(),
                false,
                false),
            """
            {"conversationId":"%s","from":"a@x.test","fromName":null,"to":["b@acme.test"],
            "subject":"Hi","authentication":"pass","verdict":"authentic","verdictSource":"dkim","autoSubmitted":null,"kind":null,"attachments":2}\
            """
                .formatted(ID)),
        Arguments.of(
            new MessageReceived(
                ID,
                "a@x.test",
                "A",
                List.of(),
                "b+x@acme.test",
                "x",
                "",
                "none",
                "unproven",
                null,
                "released",
                "auto-replied",
                "auto-reply",
                new MessageReceived.InvitationSummary("REQUEST", "u1", "Lunch", AT, null),
                0,
                List.of(new MessageReceived.FindingSummary("link-mismatch", "warning")),
                true,
                true),
            """
            {"conversationId":"%s","from":"a@x.test","fromName":"A","to":[],
            "recipient":"b+x@acme.test","recipientTag":"x","subject":"",
            "authentication":"none","verdict":"unproven","letIn":"released","autoSubmitted":"auto-replied","kind":"auto-reply","attachments":0,"findings":[{"kind":"link-mismatch","severity":"warning"}],
            "invitation":{"method":"REQUEST","uid":"u1","summary":"Lunch","start":"%s","end":null},
            "possibleDuplicate":true,"afterRestore":true}\
            """
                .formatted(ID, AT)),
        Arguments.of(
            new MessageQuarantined(ID, "too large", null, "Hi", 42),
            """
            {"inboundMailId":"%s","reason":"too large","from":null,"subject":"Hi","size":42}\
            """
                .formatted(ID)),
        Arguments.of(
            new MailHeld(ID, ID, "a@x.test", "unproven", "sender", "nobody signed it", 42),
            """
            {"inboundMailId":"%s","agent":"%s","from":"a@x.test","verdict":"unproven","because":"sender",
            "reason":"nobody signed it","size":42}\
            """
                .formatted(ID, ID)),
        Arguments.of(
            new MailHeldLimitReached(ID, ID, null, "too many are held"),
            """
            {"inboundMailId":"%s","agent":"%s","from":null,"reason":"too many are held"}"""
                .formatted(ID, ID)),
        Arguments.of(
            new MailHeldDigest(
                3, 1, 1, 1, AT, 60, List.of(new MailHeldDigest.AgentShare(ID, 3, AT))),
            """
            {"held":3,"unproven":1,"forged":1,"undecided":1,"oldestHeldAt":"%s",
            "oldestAgeSeconds":60,"agents":[{"agent":"%s","held":3,"oldestHeldAt":"%s"}]}"""
                .formatted(AT, ID, AT)),
        Arguments.of(
            new EventData.ContactRequested(ID, ID, "a@x.test", "to ask"),
            """
            {"request":"%s","agent":"%s","address":"a@x.test","reason":"to ask"}"""
                .formatted(ID, ID)),
        Arguments.of(
            new EventData.ContactRequestDecided(ID, ID, "a@x.test", "rejected", "a stranger"),
            """
            {"request":"%s","agent":"%s","address":"a@x.test","decision":"rejected",
            "reason":"a stranger"}"""
                .formatted(ID, ID)),
        Arguments.of(
            new EventData.SendingStopped(ID, "it loops"),
            "{\"agent\":\"%s\",\"reason\":\"it loops\"}".formatted(ID)),
        Arguments.of(new EventData.SendingStarted(null), "{\"agent\":null}"),
        Arguments.of(
            new CorrespondentHeld(ID, "a@x.test", 30),
            "{\"agent\":\"%s\",\"address\":\"a@x.test\",\"mails\":30}".formatted(ID)),
        Arguments.of(
            new AccountError("smtp", "535 refused"),
            "{\"side\":\"smtp\",\"error\":\"535 refused\"}"),
        Arguments.of(
            new MessageFlagged(
                List.of(new MessageFlagged.Flag("secret", "npm-token", "text, line 2", "mark"))),
            """
            {"findings":[{"kind":"secret","name":"npm-token","place":"text, line 2","action":"mark"}]}\
            """),
        Arguments.of(new AccountRecovered("imap"), "{\"side\":\"imap\"}"),
        Arguments.of(
            new AccountNeedsReauthorization("google", "invalid_grant", "revoked", null),
            """
            {"provider":"google","error":"invalid_grant","reason":"revoked","link":null}\
            """),
        Arguments.of(
            new MailboxReset(ID, "INBOX", 3, 4),
            """
            {"mailbox":"%s","folder":"INBOX","uidValidityBefore":3,"uidValidity":4}\
            """
                .formatted(ID)),
        Arguments.of(
            new WebhookDisabled(ID, "HTTP 410"),
            """
            {"webhook":"%s","reason":"HTTP 410"}\
            """
                .formatted(ID)),
        Arguments.of(
            new AliasProved("ada+*@acme.test", "plus"),
            "{\"address\":\"ada+*@acme.test\",\"kind\":\"plus\"}"),
        Arguments.of(
            new AliasRefused("a@acme.test", "address", "rewritten", "b@acme.test", null),
            """
            {"address":"a@acme.test","kind":"address","state":"rewritten","seenFrom":"b@acme.test",
            "error":null}\
            """),
        Arguments.of(
            new DomainProved("acme.test", "dns"), "{\"domain\":\"acme.test\",\"proof\":\"dns\"}"),
        Arguments.of(
            new DomainLost("acme.test", "proved by another"),
            "{\"domain\":\"acme.test\",\"error\":\"proved by another\"}"),
        Arguments.of(
            new EventData.RecipientUnsubscribed(ID, "a@acme.test"),
            "{\"agent\":\"%s\",\"address\":\"a@acme.test\"}".formatted(ID)),
        Arguments.of(
            new DossierSealed(2, "ab", "cd", 3, Instant.parse("2026-01-02T03:04:05Z"), null, null),
            """
            {"number":2,"head":"ab","previous":"cd","entries":3,"sealedAt":"2026-01-02T03:04:05Z"}\
            """));
  }

  @ParameterizedTest
  @MethodSource("events")
  void dataHasTheFieldsOfTheContract(EventData data, String expected) {
    withJson(
        json -> {
          JsonNode written = json.readTree(json.writeValueAsString(data));

          assertThat(written).isEqualTo(json.readTree(expected));
        });
  }

  @ParameterizedTest
  @MethodSource("events")
  void eventMatchesTheSchema(EventData data, String expected) {
    withJson(
        json -> {
          Event event =
              new Event(
                  ID,
                  1,
                  new OrganizationId("acme"),
                  data.eventType().word(),
                  ID,
                  ID,
                  1,
                  json.valueToTree(data),
                  AT,
                  null);

          assertThat(SCHEMA.faults(new EventJson(json).write(event))).isEmpty();
        });
  }

  @Test
  void eachTypeHasItsRecord() {
    // Of the contract, but no flow publishes it: accounts have passwords only.
    Set<EventType> types = EnumSet.of(EventType.ACCOUNT_NEEDS_REAUTHORIZATION);
    List<Class<?>> records = new ArrayList<>();

    events()
        .map(arguments -> (EventData) arguments.get()[0])
        .forEach(
            data -> {
              types.add(data.eventType());
              records.add(data.getClass());
            });

    assertThat(types).containsExactlyInAnyOrder(EventType.values());
    assertThat(Set.copyOf(records))
        .isEqualTo(
            Arrays.stream(EventData.class.getPermittedSubclasses()).collect(Collectors.toSet()));
  }

  private interface JsonCheck {
    void accept(ObjectMapper json) throws Exception;
  }

  private static void withJson(JsonCheck check) {
    new ApplicationContextRunner()
        .withConfiguration(AutoConfigurations.of(JacksonAutoConfiguration.class))
        .run(context -> check.accept(context.getBean(ObjectMapper.class)));
  }
}
