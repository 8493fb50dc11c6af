package org.byoemail.format.html;

import jakarta.mail.MessagingException;
import jakarta.mail.Multipart;
import jakarta.mail.Part;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.TextNode;

/** The HTML of a folder of mails, in which each text begins with a serial. */
final class HtmlSamples {
  private static final int MAX_LENGTH = 200_000;
  private static final Set<String> NO_TEXT =
      Set.of("script", "style", "title", "textarea", "option", "noscript", "template");

  private HtmlSamples() {}

  static List<String> numbered(Path folder) throws IOException {
    AtomicInteger serial = new AtomicInteger(10_000);
    List<String> pages = new ArrayList<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        String html = html(file);
        if (html != null && html.length() <= MAX_LENGTH) {
          pages.add(numbered(html, serial));
        }
      }
    }
    return pages;
  }

  private static String numbered(String html, AtomicInteger serial) {
    Document page = Jsoup.parse(html);
    page.outputSettings().prettyPrint(false);
    page.body()
        .traverse(
            (node, depth) -> {
              if (node instanceof TextNode text
                  && !text.isBlank()
                  && !NO_TEXT.contains(text.parent().normalName())) {
                text.text("k" + serial.incrementAndGet() + "k " + text.getWholeText());
              }
            });
    return page.outerHtml();
  }

  private static String html(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return html(new MimeMessage(null, in));
    } catch (MessagingException | IOException | RuntimeException e) {
      return null; // Some samples are broken on purpose.
    }
  }

  private static String html(Part part) throws MessagingException, IOException {
    if (part.isMimeType("text/html")) {
      return part.getContent() instanceof String text ? text : null;
    }
    if (part.getContent() instanceof Multipart parts) {
      for (int i = 0; i < parts.getCount(); i++) {
        String html = html(parts.getBodyPart(i));
        if (html != null) {
          return html;
        }
      }
    }
    return null;
  }
}
