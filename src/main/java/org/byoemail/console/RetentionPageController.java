package org.byoemail.console;

import java.util.ArrayList;
import java.util.List;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.operations.retention.Erasures;
import org.byoemail.operations.retention.RetentionPeriods;
import org.byoemail.operations.retention.Retentions;
import org.byoemail.operations.setup.FieldProblem;
import org.byoemail.operations.setup.FieldsRefused;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;
import org.springframework.web.util.UriComponentsBuilder;

/** The retention periods of an organisation, and its erasures. */
@Controller
@RequestMapping("/console/retention")
class RetentionPageController {
  private static final int MAX_ERASURES = 20;

  private final Retentions retentions;
  private final Erasures erasures;

  RetentionPageController(Retentions retentions, Erasures erasures) {
    this.retentions = retentions;
    this.erasures = erasures;
  }

  /**
   * One kind of data.
   *
   * @param name of the field
   * @param days what is set for the organisation; empty if nothing
   * @param holds the period that applies
   */
  record Period(String name, String label, String days, String holds) {
    private static Period of(
        String name, String label, @Nullable Integer own, @Nullable Integer effective) {
      return new Period(
          name, label, own == null ? "" : own.toString(), words(effective) + source(own));
    }

    private static String words(@Nullable Integer days) {
      return days == null || days == 0 ? "for ever" : days == 1 ? "1 day" : days + " days";
    }

    private static String source(@Nullable Integer own) {
      return own == null ? " (byo.retention)" : "";
    }
  }

  @GetMapping
  String show(@RequestParam(defaultValue = "") String organization, Model model) {
    OrganizationId owner = OrganizationField.orDefault(organization);
    RetentionPeriods own = retentions.own(owner);
    RetentionPeriods holds = retentions.effective(owner);
    model.addAttribute("organization", owner.value());
    model.addAttribute(
        "periods",
        List.of(
            Period.of(
                "messages",
                "Messages, with attachments and raw mail",
                own.messages(),
                holds.messages()),
            Period.of("events", "Events", own.events(), holds.events()),
            Period.of("attachments", "Attachments", own.attachments(), holds.attachments()),
            Period.of("rawMail", "Raw mail", own.rawMail(), holds.rawMail()),
            Period.of("quarantine", "Quarantine", own.quarantine(), holds.quarantine())));
    model.addAttribute(
        "erasures",
        erasures.list(owner, MAX_ERASURES).stream().map(ErasurePageController.View::of).toList());
    return "retention/show";
  }

  @PostMapping
  String set(
      @RequestParam(defaultValue = "") String organization,
      @RequestParam(defaultValue = "") String messages,
      @RequestParam(defaultValue = "") String events,
      @RequestParam(defaultValue = "") String attachments,
      @RequestParam(defaultValue = "") String rawMail,
      @RequestParam(defaultValue = "") String quarantine,
      RedirectAttributes flash) {
    OrganizationId owner = OrganizationField.orDefault(organization);
    return FlashActions.run(
        flash,
        path(owner),
        "The retention periods of " + owner + " are set.",
        () -> {
          List<FieldProblem> problems = new ArrayList<>();
          RetentionPeriods periods =
              new RetentionPeriods(
                  days("messages", messages, problems),
                  days("events", events, problems),
                  days("attachments", attachments, problems),
                  days("rawMail", rawMail, problems),
                  days("quarantine", quarantine, problems));
          if (!problems.isEmpty()) {
            throw new FieldsRefused(problems);
          }
          retentions.set(owner, periods);
        });
  }

  /** The page of an organisation. */
  static String path(OrganizationId organization) {
    return UriComponentsBuilder.fromPath("/console/retention")
        .queryParam("organization", "{organization}")
        .encode()
        .buildAndExpand(organization.value())
        .toUriString();
  }

  private static @Nullable Integer days(String field, String text, List<FieldProblem> problems) {
    if (text.isBlank()) {
      return null;
    }
    try {
      int days = Integer.parseInt(text.strip());
      if (days >= 0 && days <= RetentionPeriods.MAX_DAYS) {
        return days;
      }
    } catch (NumberFormatException e) {
      // Refused below.
    }
    problems.add(
        new FieldProblem(field, "must be 0 (for ever) to " + RetentionPeriods.MAX_DAYS + " days"));
    return null;
  }
}
