package org.byoemail.console;

import java.util.UUID;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.outbound.outbox.DeadLetter;
import org.byoemail.outbound.outbox.DeadLetters;
import org.byoemail.platform.access.Page;
import org.byoemail.platform.access.ResourceNotFound;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** The page of messages and submissions that have failed permanently. */
@Controller
@RequestMapping("/console/dead-letters")
class DeadLetterPageController {
  private static final int PAGE_SIZE = 50;

  private final DeadLetters letters;

  DeadLetterPageController(DeadLetters letters) {
    this.letters = letters;
  }

  /** A row of the list. */
  record Line(
      UUID id,
      boolean message,
      Badge status,
      String title,
      @Nullable String from,
      @Nullable String organization,
      String explanation,
      boolean resends,
      DisplayTime at) {

    static Line of(DeadLetter letter) {
      return new Line(
          letter.id(),
          letter.isMessage(),
          Badge.of(letter.status()),
          title(letter),
          letter.from(),
          OrganizationId.valueOrNull(letter.organization()),
          letter.explanation(),
          letter.canBeResent(),
          DisplayTime.of(letter.at()));
    }

    private static String title(DeadLetter letter) {
      if (letter.isMessage()) {
        return letter.subject() == null || letter.subject().isEmpty()
            ? "(no subject)"
            : letter.subject();
      }
      return letter.submissionId() == null
          ? "submission without an id"
          : "submission " + letter.submissionId();
    }
  }

  @GetMapping
  String list(@RequestParam(required = false) @Nullable UUID before, Model model) {
    Page<Line> page =
        Page.of(
            letters.list(Viewer.organization(), before, PAGE_SIZE + 1),
            PAGE_SIZE,
            DeadLetter::id,
            Line::of);
    model.addAttribute("lines", page.items());
    model.addAttribute("next", page.next());
    return "dead-letters";
  }

  @PostMapping("/{id}/resend")
  String resend(@PathVariable UUID id, RedirectAttributes flash) {
    return FlashActions.run(
        flash,
        "/console/dead-letters",
        "Sending again to the recipients that it did not reach.",
        () -> {
          if (!letters.resend(id)) {
            throw new ResourceNotFound("dead letter");
          }
        });
  }
}
