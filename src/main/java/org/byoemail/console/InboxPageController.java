package org.byoemail.console;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.HeaderField;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.format.mime.MailParser;
import org.byoemail.inbound.ingest.HeldMails;
import org.byoemail.inbound.ingest.InboundStatus;
import org.byoemail.inbound.ingest.Inbox;
import org.byoemail.inbound.ingest.InboxEntry;
import org.byoemail.inbound.ingest.InboxFilter;
import org.byoemail.inbound.ingest.Quarantine;
import org.byoemail.inbound.ingest.TrustedWayInvalid;
import org.byoemail.operations.setup.FieldsRefused;
import org.byoemail.platform.access.Downloads;
import org.byoemail.platform.access.Page;
import org.byoemail.platform.access.ResourceNotFound;
import org.byoemail.platform.conversation.Message;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.Resource;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** The pages of the inbox and the quarantine. */
@Controller
@RequestMapping("/console")
class InboxPageController {
  private static final int PAGE_SIZE = 50;
  private static final int HEADER_BYTES = 256 * 1024;

  private final Inbox inbox;
  private final ReceivedMessages received;
  private final Quarantine quarantine;
  private final HeldMails held;
  private final AccountChoices choices;
  private final MailParser parser = new MailParser();

  InboxPageController(
      Inbox inbox,
      ReceivedMessages received,
      Quarantine quarantine,
      HeldMails held,
      AccountChoices choices) {
    this.inbox = inbox;
    this.quarantine = quarantine;
    this.held = held;
    this.received = received;
    this.choices = choices;
  }

  /** A mail in the list and on its page. */
  record MailView(
      UUID id,
      UUID account,
      String accountName,
      Badge status,
      @Nullable String reason,
      @Nullable String sender,
      @Nullable String subject,
      Badge authentication,
      @Nullable Badge automatic,
      @Nullable Badge doubtful,
      String size,
      boolean hasRaw,
      DisplayTime at) {}

  @GetMapping("/inbox")
  String list(
      @RequestParam(required = false) @Nullable UUID account,
      @RequestParam(required = false) @Nullable String address,
      @RequestParam(required = false) @Nullable String status,
      @RequestParam(required = false) @Nullable UUID before,
      Model model) {
    InboundStatus requested =
        Arrays.stream(InboundStatus.values())
            .filter(one -> one.word().equals(status))
            .findFirst()
            .orElse(null);
    AccountChoices.Choice choice = choices.of(account, address);
    if (choice.isOpen()) {
      addMails(model, List.of());
    } else {
      addMails(model, choice.id(), requested, before);
    }
    model.addAttribute("choice", choice);
    model.addAttribute(
        "reread", Viewer.organization() == null ? inbox.rereading().orElse(null) : null);
    model.addAttribute("status", requested == null ? null : requested.word());
    model.addAttribute(
        "statuses", Arrays.stream(InboundStatus.values()).map(InboundStatus::word).toList());
    return "messages/inbox";
  }

  @GetMapping("/quarantine")
  String quarantine(@RequestParam(required = false) @Nullable UUID before, Model model) {
    addMails(model, null, InboundStatus.QUARANTINED, before);
    return "messages/quarantine";
  }

  /** A mail that is held stays there until somebody decides; the oldest say since when. */
  @GetMapping("/held")
  String held(@RequestParam(required = false) @Nullable UUID before, Model model) {
    addMails(model, null, InboundStatus.HELD, before);
    return "messages/held";
  }

  @PostMapping("/held/release")
  String releaseUnproven(@RequestParam(defaultValue = "") String sender, RedirectAttributes flash) {
    return FlashActions.run(
        flash,
        "/console/held",
        null,
        () -> {
          int released =
              held.releaseUnproven(Viewer.organization(), null, sender.isBlank() ? null : sender);
          flash.addFlashAttribute("done", released + " unproven mails let in.");
        });
  }

  @PostMapping("/held/{id}/release")
  String release(@PathVariable UUID id, RedirectAttributes flash) {
    return decide(flash, id, held::release);
  }

  @PostMapping("/held/{id}/discard")
  String discard(@PathVariable UUID id, RedirectAttributes flash) {
    return decide(flash, id, held::discard);
  }

  @PostMapping("/held/{id}/trust")
  String trust(
      @PathVariable UUID id,
      @RequestParam(defaultValue = "") String signer,
      @RequestParam(defaultValue = "") String envelope,
      @RequestParam(defaultValue = "") String list,
      @RequestParam(defaultValue = "false") boolean invitation,
      RedirectAttributes flash) {
    HeldMails.Trust way = new HeldMails.Trust(false, signer, envelope, list, invitation);
    return decide(
        flash,
        id,
        (organization, mail) -> {
          try {
            return held.trust(organization, mail, way);
          } catch (TrustedWayInvalid e) {
            throw new FieldsRefused(e.field(), String.valueOf(e.getMessage()));
          }
        });
  }

  /** What a person decides on a held mail. */
  private interface Decision {
    Optional<InboxEntry> on(@Nullable OrganizationId organization, UUID id);
  }

  private static String decide(RedirectAttributes flash, UUID id, Decision decision) {
    return FlashActions.run(
        flash,
        "/console/inbox/" + id,
        null,
        () -> {
          InboxEntry item =
              decision
                  .on(Viewer.organization(), id)
                  .orElseThrow(() -> new ResourceNotFound("held mail"));
          flash.addFlashAttribute("done", "The mail is " + item.status().word() + ".");
        });
  }

  /** By the id of the mail, or of the message that it became. */
  @GetMapping("/inbox/{id}")
  String show(@PathVariable UUID id, Model model) {
    InboxEntry item = find(id);
    Optional<Message> message = received.addTo(model, item.message());
    model.addAttribute("mail", view(item, choices.addresses(List.of(item.account()))));
    model.addAttribute("retriable", item.status() == InboundStatus.QUARANTINED);
    model.addAttribute("held", item.status() == InboundStatus.HELD);
    model.addAttribute("judged", item.judged());
    model.addAttribute("offers", HeldMails.offers(item));
    model.addAttribute("headerOnly", item.headerOnly());
    model.addAttribute("refetchAt", DisplayTime.ofNullable(item.refetchAt()));
    model.addAttribute("receivedAt", DisplayTime.ofNullable(item.receivedAt()));
    boolean stored = message.isPresent() && !message.get().headers().isEmpty();
    model.addAttribute("fields", stored ? List.of() : header(item));
    return "messages/received";
  }

  @PostMapping("/quarantine/{id}/retry")
  String retry(@PathVariable UUID id, RedirectAttributes flash) {
    return FlashActions.run(
        flash,
        "/console/inbox/" + id,
        null,
        () -> {
          InboxEntry item =
              quarantine
                  .retry(Viewer.organization(), id)
                  .orElseThrow(() -> new ResourceNotFound("mail"));
          flash.addFlashAttribute("done", retryResult(item));
        });
  }

  private static String retryResult(InboxEntry item) {
    if (item.refetchAt() != null) {
      return "Fetching the mail again.";
    }
    return item.status() == InboundStatus.QUARANTINED
        ? "The mail still cannot be processed."
        : "Processed again: " + item.status().word() + ".";
  }

  @GetMapping("/inbox/{id}/raw")
  ResponseEntity<Resource> raw(@PathVariable UUID id) {
    InputStream mail = inbox.raw(find(id)).orElseThrow(() -> new ResourceNotFound("raw mail"));
    return Downloads.answer(id + ".eml", "message/rfc822", -1, mail);
  }

  private void addMails(
      Model model,
      @Nullable AccountId account,
      @Nullable InboundStatus status,
      @Nullable UUID before) {
    addMails(
        model,
        inbox.list(
            new InboxFilter(Viewer.organization(), account, status, null, before), PAGE_SIZE + 1));
  }

  private void addMails(Model model, List<InboxEntry> found) {
    Map<AccountId, String> addresses =
        choices.addresses(found.stream().map(InboxEntry::account).toList());
    Page<MailView> page = Page.of(found, PAGE_SIZE, InboxEntry::id, item -> view(item, addresses));
    model.addAttribute("mails", page.items());
    model.addAttribute("next", page.next());
  }

  private InboxEntry find(UUID id) {
    return inbox
        .find(null, id)
        .or(() -> inbox.ofMessage(new StoredMessageId(id)))
        .orElseThrow(() -> new ResourceNotFound("mail"));
  }

  // A mail that did not become a message, as in the quarantine, has its header in the raw mail
  // only.
  private List<HeaderField> header(InboxEntry item) {
    Optional<InputStream> raw = inbox.raw(item);
    if (raw.isEmpty()) {
      return List.of();
    }
    try (InputStream mail = raw.get()) {
      return parser.parseHeader(mail.readNBytes(HEADER_BYTES)).fields();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the raw mail " + item.id(), e);
    }
  }

  private static Badge sender(InboxEntry item) {
    if (item.judged() == null) {
      return switch (item.authentication()) {
        case PASS -> Badge.good("authentic");
        case FAIL -> Badge.bad("not authentic");
        case NONE -> Badge.off("not authenticated");
      };
    }
    return switch (item.judged().verdict()) {
      case "authentic" -> Badge.good("authentic");
      case "forged" -> Badge.bad("forged");
      case "undecided" -> Badge.waiting("undecided");
      default -> Badge.off("not proven");
    };
  }

  private static MailView view(InboxEntry item, Map<AccountId, String> addresses) {
    return new MailView(
        item.id(),
        item.account().value(),
        addresses.getOrDefault(item.account(), "a deleted account"),
        Badge.of(item.status().word()),
        item.reason(),
        item.sender(),
        item.subject(),
        sender(item),
        item.autoSubmitted() == null ? null : Badge.off(item.autoSubmitted()),
        item.possibleDuplicate() || item.afterRestore() ? Badge.waiting("may be a copy") : null,
        MessageView.size(item.size()),
        item.raw() != null,
        DisplayTime.of(item.createdAt()));
  }
}
