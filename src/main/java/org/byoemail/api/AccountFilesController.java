package org.byoemail.api;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.operations.setup.FieldProblem;
import org.byoemail.operations.setup.FieldsRefused;
import org.byoemail.operations.transfer.AccountExport;
import org.byoemail.operations.transfer.AccountImport;
import org.byoemail.operations.transfer.FileFormat;
import org.byoemail.operations.transfer.ImportOptions;
import org.byoemail.operations.transfer.ImportReport;
import org.byoemail.operations.transfer.ImportedLine;
import org.byoemail.platform.access.Caller;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Accounts as files: import and export. */
@RestController
@RequestMapping("/api/v1/accounts")
@Tag(name = "accounts")
class AccountFilesController {
  private static final String CSV = "text/csv";
  private static final String JSON_LINES = "application/x-ndjson";
  private static final Map<String, Boolean> ON_CONFLICT = Map.of("skip", false, "update", true);

  private final AccountImport imports;
  private final AccountExport exports;

  AccountFilesController(AccountImport imports, AccountExport exports) {
    this.imports = imports;
    this.exports = exports;
  }

  /** What became of a file. */
  @Schema(name = "AccountImport")
  record ImportResponse(
      int created,
      int updated,
      int unchanged,
      int failed,
      List<LineResponse> lines,
      @Nullable @Schema(description = "why the rest of the file was not read; null: all was")
          String incomplete) {

    static ImportResponse of(ImportReport report) {
      return new ImportResponse(
          report.count(ImportedLine.Result.CREATED),
          report.count(ImportedLine.Result.UPDATED),
          report.count(ImportedLine.Result.UNCHANGED),
          report.count(ImportedLine.Result.FAILED),
          report.lines().stream().map(LineResponse::of).toList(),
          report.incomplete());
    }
  }

  /** What became of a line. */
  @Schema(name = "ImportedLine")
  record LineResponse(
      @Schema(description = "of the file, from 1") long line,
      @Nullable String address,
      @Schema(allowableValues = {"created", "updated", "unchanged", "failed"}) String result,
      @Nullable @Schema(description = "id of the account") UUID account,
      List<FieldProblem> errors) {

    static LineResponse of(ImportedLine line) {
      return new LineResponse(
          line.number(),
          line.address(),
          line.result().word(),
          line.account() == null ? null : line.account().value(),
          line.problems());
    }
  }

  // The body is read as a stream, not bound.
  @PostMapping(
      path = "/import",
      consumes = {CSV, JSON_LINES, "application/jsonl"})
  @Operation(
      operationId = "importAccounts",
      summary = "Import accounts from a file",
      description =
          "Imports accounts, each line for itself: lines that fail are named, the others are taken."
              + " CSV has a header whose columns are the paths of the fields, such as `smtp.host`;"
              + " JSON lines have an object as `POST /accounts` takes it. At most 5,000 lines of"
              + " 64 KB. Accounts are disabled until they are tested.",
      requestBody =
          @io.swagger.v3.oas.annotations.parameters.RequestBody(
              required = true,
              content = {
                @Content(mediaType = CSV, schema = @Schema(type = "string")),
                @Content(mediaType = JSON_LINES, schema = @Schema(type = "string"))
              }))
  ImportResponse importFile(
      @AuthenticationPrincipal Caller caller,
      @Parameter(description = "the agent of the lines that name none")
          @RequestParam(required = false)
          @Nullable UUID agent,
      @Parameter(
              description =
                  "an account that exists: `skip` leaves it as it is, `update` changes it",
              schema = @Schema(allowableValues = {"skip", "update"}))
          @RequestParam(defaultValue = "skip")
          String onConflict,
      @Parameter(hidden = true) HttpServletRequest request)
      throws IOException {
    Boolean updating = ON_CONFLICT.get(onConflict);
    if (updating == null) {
      throw new FieldsRefused("onConflict", "must be skip or update");
    }
    try {
      return ImportResponse.of(
          imports.run(
              request.getInputStream(),
              format(request.getContentType()),
              new ImportOptions(caller.organization(), agent, updating)));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  @GetMapping("/export")
  @Operation(
      operationId = "exportAccounts",
      summary = "Export accounts to a file",
      description =
          "The accounts as a file that can be imported again, without passwords. Cells of CSV that"
              + " a spreadsheet would run as a formula begin with an apostrophe.")
  @ApiResponse(
      responseCode = "200",
      content = {
        @Content(mediaType = CSV, schema = @Schema(type = "string")),
        @Content(mediaType = JSON_LINES, schema = @Schema(type = "string"))
      })
  void exportFile(
      @AuthenticationPrincipal Caller caller,
      @Parameter(schema = @Schema(allowableValues = {"csv", "jsonl"}))
          @RequestParam(defaultValue = "csv")
          String format,
      @RequestParam(required = false) @Nullable String organization,
      HttpServletResponse response)
      throws IOException {
    FileFormat chosen =
        FileFormat.of(format)
            .orElseThrow(() -> new FieldsRefused("format", "must be csv or jsonl"));
    OrganizationId owner = RequestParams.organization(caller, organization);
    exports.download(owner, chosen, response);
  }

  private static FileFormat format(String contentType) {
    MediaType type = MediaType.parseMediaType(contentType);
    if (type.getCharset() != null && !type.getCharset().equals(StandardCharsets.UTF_8)) {
      throw new FieldsRefused("Content-Type", "must be UTF-8: save the file in that encoding");
    }
    return type.getSubtype().equals("csv") ? FileFormat.CSV : FileFormat.JSONL;
  }
}
