package org.byoemail.console;

import java.util.UUID;
import org.byoemail.platform.access.Page;
import org.byoemail.platform.event.Event;
import org.byoemail.platform.event.Events;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** The page of events. */
@Controller
class EventPageController {
  private static final int PAGE_SIZE = 50;
  private static final int MAX_DATA = 500;

  private final Events events;

  EventPageController(Events events) {
    this.events = events;
  }

  /** A row of the list. */
  record Line(
      long position,
      String type,
      String tone,
      String organization,
      @Nullable UUID message,
      boolean inbound,
      @Nullable UUID account,
      String data,
      DisplayTime at) {

    static Line of(Event event) {
      String data = event.data().isTextual() ? event.data().asText() : event.data().toString();
      return new Line(
          event.position(),
          event.type(),
          tone(event.type()),
          event.organization().value(),
          event.messageId(),
          event.type().equals("message.received"),
          event.accountId(),
          data.length() > MAX_DATA ? data.substring(0, MAX_DATA) + "…" : data,
          DisplayTime.of(event.createdAt()));
    }

    private static String tone(String type) {
      String name = type.substring(type.indexOf('.') + 1);
      return switch (name) {
        case "sent", "delivered", "received", "recovered" -> "good";
        case "failed", "bounced", "complained", "error", "quarantined", "disabled" -> "bad";
        case "deferred", "held", "needs_reauthorization", "mailbox_reset" -> "wait";
        default -> "off";
      };
    }
  }

  @GetMapping("/console/events")
  String list(@RequestParam(required = false) @Nullable Long before, Model model) {
    Page<Line> page =
        Page.of(
            events.newest(Viewer.organization(), before, PAGE_SIZE + 1),
            PAGE_SIZE,
            Event::position,
            Line::of);
    model.addAttribute("lines", page.items());
    model.addAttribute("next", page.next());
    return "events";
  }
}
