package org.byoemail.console;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.byoemail.access.Downloads;
import org.byoemail.conversation.Attachments;
import org.byoemail.conversation.Message;
import org.byoemail.conversation.Messages;
import org.byoemail.inbound.InboundStatus;
import org.byoemail.inbound.Inbox;
import org.byoemail.inbound.InboxFilter;
import org.byoemail.inbound.InboxItem;
import org.byoemail.inbound.Quarantine;
import org.byoemail.mail.AccountId;
import org.byoemail.mail.HeaderField;
import org.byoemail.mime.MailParser;
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

/** What was read from mailboxes, the quarantine among it. */
@Controller
@RequestMapping("/console")
class InboxPages {
  private static final int PAGE = 50;
  private static final int HEADER_BYTES = 256 * 1024;

  private final Inbox inbox;
  private final Messages messages;
  private final Attachments attachments;
  private final Quarantine quarantine;
  private final Choices choices;
  private final MailParser parser = new MailParser();

  InboxPages(
      Inbox inbox,
      Messages messages,
      Attachments attachments,
      Quarantine quarantine,
      Choices choices) {
    this.inbox = inbox;
    this.quarantine = quarantine;
    this.messages = messages;
    this.attachments = attachments;
    this.choices = choices;
  }

  /** A mail, in the list and on its page. */
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
      Moment at) {}

  @GetMapping("/inbox")
  String list(
      @RequestParam(required = false) @Nullable UUID account,
      @RequestParam(required = false) @Nullable String status,
      @RequestParam(required = false) @Nullable UUID before,
      Model model) {
    InboundStatus asked =
        Arrays.stream(InboundStatus.values())
            .filter(one -> one.word().equals(status))
            .findFirst()
            .orElse(null);
    fill(model, account, asked, before);
    model.addAttribute("account", account);
    model.addAttribute("status", asked == null ? null : asked.word());
    model.addAttribute(
        "statuses", Arrays.stream(InboundStatus.values()).map(InboundStatus::word).toList());
    return "messages/inbox";
  }

  @GetMapping("/quarantine")
  String quarantine(@RequestParam(required = false) @Nullable UUID before, Model model) {
    fill(model, null, InboundStatus.QUARANTINED, before);
    return "messages/quarantine";
  }

  /** By the id of the mail, or of the message that it has become. */
  @GetMapping("/inbox/{id}")
  String show(@PathVariable UUID id, Model model) {
    InboxItem item = find(id);
    Optional<Message> message = Optional.ofNullable(item.message()).flatMap(messages::excerpt);
    model.addAttribute("mail", view(item, choices.accounts()));
    model.addAttribute("retriable", item.status() == InboundStatus.QUARANTINED);
    model.addAttribute("headerOnly", item.headerOnly());
    model.addAttribute("refetchAt", Moment.ofNullable(item.refetchAt()));
    model.addAttribute("receivedAt", Moment.ofNullable(item.receivedAt()));
    model.addAttribute(
        "message",
        message.map(one -> MessageView.of(one, attachments.ofMessage(one.id()))).orElse(null));
    boolean stored = message.isPresent() && !message.get().headers().isEmpty();
    model.addAttribute("fields", stored ? List.of() : header(item));
    return "messages/received";
  }

  @PostMapping("/quarantine/{id}/retry")
  String retry(@PathVariable UUID id, RedirectAttributes flash) {
    return Deeds.act(
        flash,
        "/console/inbox/" + id,
        null,
        () -> {
          InboxItem item = quarantine.retry(null, id).orElseThrow(() -> new Gone("mail"));
          flash.addFlashAttribute("done", told(item));
        });
  }

  private static String told(InboxItem item) {
    if (item.refetchAt() != null) {
      return "It is fetched once more.";
    }
    return item.status() == InboundStatus.QUARANTINED
        ? "It still cannot be processed."
        : "It was tried again: " + item.status().word() + ".";
  }

  @GetMapping("/inbox/{id}/raw")
  ResponseEntity<Resource> raw(@PathVariable UUID id) {
    InputStream mail = inbox.raw(find(id)).orElseThrow(() -> new Gone("raw mail"));
    return Downloads.answer(id + ".eml", "message/rfc822", -1, mail);
  }

  private void fill(
      Model model, @Nullable UUID account, @Nullable InboundStatus status, @Nullable UUID before) {
    Part<InboxItem> part =
        Part.of(
            inbox.list(
                new InboxFilter(
                    null, account == null ? null : new AccountId(account), status, null, before),
                PAGE + 1),
            PAGE);
    List<Choices.Choice> accounts = choices.accounts();
    List<MailView> mails = part.rows().stream().map(item -> view(item, accounts)).toList();
    model.addAttribute("mails", mails);
    model.addAttribute("accounts", accounts);
    model.addAttribute("next", part.hasMore() ? mails.get(PAGE - 1).id() : null);
  }

  private InboxItem find(UUID id) {
    return inbox.find(null, id).or(() -> inbox.ofMessage(id)).orElseThrow(() -> new Gone("mail"));
  }

  // Where no message holds them, as in the quarantine, they are read from the raw mail.
  private List<HeaderField> header(InboxItem item) {
    Optional<InputStream> raw = inbox.raw(item);
    if (raw.isEmpty()) {
      return List.of();
    }
    try (InputStream mail = raw.get()) {
      return parser.parseHeader(mail.readNBytes(HEADER_BYTES)).fields();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException("cannot read the raw mail " + item.id(), e);
    }
  }

  private static MailView view(InboxItem item, List<Choices.Choice> accounts) {
    return new MailView(
        item.id(),
        item.account().value(),
        accounts.stream()
            .filter(one -> one.id().equals(item.account().value()))
            .map(Choices.Choice::name)
            .findFirst()
            .orElse("another account"),
        Badge.of(item.status().word()),
        item.reason(),
        item.sender(),
        item.subject(),
        switch (item.authentication()) {
          case PASS -> Badge.good("authentic");
          case FAIL -> Badge.bad("not authentic");
          case NONE -> Badge.off("not authenticated");
        },
        item.autoSubmitted() == null ? null : Badge.off(item.autoSubmitted()),
        item.possibleDuplicate() ? Badge.waiting("may be a copy") : null,
        MessageView.size(item.size()),
        item.raw() != null,
        Moment.of(item.createdAt()));
  }
}
