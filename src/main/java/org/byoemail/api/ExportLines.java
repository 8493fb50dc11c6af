package org.byoemail.api;

import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.operations.retention.PersonExport;
import org.byoemail.outbound.bounce.Bounce;
import org.byoemail.outbound.draft.Draft;
import org.byoemail.outbound.submission.RejectedSubmission;
import org.byoemail.outbound.suppression.Suppression;
import org.byoemail.platform.access.Caller;
import org.byoemail.platform.access.ResourceNotFound;
import org.byoemail.platform.event.Event;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes an export as JSON lines, in the formats of other responses. Used by one thread. */
final class ExportLines implements PersonExport.Reader {
  private static final Logger log = LoggerFactory.getLogger(ExportLines.class);
  private final Caller caller;
  private final MessageReader messages;
  private final EventEncoding events;
  private final ObjectWriter json;
  private final OutputStream out;
  private final Map<String, Integer> counts = new TreeMap<>();

  ExportLines(
      Caller caller,
      MessageReader messages,
      EventEncoding events,
      ObjectMapper json,
      OutputStream out) {
    this.caller = caller;
    this.messages = messages;
    this.events = events;
    this.json =
        json.writer()
            .without(SerializationFeature.INDENT_OUTPUT)
            .without(SerializationFeature.FLUSH_AFTER_WRITE_VALUE)
            .without(JsonGenerator.Feature.AUTO_CLOSE_TARGET)
            .without(JsonGenerator.Feature.FLUSH_PASSED_TO_STREAM);
    this.out = out;
  }

  private record Line(String type, Object data) {}

  private record Beginning(String organization, String address, Instant at) {}

  private record Rejected(@Nullable String submissionId, String reason, @Nullable String body) {}

  private record StoredDraft(UUID id, Instant changedAt, @JsonRawValue @Nullable String content) {}

  void begin(OrganizationId organization, String address, Instant at) throws IOException {
    write("export", new Beginning(organization.value(), address, at));
  }

  void end() throws IOException {
    write("end", counts);
  }

  @Override
  public void message(UUID id) throws IOException {
    stored("message", id);
  }

  @Override
  public void mail(UUID id) throws IOException {
    stored("mail", id);
  }

  private void stored(String type, UUID id) throws IOException {
    try {
      counted(type, messages.readNext(caller, id));
    } catch (ResourceNotFound e) {
      log.debug("{} {} was deleted during the export", type, id);
    }
  }

  @Override
  public void event(Event event) throws IOException {
    counted("event", events.node(event, false));
  }

  @Override
  public void bounce(Bounce bounce) throws IOException {
    counted("bounce", BounceResponse.of(bounce));
  }

  @Override
  public void suppression(Suppression suppression) throws IOException {
    counted("suppression", SuppressionsController.SuppressionResponse.of(suppression));
  }

  @Override
  public void rejected(RejectedSubmission rejected) throws IOException {
    byte[] body = rejected.body();
    counted(
        "rejected-submission",
        new Rejected(
            rejected.submissionId(),
            rejected.reason(),
            body == null ? null : new String(body, StandardCharsets.UTF_8)));
  }

  @Override
  public void draft(Draft draft) throws IOException {
    counted("draft", new StoredDraft(draft.id(), draft.changedAt(), draft.content()));
  }

  private void counted(String type, Object data) throws IOException {
    write(type, data);
    counts.merge(type, 1, Integer::sum);
  }

  private void write(String type, Object data) throws IOException {
    json.writeValue(out, new Line(type, data));
    out.write('\n');
  }
}
