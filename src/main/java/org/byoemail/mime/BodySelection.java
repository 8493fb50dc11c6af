package org.byoemail.mime;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.byoemail.mail.HtmlText;
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

  /** What was decoded to look for files in it. */
  private final Map<MimePart, String> texts = new IdentityHashMap<>();

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
    } else if (isOpened(part)) {
      opened(part);
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

  /** Whether this is TNEF with something in it. */
  private static boolean isOpened(MimePart part) {
    return part.is("application/*") && !part.children().isEmpty();
  }

  /** The body within TNEF says the same as the text around it: it stands in where that lacks. */
  private void opened(MimePart part) {
    Optional<MimePart> plain = body(part, "text/plain");
    Optional<MimePart> html = body(part, "text/html");
    boolean empty =
        bodies.stream()
            .allMatch(b -> b.html.isEmpty() && b.plain.map(this::decoded).orElse("").isBlank());
    if (empty && (plain.isPresent() || html.isPresent())) {
      bodies.clear();
      bodies.add(new Body(plain, html));
    } else if (bodies.size() == 1 && bodies.get(0).html.isEmpty()) {
      bodies.set(0, new Body(bodies.get(0).plain, html));
    }
    part.children().stream().filter(child -> !isBody(child)).forEach(this::attach);
  }

  private static Optional<MimePart> body(MimePart part, String type) {
    return part.children().stream().filter(child -> child.is(type) && isBody(child)).findFirst();
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
    if (!html) {
      UuencodedFiles.Split split = UuencodedFiles.split(decoded(part));
      texts.put(part, split.text());
      split.files().stream().takeWhile(file -> run.takePart()).forEach(this::attach);
    }
  }

  private void attach(UuencodedFiles.File file) {
    MimePart part = MimePart.ofFile(file.name(), file.content());
    attachments.add(new Attachment(FileNames.of(part, attachments.size() + 1), false, part));
  }

  private void attach(MimePart part) {
    if (part.isFileNameGuessed()) {
      run.problems.add(Problems.CHARSET_GUESSED);
    }
    if ((part.is("multipart/*") || part.is("application/*")) && !part.children().isEmpty()) {
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
    String known = texts.get(part);
    if (known != null) {
      return known;
    }
    int limit = run.limits.textBytes();
    MimePart.Text read = part.readText(limit);
    String text = read.text();
    if (read.charsetGuessed()) {
      run.problems.add(Problems.CHARSET_GUESSED);
    }
    if (text.length() >= limit / 4 && part.size() > limit) {
      run.problems.add(Problems.TEXT_TOO_LONG);
    }
    return text;
  }
}
