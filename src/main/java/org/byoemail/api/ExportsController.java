package org.byoemail.api;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Clock;
import java.util.concurrent.Semaphore;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.operations.retention.PersonExport;
import org.byoemail.operations.setup.AddressField;
import org.byoemail.operations.setup.FieldsRefused;
import org.byoemail.platform.access.Caller;
import org.byoemail.platform.access.ResponseBudget;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Exports the personal data of an address. */
@RestController
@RequestMapping("/api/v1/exports")
@Tag(name = "exports")
class ExportsController {
  private static final String JSON_LINES = "application/x-ndjson";

  /** Per node: each holds a thread while its client reads. */
  private static final int MAX_RUNNING = 2;

  private final PersonExport exports;
  private final MessageReader messages;
  private final EventEncoding events;
  private final ResponseBudget budget;
  private final ObjectMapper json;
  private final Clock clock;
  private final Semaphore free = new Semaphore(MAX_RUNNING);

  ExportsController(
      PersonExport exports,
      MessageReader messages,
      EventEncoding events,
      ResponseBudget budget,
      ObjectMapper json,
      Clock clock) {
    this.exports = exports;
    this.messages = messages;
    this.events = events;
    this.budget = budget;
    this.json = json;
    this.clock = clock;
  }

  /** The address whose data is exported. */
  @Schema(name = "ExportRequest")
  record ExportRequest(
      @Nullable String organization,
      @Schema(requiredMode = Schema.RequiredMode.REQUIRED) @Nullable String address) {}

  // A POST, so that the address is in no URL, which proxies log.
  @PostMapping
  @Operation(
      operationId = "exportPersonalData",
      summary = "Export what is stored about an address",
      description =
          "What an organization stores about an address, as JSON lines, each with a `type` and its"
              + " `data`: `export`, then `message`, `mail`, `event`, `bounce`, `suppression`,"
              + " `rejected-submission` and `draft`, then `end` with the number of lines of each type. An"
              + " export without `end` is incomplete. Raw mail is at `/messages/{id}/raw`,"
              + " attachments at `/attachments/{id}`.")
  @ApiResponse(
      responseCode = "200",
      content = @Content(mediaType = JSON_LINES, schema = @Schema(type = "string")))
  void post(
      @AuthenticationPrincipal Caller caller,
      @RequestBody ExportRequest request,
      @Parameter(hidden = true) HttpServletResponse response)
      throws IOException {
    OrganizationId organization = RequestParams.organization(caller, request.organization());
    if (organization == null) {
      throw new FieldsRefused("organization", "must be named by a key of all organizations");
    }
    EmailAddress address = AddressField.read(request.address());
    if (!free.tryAcquire()) {
      throw new TooManyExports();
    }
    try {
      budget.take(MessageReader.MESSAGE_BYTES);
      response.setContentType(JSON_LINES + ";charset=utf-8");
      response.setHeader(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"export.jsonl\"");
      ExportLines lines =
          new ExportLines(caller, messages, events, json, response.getOutputStream());
      lines.begin(organization, address.value(), clock.instant());
      exports.read(organization, address, lines);
      lines.end();
    } finally {
      free.release();
    }
  }
}
