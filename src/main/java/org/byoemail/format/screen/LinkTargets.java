package org.byoemail.format.screen;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.byoemail.format.html.DisplayedLink;

/** Compares the host in the text of a link with the host of its target. */
final class LinkTargets {
  /** A text that is nothing but a URL or a host. */
  private static final Pattern SHOWN =
      Pattern.compile(
          "(?i)(?:https?://)?((?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\\.){1,8}[a-z]{2,24})(?::\\d{1,5})?(?:[/?#]\\S{0,500})?");

  private static final Pattern HOST =
      Pattern.compile("(?i)https?://(?:[^/@?#]{0,200}@)?([^/:?#]{1,255}).*", Pattern.DOTALL);

  /** File extensions that look like top-level domains. */
  private static final Set<String> FILES =
      Set.of(
          "pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "txt", "csv", "zip", "jpg", "jpeg",
          "png", "gif", "html", "htm", "php", "js", "css", "xml", "json", "ics", "eml", "mp3",
          "mp4", "exe", "md");

  private LinkTargets() {}

  /**
   * A link whose text names a different host.
   *
   * @param shown the host in the text
   * @param target the host of the link
   */
  record Mismatch(String shown, String target) {}

  static Optional<Mismatch> mismatch(DisplayedLink link) {
    String text = link.text().strip();
    // Most links show words.
    if (text.indexOf(' ') >= 0 || text.indexOf('.') < 0) {
      return Optional.empty();
    }
    Matcher shown = SHOWN.matcher(text);
    if (!shown.matches()) {
      return Optional.empty();
    }
    String named = shown.group(1).toLowerCase(Locale.ROOT);
    String target = host(unwrapped(link.target()));
    boolean file =
        FILES.contains(named.substring(named.lastIndexOf('.') + 1))
            && !link.text().toLowerCase(Locale.ROOT).contains("://");
    return target.isEmpty() || file || isSame(named, target)
        ? Optional.empty()
        : Optional.of(new Mismatch(named, target));
  }

  /** Whether two hosts belong to the same domain, judging by their names. */
  static boolean isSame(String one, String other) {
    return domain(one).equals(domain(other));
  }

  /** The last two labels, or three where the last but one is short, as in {@code co.uk}. */
  private static String domain(String host) {
    String[] labels = host.split("\\.");
    int count = labels.length;
    if (count <= 2) {
      return host;
    }
    boolean national = labels[count - 1].length() == 2 && labels[count - 2].length() <= 3;
    int kept = national ? 3 : 2;
    return String.join(".", Arrays.copyOfRange(labels, count - kept, count));
  }

  private static String host(String url) {
    Matcher host = HOST.matcher(url);
    return host.matches() ? host.group(1).toLowerCase(Locale.ROOT) : "";
  }

  private static final Pattern DEFENSE_3 = Pattern.compile("(?i)/v3/__(.{1,1900}?)__;.*");

  /** Unwraps a link that a mail filter has rewritten: Safe Links, URL Defense 2 and 3, Google. */
  private static String unwrapped(String url) {
    String host = host(url);
    if (host.endsWith(".safelinks.protection.outlook.com")) {
      return parameter(url, "url").orElse(url);
    }
    if (host.equals("urldefense.proofpoint.com")) {
      return parameter(url, "u")
          .map(u -> decoded(u.replace('-', '%').replace('_', '/')))
          .orElse(url);
    }
    if (host.equals("urldefense.com")) {
      Matcher third = DEFENSE_3.matcher(url.substring(url.indexOf(host) + host.length()));
      return third.matches() ? third.group(1).replaceFirst("(?i)^(https?):/(?!/)", "$1://") : url;
    }
    return host.equals("www.google.com") && url.contains("/url?")
        ? parameter(url, "q").orElse(url)
        : url;
  }

  private static Optional<String> parameter(String url, String name) {
    int query = url.indexOf('?');
    if (query < 0) {
      return Optional.empty();
    }
    for (String pair : url.substring(query + 1).split("[&;]", 100)) {
      if (pair.startsWith(name + "=")) {
        return Optional.of(decoded(pair.substring(name.length() + 1)));
      }
    }
    return Optional.empty();
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      // A malformed escape is kept as it is.
      return text;
    }
  }
}
