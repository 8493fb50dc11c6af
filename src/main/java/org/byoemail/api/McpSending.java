package org.byoemail.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.byoemail.api.Replies.Kind;
import org.byoemail.api.SubmissionsController.Accepted;
import org.byoemail.outbound.draft.Draft;
import org.byoemail.outbound.draft.Drafts;
import org.byoemail.outbound.submission.SubmissionReader;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;

/**
 * The tools that draft and send. Those that send need an id, so that a call which a client repeats
 * sends one mail. Thread-safe.
 */
@Component
class McpSending {
  private static final int MAX_ID = 200;
  private static final ObjectWriter ASCII =
      new ObjectMapper().writer().with(JsonWriteFeature.ESCAPE_NON_ASCII);

  private final SubmissionReader reader;
  private final SubmittedReplies replies;
  private final Drafts drafts;
  private final HttpSubmissions http;

  McpSending(
      SubmissionReader reader, SubmittedReplies replies, Drafts drafts, HttpSubmissions http) {
    this.reader = reader;
    this.replies = replies;
    this.drafts = drafts;
    this.http = http;
  }

  String draft(ToolArguments arguments, McpCall call) {
    byte[] content = bytes(arguments.all());
    Draft draft =
        http.within(
            call.request(),
            content.length,
            () -> drafts.create(HttpSubmissions.source(call.caller()), content));
    return JsonRpc.object()
        .put("draft", draft.id().toString())
        .put("version", draft.version())
        .toString();
  }

  String send(ToolArguments arguments, McpCall call) {
    String id = arguments.required("id", MAX_ID);
    return accepted(
        http.accept(call.caller(), call.request(), key -> reader.read(body(arguments.all()), id)));
  }

  String reply(ToolArguments arguments, McpCall call) {
    String id = arguments.required("id", MAX_ID);
    UUID message = arguments.id("message");
    Kind kind = arguments.flag("all") ? Kind.REPLY_ALL : Kind.REPLY;
    ObjectNode submission = arguments.all().deepCopy();
    submission.remove(List.of("message", "all"));
    return accepted(
        http.answer(
            call.request(),
            key ->
                replies.submit(call.caller(), message, kind, reader.json(body(submission), id))));
  }

  private static InputStream body(ObjectNode submission) {
    return new ByteArrayInputStream(bytes(submission));
  }

  /**
   * The submission, to be read by the rules of submissions, which bound more than the rules of
   * calls. Escaped, so that text which is no Unicode comes there, and is refused by name.
   */
  private static byte[] bytes(ObjectNode submission) {
    try {
      return ASCII.writeValueAsBytes(submission);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("arguments cannot be written as JSON", e);
    }
  }

  private static String accepted(ResponseEntity<@Nullable Accepted> response) {
    Accepted accepted = Objects.requireNonNull(response.getBody());
    return JsonRpc.object()
        .put("id", accepted.id())
        .put("messageId", accepted.messageId().toString())
        .put("replayed", response.getHeaders().containsKey(IdempotencyKey.REPLAYED))
        .toString();
  }
}
