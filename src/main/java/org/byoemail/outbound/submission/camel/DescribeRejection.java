package org.byoemail.outbound.submission.camel;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.support.DefaultMessage;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.outbound.submission.FailingSubmissions;
import org.byoemail.outbound.submission.InvalidField;
import org.byoemail.outbound.submission.RedeliveryLimitReached;
import org.byoemail.outbound.submission.RejectedSubmission;
import org.byoemail.outbound.submission.RejectedSubmissions;
import org.byoemail.outbound.submission.SubmissionConflict;
import org.byoemail.outbound.submission.SubmissionReader;
import org.byoemail.outbound.submission.SubmissionRejected;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/**
 * Builds the rejection message for the producer ({@code schema/rejected.schema.json}), and stores a
 * dead letter.
 */
@Component("describeRejection")
class DescribeRejection implements Processor {
  private static final Logger LOG = LoggerFactory.getLogger(DescribeRejection.class);

  /** The exchange property with the queue or topic of its user, for RabbitMQ and Kafka. */
  private static final String REJECTED_TO = "rejectedTo";

  private final ObjectMapper json;
  private final RejectedSubmissions rejected;
  private final FailingSubmissions failing;
  private final SubmissionReader reader;
  private final ProducerSettings producers;
  private final String queue;

  DescribeRejection(
      ObjectMapper json,
      RejectedSubmissions rejected,
      FailingSubmissions failing,
      SubmissionReader reader,
      ProducerSettings producers,
      Environment environment) {
    this.queue = environment.getRequiredProperty("byo.outbound.rejected-queue");
    this.failing = failing;
    this.reader = reader;
    this.json = json;
    this.rejected = rejected;
    this.producers = producers;
  }

  @Override
  public void process(Exchange exchange) throws Exception {
    Exception cause = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
    OriginalSubmission original =
        exchange.getProperty(AcceptSubmission.ORIGINAL, OriginalSubmission.class);
    String user = original.user();
    ObjectNode node = json.createObjectNode();
    String id = id(cause);
    if (id != null) {
      node.put("id", id);
    }
    node.put("reason", cause.getMessage());
    for (InvalidField error : errors(cause)) {
      node.withArray("errors")
          .addObject()
          .put("field", error.field())
          .put("reason", error.reason());
    }
    byte[] shown = original.shown();
    // Before the message is acknowledged: stored once, however often it is delivered.
    rejected.keep(
        new RejectedSubmission(
            original.brokersId(),
            producers.organization(user),
            user,
            id,
            cause.getMessage(),
            body(cause, original, user, shown)));
    original.discard();
    if (original.deliveredBefore()) {
      failing.settled(original.brokersId());
    }
    show(node, shown);
    LOG.info("rejected a submission of broker user {}: {}", user, cause.getMessage());
    // Another message: the one from the queue would take its properties along.
    DefaultMessage rejection = new DefaultMessage(exchange.getContext());
    rejection.setBody(json.writeValueAsString(node));
    // By these the broker hands it to the queue of its producer.
    rejection.setHeader("type", "submission.rejected");
    if (user != null) {
      rejection.setHeader("user", user);
    }
    OrganizationId organization = producers.organization(user);
    if (organization != null) {
      rejection.setHeader("organization", organization.value());
    }
    exchange.setMessage(rejection);
    exchange.setProperty(REJECTED_TO, user == null ? queue : queue + "." + user);
  }

  /**
   * What is kept to be sent again: all of what may be right, and the rest as far as it is shown.
   * Nobody sends again, with more rights, what its user had no right to send.
   */
  private byte @Nullable [] body(
      Exception cause, OriginalSubmission original, @Nullable String user, byte[] shown)
      throws Exception {
    if (!producers.maySend(user) || shown.length == 0) {
      return null;
    }
    if (cause instanceof RedeliveryLimitReached) {
      return original.whole(reader);
    }
    return shown.length <= OriginalSubmission.SHOWN ? shown : null;
  }

  private static @Nullable String id(Exception cause) {
    return cause instanceof SubmissionConflict conflict
        ? conflict.submissionId()
        : ((SubmissionRejected) cause).submissionId();
  }

  private static List<InvalidField> errors(Exception cause) {
    return cause instanceof SubmissionRejected rejected
        ? rejected.errors()
        : List.of(new InvalidField("id", "was used before for a submission with another body"));
  }

  private static void show(ObjectNode node, byte[] start) {
    boolean isTruncated = start.length > OriginalSubmission.SHOWN;
    byte[] shown = isTruncated ? Arrays.copyOf(start, OriginalSubmission.SHOWN) : start;
    CharBuffer text = CharBuffer.allocate(shown.length);
    // A character that the limit cuts in two is left out.
    boolean isText =
        !StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .decode(ByteBuffer.wrap(shown), text, !isTruncated)
            .isError();
    if (isText) {
      node.put("submission", text.flip().toString());
    } else {
      node.put("submissionBase64", Base64.getEncoder().encodeToString(shown));
    }
    if (isTruncated) {
      node.put("submissionTruncated", true);
    }
  }
}
