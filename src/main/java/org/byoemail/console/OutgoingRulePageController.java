package org.byoemail.console;

import java.util.List;
import java.util.UUID;
import org.byoemail.operations.setup.OutgoingRuleDraft;
import org.byoemail.outbound.finding.OutgoingRule;
import org.byoemail.outbound.finding.OutgoingRuleRows;
import org.byoemail.platform.access.ResourceNotFound;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** The page of the own rules for outgoing mail. */
@Controller
@RequestMapping("/console/outgoing-rules")
class OutgoingRulePageController {
  private static final String PATH = "/console/outgoing-rules";

  private final OutgoingRuleRows rules;

  OutgoingRulePageController(OutgoingRuleRows rules) {
    this.rules = rules;
  }

  /** A row of the list. */
  record Line(
      UUID id,
      String organization,
      String name,
      String kind,
      boolean ignoreCase,
      String entries,
      DisplayTime changed) {

    static Line of(OutgoingRule rule) {
      return new Line(
          rule.id(),
          rule.organization().value(),
          rule.name(),
          rule.kind().word(),
          rule.ignoreCase(),
          String.join("\n", rule.entries()),
          DisplayTime.of(rule.changedAt()));
    }
  }

  @GetMapping
  String list(Model model) {
    model.addAttribute("lines", rules.list(Viewer.organization()).stream().map(Line::of).toList());
    return "outgoing-rules";
  }

  @PostMapping
  String add(
      @RequestParam String organization,
      @RequestParam String name,
      @RequestParam String kind,
      @RequestParam(defaultValue = "false") boolean ignoreCase,
      @RequestParam String entries,
      RedirectAttributes flash) {
    return FlashActions.run(
        flash,
        PATH,
        null,
        () -> {
          OutgoingRule rule =
              new OutgoingRuleDraft(organization, name, kind, ignoreCase, lines(entries))
                  .addTo(rules, OrganizationField.orDefault(organization));
          flash.addFlashAttribute(
              "done", "Added: " + rule.name() + " applies from the next mail on.");
        });
  }

  @PostMapping("/{id}")
  String change(
      @PathVariable UUID id,
      @RequestParam(defaultValue = "false") boolean ignoreCase,
      @RequestParam String entries,
      RedirectAttributes flash) {
    return FlashActions.run(
        flash,
        PATH,
        null,
        () -> {
          OutgoingRule rule = rules.find(id).orElseThrow(() -> new ResourceNotFound("rule"));
          new OutgoingRuleDraft(null, null, null, ignoreCase, lines(entries)).change(rules, rule);
          flash.addFlashAttribute(
              "done", "Changed: " + rule.name() + " applies from the next mail on.");
        });
  }

  @PostMapping("/{id}/delete")
  String delete(@PathVariable UUID id, RedirectAttributes flash) {
    return FlashActions.run(
        flash,
        PATH,
        null,
        () -> {
          if (!rules.delete(id)) {
            throw new ResourceNotFound("rule");
          }
          flash.addFlashAttribute("done", "The rule was deleted.");
        });
  }

  private static List<String> lines(String text) {
    return text.lines().toList();
  }
}
