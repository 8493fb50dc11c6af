package org.byoemail.outbound.submission;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.byoemail.format.html.VisibleHtml;
import org.byoemail.format.html.VisibleText;
import org.byoemail.format.mail.NamedAddress;
import org.byoemail.platform.conversation.Attachment;
import org.byoemail.platform.hook.HookAnswer;
import org.byoemail.platform.hook.HookFailed;
import org.byoemail.platform.hook.HookPoint;
import org.byoemail.platform.hook.Hooks;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Calls {@code hook-before-accept} for each submission that was not accepted before, and {@code
 * hook-after-accept} for each that was stored. Safe for use by many threads.
 */
@Component
class AcceptHook {
  private static final int MAX_TEXT = 64 << 10;
  private static final int MAX_ITEMS = 100;

  private final Hooks hooks;

  AcceptHook(Hooks hooks) {
    this.hooks = hooks;
  }

  /** Whether {@link #ask} would call a hook. */
  boolean isAsked() {
    return hooks.has(HookPoint.BEFORE_ACCEPT);
  }

  /**
   * Asks the hook.
   *
   * @param files what the attachments of the submission will be
   * @return the submission with the metadata of the hook; what its producer said of the same name
   *     stays, and so does its digest
   * @throws SubmissionRejected if the hook refuses it
   * @throws HookFailed if the hook gave no valid answer
   */
  Submission ask(Sender sender, Submission submission, List<Attachment> files) {
    HookAnswer answer =
        hooks.ask(
            HookPoint.BEFORE_ACCEPT,
            () -> {
              Map<String, Object> body =
                  body(HookPoint.BEFORE_ACCEPT, submission.id(), sender, submission);
              String text = submission.text();
              body.put("text", cut(text));
              body.put("textCut", text.length() > MAX_TEXT);
              VisibleText html =
                  submission.html() == null
                      ? VisibleText.of("")
                      : VisibleHtml.read(submission.html());
              body.put("hasHtml", submission.html() != null);
              body.put("htmlText", cut(html.text()));
              body.put("htmlTextCut", !html.whole() || html.text().length() > MAX_TEXT);
              body.put("attachments", attachments(files));
              if (files.size() > MAX_ITEMS) {
                body.put("listsCut", true);
              }
              return body;
            });
    if (answer.refused()) {
      throw new SubmissionRejected(
          submission.id(), "", "is refused by hook-before-accept: " + answer.reason());
    }
    if (answer.metadata().isEmpty()) {
      return submission;
    }
    Map<String, Object> metadata = new LinkedHashMap<>(submission.metadata());
    answer.metadata().forEach(metadata::putIfAbsent);
    return submission.withMetadata(metadata);
  }

  /** Notifies the hook of one that was stored. */
  void notifyHook(NewSubmission stored) {
    hooks.notifyHook(
        HookPoint.AFTER_ACCEPT,
        () -> {
          Map<String, Object> body =
              body(HookPoint.AFTER_ACCEPT, stored.id(), stored.sender(), stored.submission());
          body.put("id", stored.messageId().toString());
          body.put("dueAt", stored.dueAt().toString());
          return body;
        });
  }

  private static Map<String, Object> body(
      HookPoint point, @Nullable String id, Sender sender, Submission of) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("hook", point.word());
    body.put("submissionId", Objects.requireNonNullElse(id, ""));
    body.put("organization", sender.organization().value());
    body.put("agent", sender.agent().toString());
    body.put("account", sender.account() == null ? "" : sender.account().toString());
    body.put("from", sender.address().value());
    body.put("to", addresses(of.to()));
    body.put("cc", addresses(of.cc()));
    body.put("bcc", addresses(of.bcc()));
    body.put(
        "listsCut",
        Stream.of(of.to(), of.cc(), of.bcc()).anyMatch(list -> list.size() > MAX_ITEMS));
    body.put("subject", of.subject());
    body.put("metadata", of.metadata());
    return body;
  }

  private static String cut(String text) {
    return text.length() > MAX_TEXT ? text.substring(0, MAX_TEXT) : text;
  }

  private static List<String> addresses(List<NamedAddress> named) {
    return named.stream().limit(MAX_ITEMS).map(one -> one.address().value()).toList();
  }

  private static List<Map<String, String>> attachments(List<Attachment> files) {
    return files.stream()
        .limit(MAX_ITEMS)
        .map(file -> Map.of("name", file.name(), "contentType", file.contentType()))
        .toList();
  }
}
