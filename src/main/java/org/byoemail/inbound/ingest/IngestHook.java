package org.byoemail.inbound.ingest;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.byoemail.format.mail.NamedAddress;
import org.byoemail.format.mime.MailHeaders;
import org.byoemail.inbound.ingest.IngestDecision.Verdict;
import org.byoemail.platform.hook.HookAnswer;
import org.byoemail.platform.hook.HookFailed;
import org.byoemail.platform.hook.HookPoint;
import org.byoemail.platform.hook.Hooks;
import org.springframework.stereotype.Component;

/**
 * Calls {@code hook-before-ingest} for mails that are about to become messages. A refused mail is
 * recorded as refused and stays in its mailbox. Calls {@code hook-after-ingest} for those that were
 * stored.
 */
@Component("ingestHook")
public class IngestHook {
  private static final int MAX_TEXT = 64 << 10;
  private static final int MAX_ITEMS = 100;

  private final Hooks hooks;

  IngestHook(Hooks hooks) {
    this.hooks = hooks;
  }

  /**
   * Calls the hook for a mail that was read.
   *
   * @throws HookFailed if the hook gave no valid answer, so that the mail has to wait
   */
  public void ask(IngestItem item) {
    if (!hooks.has(HookPoint.BEFORE_INGEST) || item.decision().verdict() != Verdict.ACCEPT) {
      return;
    }
    try {
      HookAnswer answer =
          hooks.ask(HookPoint.BEFORE_INGEST, () -> body(HookPoint.BEFORE_INGEST, item));
      if (answer.refused()) {
        item.decide(IngestDecision.refuse("hook-before-ingest: " + answer.reason()));
      } else {
        item.tag(answer.metadata());
      }
    } catch (HookFailed e) {
      if (!hooks.ingestsUnchecked()) {
        throw e;
      }
      item.tag(Map.of("hookFailed", true));
    }
  }

  /** Notifies {@code hook-after-ingest} of the mails of a batch that were stored as messages. */
  public void notifyHook(IngestBatch batch) {
    if (!hooks.has(HookPoint.AFTER_INGEST)) {
      return;
    }
    for (IngestItem item : batch.all()) {
      if (item.isRecorded() && item.becomes(InboundStatus.INGESTED)) {
        hooks.notifyHook(HookPoint.AFTER_INGEST, () -> body(HookPoint.AFTER_INGEST, item));
      }
    }
  }

  private static Map<String, Object> body(HookPoint point, IngestItem item) {
    MailHeaders headers = item.mail().headers();
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("hook", point.word());
    body.put("id", item.id().toString());
    body.put("organization", item.account().organization().value());
    body.put("account", item.account().id().toString());
    body.put("agent", item.destination().agent().toString());
    body.put("from", headers.from().map(from -> from.address().mailbox()).orElse(""));
    body.put("fromName", headers.fromName());
    body.put("to", addresses(headers.to()));
    body.put("cc", addresses(headers.cc()));
    body.put("subject", headers.subject());
    body.put("messageId", headers.messageId().map(id -> id.inBrackets()).orElse(""));
    body.put("authentication", item.authentication().word());
    body.put("kind", item.kind() == null ? "" : item.kind());
    body.put("size", item.mail().size());
    String text = item.parsed().text();
    body.put("text", text.length() > MAX_TEXT ? text.substring(0, MAX_TEXT) : text);
    body.put("textCut", text.length() > MAX_TEXT);
    body.put(
        "attachments",
        item.parsed().attachments().stream()
            .limit(MAX_ITEMS)
            .map(file -> Map.of("name", file.name(), "contentType", file.contentType()))
            .toList());
    return body;
  }

  private static List<String> addresses(List<NamedAddress> named) {
    return named.stream().limit(MAX_ITEMS).map(address -> address.address().written()).toList();
  }
}
