package org.byoemail.format.mime;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.byoemail.format.html.InvisibleCharacters;
import org.byoemail.format.html.VisibleHtml;
import org.byoemail.format.html.VisibleText;
import org.byoemail.format.mail.HtmlText;
import org.jsoup.nodes.Entities;
import org.jspecify.annotations.Nullable;

/**
 * Decides which parts of a mail are its body and which are attachments. The first part of a related
 * is body and the others come with it; of an alternative, the best choice of plain text and the
 * best of HTML are, each with all of its parts; of anything else, each text without a file name is.
 * Where nothing else is, texts with a file name are that were not sent as attachments.
 */
final class BodySelection {
  private final ParseRun run;
  private final List<Body> bodies = new ArrayList<>();
  private final List<MimePart> files = new ArrayList<>();
  private final List<ParsedAttachment> attachments = new ArrayList<>();

  private @Nullable Optional<String> plain;
  private int unreadHtml = HtmlText.MAX_LENGTH;

  /** What was decoded, without the files in it. */
  private final Map<MimePart, String> texts = new IdentityHashMap<>();

  BodySelection(ParseRun run, MimePart root) {
    this.run = run;
    if (root.children().isEmpty()
        && root.is("text/*")
        && !isAttached(root)
        && (isReadable(root) || root.fileName().isEmpty())) {
      addBody(root);
    } else {
      visit(root);
    }
    if (!files.isEmpty() && areBlank()) {
      List<MimePart> named =
          files.stream().filter(part -> isReadable(part) && !isAttached(part)).toList();
      files.removeAll(named);
      named.forEach(this::addBody);
    }
    for (MimePart file : files) {
      attach(file);
    }
  }

  /**
   * The same words as plain text, as HTML, or as both.
   *
   * @param plain what is read as text, in order
   * @param html what is shown as HTML, in order; empty if it is the plain text
   */
  private record Body(List<MimePart> plain, List<MimePart> html) {
    /** What a person sees of it. */
    List<MimePart> parts() {
      return html.isEmpty() ? plain : html;
    }
  }

  private void visit(MimePart part) {
    if (part.is("multipart/alternative") && !part.children().isEmpty()) {
      alternative(part);
    } else if (part.is("multipart/related") && !part.children().isEmpty()) {
      MimePart main = mainPart(part);
      visit(main);
      part.children().stream().filter(child -> child != main).forEach(this::file);
    } else if (part.is("multipart/*") && !part.children().isEmpty()) {
      for (MimePart child : part.children()) {
        visit(child);
      }
    } else if (isOpened(part)) {
      opened(part);
    } else if (isBody(part)) {
      addBody(part);
    } else {
      file(part);
    }
  }

  /** Takes one choice as plain text and one as HTML: the first that has it, and the last. */
  private void alternative(MimePart part) {
    List<MimePart> plain = List.of();
    List<MimePart> html = List.of();
    for (MimePart child : part.children()) {
      int before = bodies.size();
      visit(child);
      List<Body> choice = List.copyOf(bodies.subList(before, bodies.size()));
      bodies.subList(before, bodies.size()).clear();
      if (plain.isEmpty() && choice.stream().anyMatch(body -> !body.plain.isEmpty())) {
        plain = choice.stream().flatMap(body -> either(body.plain, body.html)).toList();
      }
      if (choice.stream().anyMatch(body -> !body.html.isEmpty())) {
        html = choice.stream().flatMap(body -> either(body.html, body.plain)).toList();
      }
    }
    if (!plain.isEmpty() || !html.isEmpty()) {
      bodies.add(new Body(plain, html));
    }
  }

  private static Stream<MimePart> either(List<MimePart> wanted, List<MimePart> other) {
    return (wanted.isEmpty() ? other : wanted).stream();
  }

  /** Whether this is TNEF with something in it. */
  private static boolean isOpened(MimePart part) {
    return part.is("application/*") && !part.children().isEmpty();
  }

  /** The body within TNEF repeats the text around it: used only where that is missing. */
  private void opened(MimePart part) {
    List<MimePart> plain = body(part, "text/plain");
    List<MimePart> html = body(part, "text/html");
    boolean empty = areBlank();
    if (empty && !(plain.isEmpty() && html.isEmpty())) {
      bodies.clear();
      bodies.add(new Body(plain, html));
    } else if (bodies.size() == 1 && bodies.get(0).html.isEmpty()) {
      bodies.set(0, new Body(bodies.get(0).plain, html));
    }
    part.children().stream().filter(child -> !isBody(child)).forEach(this::file);
  }

  private boolean areBlank() {
    for (Body body : bodies) {
      if (!body.html.isEmpty() || !body.plain.stream().allMatch(part -> text(part).isBlank())) {
        return false;
      }
    }
    return true;
  }

  private static List<MimePart> body(MimePart part, String type) {
    return part.children().stream()
        .filter(child -> child.is(type) && isBody(child))
        .limit(1)
        .toList();
  }

  private static MimePart mainPart(MimePart related) {
    String start = related.parameter("start").replaceAll("[<>\\s]", "");
    return related.children().stream()
        .filter(child -> !start.isEmpty() && child.contentId().filter(start::equals).isPresent())
        .findFirst()
        .orElse(related.children().get(0));
  }

  private static boolean isBody(MimePart part) {
    return isReadable(part) && !isAttached(part) && part.fileName().isEmpty();
  }

  private static boolean isReadable(MimePart part) {
    return part.is("text/plain") || part.is("text/html");
  }

  private static boolean isAttached(MimePart part) {
    return part.disposition().equals("attachment");
  }

  private void addBody(MimePart part) {
    List<MimePart> found = List.of(part);
    boolean html = part.is("text/html");
    bodies.add(new Body(html ? List.of() : found, html ? found : List.of()));
    if (!html) {
      UuencodedFiles.Split split = UuencodedFiles.split(decoded(part));
      texts.put(part, split.text());
      for (UuencodedFiles.File file : split.files()) {
        if (!run.takePart()) {
          break;
        }
        files.add(MimePart.ofFile(file.name(), file.content()));
      }
    }
  }

  private void file(MimePart part) {
    if ((part.is("multipart/*") || part.is("application/*")) && !part.children().isEmpty()) {
      part.children().forEach(this::file);
    } else {
      files.add(part);
    }
  }

  private void attach(MimePart part) {
    if (part.isFileNameGuessed()) {
      run.problems.add(ParseProblems.CHARSET_GUESSED);
    }
    boolean inline =
        !isAttached(part) && (part.disposition().equals("inline") || part.contentId().isPresent());
    attachments.add(new ParsedAttachment(FileNames.of(part, attachments.size() + 1), inline, part));
  }

  List<ParsedAttachment> attachments() {
    return attachments;
  }

  /** The visible text: the HTML of each body that has HTML. */
  VisibleText visible() {
    BodyText text = new BodyText();
    for (Body body : bodies) {
      if (text.length() >= run.limits.textBytes()) {
        run.problems.add(ParseProblems.TEXT_TOO_LONG);
        break;
      }
      body.parts().forEach(part -> text.add(seen(part)));
    }
    VisibleText whole = text.cutAt(run.limits.textBytes());
    run.problems.add(whole.text().length() < text.length(), ParseProblems.TEXT_TOO_LONG);
    return plain().map(plain -> PlainPart.compared(plain, whole)).orElse(whole);
  }

  private static VisibleText plainly(String text) {
    InvisibleCharacters read = InvisibleCharacters.in(text);
    return VisibleText.of(read.text()).withHidden(read.removed());
  }

  /** The total size of HTML is bounded, or many parts would use much memory. */
  private VisibleText seen(MimePart part) {
    if (!part.is("text/html")) {
      return plainly(decoded(part));
    }
    String html = HtmlText.withoutData(decoded(part));
    String read = html.substring(0, Math.min(html.length(), unreadHtml));
    unreadHtml -= read.length();
    run.problems.add(read.length() < html.length(), ParseProblems.TEXT_TOO_LONG);
    return VisibleHtml.read(read);
  }

  /** The plain text of bodies that also have HTML. */
  Optional<String> plain() {
    if (plain == null) {
      String found = !hasHtml() ? "" : joined(this::asPlain, "\n\n");
      plain = found.isBlank() ? Optional.empty() : Optional.of(found);
    }
    return plain;
  }

  /** The HTML with the plain text between it; empty if the mail has no HTML. */
  Optional<String> html() {
    return hasHtml() ? Optional.of(joined(this::asHtml, "\n")) : Optional.empty();
  }

  private boolean hasHtml() {
    for (Body body : bodies) {
      if (!body.html.isEmpty()) {
        return true;
      }
    }
    return false;
  }

  private String asPlain(Body body) {
    return body.html.isEmpty() ? "" : joined(body.plain, "\n\n", this::text);
  }

  private String asHtml(Body body) {
    return joined(
        body.parts(),
        "\n",
        part ->
            part.is("text/html")
                ? decoded(part)
                : "<pre>" + Entities.escape(decoded(part)) + "</pre>");
  }

  private static String joined(
      List<MimePart> parts, String separator, Function<MimePart, String> form) {
    return parts.size() == 1
        ? form.apply(parts.get(0))
        : parts.stream()
            .map(form)
            .filter(text -> !text.isEmpty())
            .collect(Collectors.joining(separator));
  }

  private String text(MimePart part) {
    return part.is("text/html") ? HtmlText.of(HtmlText.withoutData(decoded(part))) : decoded(part);
  }

  private String joined(Function<Body, String> form, String separator) {
    if (bodies.size() == 1) {
      String only = form.apply(bodies.get(0));
      if (only.length() <= run.limits.textBytes()) {
        return only;
      }
    }
    StringBuilder out = new StringBuilder();
    for (Body body : bodies) {
      if (out.length() >= run.limits.textBytes()) {
        run.problems.add(ParseProblems.TEXT_TOO_LONG);
        break;
      }
      String text = form.apply(body);
      out.append(out.isEmpty() || text.isEmpty() ? "" : separator).append(text);
    }
    if (out.length() > run.limits.textBytes()) {
      run.problems.add(ParseProblems.TEXT_TOO_LONG);
      out.setLength(run.limits.textBytes());
      if (Character.isHighSurrogate(out.charAt(out.length() - 1))) {
        out.setLength(out.length() - 1);
      }
    }
    return out.toString();
  }

  private String decoded(MimePart part) {
    String known = texts.get(part);
    if (known == null) {
      known = read(part);
      texts.put(part, known);
    }
    return known;
  }

  private String read(MimePart part) {
    int limit = run.limits.textBytes();
    MimePart.Text read = part.readText(limit);
    String text = read.text();
    if (read.charsetGuessed()) {
      run.problems.add(ParseProblems.CHARSET_GUESSED);
    }
    if (text.length() >= limit / 4 && part.size() > limit) {
      run.problems.add(ParseProblems.TEXT_TOO_LONG);
    }
    boolean flowed = part.is("text/plain") && part.parameter("format").equalsIgnoreCase("flowed");
    return flowed ? FlowedText.of(text, part.parameter("delsp").equalsIgnoreCase("yes")) : text;
  }
}
