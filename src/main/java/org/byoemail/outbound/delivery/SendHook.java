package org.byoemail.outbound.delivery;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.outbound.delivery.AttemptOutcome.Rejected;
import org.byoemail.outbound.delivery.OutgoingMail.Transport;
import org.byoemail.platform.conversation.Message;
import org.byoemail.platform.hook.HookAnswer;
import org.byoemail.platform.hook.HookPoint;
import org.byoemail.platform.hook.Hooks;
import org.byoemail.platform.trace.LogContext;
import org.springframework.stereotype.Component;

/**
 * Calls {@code hook-before-send} for each attempt, before a server is contacted. A refused mail
 * fails permanently. If the hook fails, so does the step: the mail waits, and no attempt is
 * counted. Calls {@code hook-after-send} once the result of an attempt is recorded.
 */
@Component("sendHook")
public class SendHook {
  private static final int MAX_TEXT = 64 << 10;
  private static final int MAX_ITEMS = 100;

  private final Hooks hooks;

  SendHook(Hooks hooks) {
    this.hooks = hooks;
  }

  /** Calls the hook for a mail, unless no recipient is left. */
  public void ask(OutgoingMail mail) {
    if (!hooks.has(HookPoint.BEFORE_SEND) || mail.leavesBy() == Transport.NONE) {
      return;
    }
    HookAnswer answer;
    try (LogContext ids = mail.inLogs()) {
      answer = hooks.ask(HookPoint.BEFORE_SEND, () -> body(mail));
    }
    if (answer.refused()) {
      mail.refuse(new Rejected("hook-before-send: " + answer.reason(), "hook"));
    }
  }

  /** Notifies {@code hook-after-send} of the result of an attempt, if it was recorded. */
  public void notifyHook(OutgoingMail mail) {
    if (hooks.has(HookPoint.AFTER_SEND) && mail.isRecorded()) {
      hooks.notifyHook(HookPoint.AFTER_SEND, () -> result(mail));
    }
  }

  private static Map<String, Object> result(OutgoingMail mail) {
    Message message = mail.message();
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("hook", HookPoint.AFTER_SEND.word());
    body.put("id", message.id().toString());
    body.put("attempt", mail.envelopeId());
    body.put("organization", message.organization().value());
    body.put("transport", mail.getTransport());
    body.put("from", message.from());
    body.put("subject", message.subject());
    body.put("metadata", message.metadata());
    body.put("outcome", mail.outcomeWord());
    body.put(
        "recipients",
        mail.outcomes().entrySet().stream()
            .limit(MAX_ITEMS)
            .map(
                each ->
                    Map.of(
                        "address", each.getKey().value(),
                        "outcome", OutgoingMail.word(each.getValue()),
                        "code", Objects.requireNonNullElse(each.getValue().code(), ""),
                        "reply", each.getValue().words()))
            .toList());
    return body;
  }

  private static Map<String, Object> body(OutgoingMail mail) {
    Message message = mail.message();
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("hook", HookPoint.BEFORE_SEND.word());
    body.put("id", message.id().toString());
    body.put("organization", message.organization().value());
    body.put("transport", mail.getTransport());
    body.put("from", message.from());
    body.put("to", message.to().stream().limit(MAX_ITEMS).toList());
    body.put("cc", message.cc().stream().limit(MAX_ITEMS).toList());
    body.put(
        "recipients", mail.envelope().stream().limit(MAX_ITEMS).map(EmailAddress::value).toList());
    body.put("subject", message.subject());
    body.put("metadata", message.metadata());
    // A long text is not in memory yet.
    String text = message.text() == null ? "" : message.text();
    body.put("text", text.length() > MAX_TEXT ? text.substring(0, MAX_TEXT) : text);
    body.put("textCut", message.text() == null || text.length() > MAX_TEXT);
    body.put(
        "attachments",
        mail.files().stream()
            .limit(MAX_ITEMS)
            .map(
                file ->
                    Map.of(
                        "name", file.name(),
                        "contentType", file.contentType(),
                        "size", file.size()))
            .toList());
    return body;
  }
}
