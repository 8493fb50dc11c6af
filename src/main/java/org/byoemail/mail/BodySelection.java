package org.byoemail.mail;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jsoup.nodes.Entities;

/**
 * Decides which parts of a mail are its body and which are attachments. The first part of a related
 * is body and the others come with it; of an alternative, plain text and HTML are; of anything
 * else, each text without a file name is.
 */
final class BodySelection {
  private final ParseRun run;
  private final List<Body> bodies = new ArrayList<>();
  private final List<Attachment> attachments = new ArrayList<>();

  BodySelection(ParseRun run, MimePart root) {
    this.run = run;
    if (root.children().isEmpty() && root.is("text/*") && !isAttached(root)) {
      addBody(root);
    } else {
      visit(root);
    }
  }

  /** The same words as plain text, as HTML, or as both. */
  private record Body(Optional<MimePart> plain, Optional<MimePart> html) {}

  private void visit(MimePart part) {
    if (part.is("multipart/alternative") && !part.children().isEmpty()) {
      alternative(part);
    } else if (part.is("multipart/related") && !part.children().isEmpty()) {
      MimePart main = mainPart(part);
      visit(main);
      part.children().stream().filter(child -> child != main).forEach(this::attach);
    } else if (part.is("multipart/*") && !part.children().isEmpty()) {
      part.children().forEach(this::visit);
    } else if (isBody(part)) {
      addBody(part);
    } else {
      attach(part);
    }
  }

  /** Takes the bodies of all choices together: the best plain text and the best HTML. */
  private void alternative(MimePart part) {
    int before = bodies.size();
    part.children().forEach(this::visit);
    List<Body> choices = List.copyOf(bodies.subList(before, bodies.size()));
    bodies.subList(before, bodies.size()).clear();
    Optional<MimePart> plain = choices.stream().flatMap(b -> b.plain.stream()).findFirst();
    Optional<MimePart> html =
        choices.stream().flatMap(b -> b.html.stream()).reduce((first, last) -> last);
    if (plain.isPresent() || html.isPresent()) {
      bodies.add(new Body(plain, html));
    }
  }

  private static MimePart mainPart(MimePart related) {
    String start = related.parameter("start").replaceAll("[<>\\s]", "");
    return related.children().stream()
        .filter(child -> !start.isEmpty() && child.contentId().filter(start::equals).isPresent())
        .findFirst()
        .orElse(related.children().get(0));
  }

  private static boolean isBody(MimePart part) {
    return (part.is("text/plain") || part.is("text/html"))
        && !isAttached(part)
        && part.fileName().isEmpty();
  }

  private static boolean isAttached(MimePart part) {
    return part.disposition().equals("attachment");
  }

  private void addBody(MimePart part) {
    Optional<MimePart> found = Optional.of(part);
    boolean html = part.is("text/html");
    bodies.add(new Body(html ? Optional.empty() : found, html ? found : Optional.empty()));
  }

  private void attach(MimePart part) {
    if (part.is("multipart/*") && !part.children().isEmpty()) {
      part.children().forEach(this::attach);
      return;
    }
    boolean inline =
        !isAttached(part) && (part.disposition().equals("inline") || part.contentId().isPresent());
    attachments.add(new Attachment(FileNames.of(part, attachments.size() + 1), inline, part));
  }

  List<Attachment> attachments() {
    return attachments;
  }

  String text() {
    return joined(this::asText, "\n\n");
  }

  /** The HTML with the plain text between it; empty where the mail has no HTML. */
  Optional<String> html() {
    return bodies.stream().noneMatch(body -> body.html.isPresent())
        ? Optional.empty()
        : Optional.of(
            joined(body -> body.html.map(this::decoded).orElseGet(() -> asHtml(body)), "\n"));
  }

  private String asText(Body body) {
    return body.plain
        .map(this::decoded)
        .filter(text -> body.html.isEmpty() || !text.isBlank())
        .or(() -> body.html.map(this::htmlAsText))
        .orElse("");
  }

  private String htmlAsText(MimePart part) {
    String html = HtmlText.withoutData(decoded(part));
    if (html.length() > HtmlText.MAX_LENGTH) {
      run.problems.add(Problems.TEXT_TOO_LONG);
    }
    return HtmlText.of(html);
  }

  private String asHtml(Body body) {
    return "<pre>" + Entities.escape(body.plain.map(this::decoded).orElse("")) + "</pre>";
  }

  private String joined(Function<Body, String> form, String separator) {
    StringBuilder out = new StringBuilder();
    for (Body body : bodies) {
      if (out.length() >= run.limits.textBytes()) {
        run.problems.add(Problems.TEXT_TOO_LONG);
        break;
      }
      String text = form.apply(body);
      out.append(out.isEmpty() || text.isEmpty() ? "" : separator).append(text);
    }
    if (out.length() > run.limits.textBytes()) {
      run.problems.add(Problems.TEXT_TOO_LONG);
      out.setLength(run.limits.textBytes());
      if (Character.isHighSurrogate(out.charAt(out.length() - 1))) {
        out.setLength(out.length() - 1);
      }
    }
    return out.toString();
  }

  private String decoded(MimePart part) {
    int limit = run.limits.textBytes();
    String text = part.text(limit);
    if (text.length() >= limit / 4 && part.size() > limit) {
      run.problems.add(Problems.TEXT_TOO_LONG);
    }
    return text;
  }
}
