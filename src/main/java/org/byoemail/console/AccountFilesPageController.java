package org.byoemail.console;

import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.byoemail.operations.setup.FieldsRefused;
import org.byoemail.operations.transfer.AccountExport;
import org.byoemail.operations.transfer.AccountImport;
import org.byoemail.operations.transfer.FileFormat;
import org.byoemail.operations.transfer.ImportOptions;
import org.byoemail.operations.transfer.ImportReport;
import org.byoemail.operations.transfer.ImportedLine;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;

/** Imports accounts that are pasted into a form, and exports them. */
@Controller
@RequestMapping("/console/accounts")
class AccountFilesPageController {
  private final AccountImport imports;
  private final AccountExport exports;
  private final AgentChoices choices;

  AccountFilesPageController(AccountImport imports, AccountExport exports, AgentChoices choices) {
    this.imports = imports;
    this.exports = exports;
    this.choices = choices;
  }

  /** A row of the result. */
  record Line(
      long number, @Nullable String address, @Nullable UUID account, Badge result, String reason) {

    static Line of(ImportedLine line) {
      return new Line(
          line.number(),
          line.address(),
          line.account() == null ? null : line.account().value(),
          switch (line.result()) {
            case CREATED, UPDATED -> Badge.good(line.result().word());
            case UNCHANGED -> Badge.off(line.result().word());
            case FAILED -> Badge.bad(line.result().word());
          },
          line.problems().stream()
              .map(problem -> problem.field() + " " + problem.reason())
              .collect(Collectors.joining("; ")));
    }
  }

  @GetMapping("/import")
  ModelAndView form() {
    return page(null, null);
  }

  /** The file is not shown again: it has passwords. */
  @PostMapping("/import")
  ModelAndView importFile(
      @RequestParam String file,
      @RequestParam(required = false) @Nullable UUID agent,
      @RequestParam(defaultValue = "false") boolean update) {
    FileFormat format = file.stripLeading().startsWith("{") ? FileFormat.JSONL : FileFormat.CSV;
    try {
      return page(
          imports.run(
              new ByteArrayInputStream(file.getBytes(StandardCharsets.UTF_8)),
              format,
              new ImportOptions(Viewer.organization(), agent, update)),
          null);
    } catch (FieldsRefused e) {
      return page(null, e.getMessage());
    }
  }

  @GetMapping("/export")
  void exportFile(@RequestParam(defaultValue = "csv") String format, HttpServletResponse response)
      throws IOException {
    FileFormat chosen = FileFormat.of(format).orElse(FileFormat.CSV);
    exports.download(Viewer.organization(), chosen, response);
  }

  private ModelAndView page(@Nullable ImportReport report, @Nullable String refused) {
    ModelAndView page =
        new ModelAndView(
            "accounts/import", refused == null ? HttpStatus.OK : HttpStatus.BAD_REQUEST);
    choices.addTo(page.getModelMap(), null);
    page.addObject("refused", refused);
    page.addObject("summary", report == null ? null : summary(report));
    page.addObject("incomplete", report == null ? null : report.incomplete());
    page.addObject(
        "lines", report == null ? List.of() : report.lines().stream().map(Line::of).toList());
    return page;
  }

  private static String summary(ImportReport report) {
    return "%d created, %d updated, %d unchanged, %d failed"
        .formatted(
            report.count(ImportedLine.Result.CREATED),
            report.count(ImportedLine.Result.UPDATED),
            report.count(ImportedLine.Result.UNCHANGED),
            report.count(ImportedLine.Result.FAILED));
  }
}
