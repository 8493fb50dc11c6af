package org.byoemail.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.web.util.HtmlUtils;

/** Reads the pages of a gateway's console as somebody who has logged in. Used by one thread. */
public final class ConsoleBrowser {
  private static final Pattern TOKEN = Pattern.compile("name=\"_csrf\" value=\"([^\"]+)\"");
  private static final Pattern LINK = Pattern.compile("href=\"(/console[^\"#]*)");
  private static final Pattern ID = Pattern.compile("[0-9a-f-]{36}");
  private static final int MAX_PAGES = 400;

  private final CookieManager cookies = new CookieManager();
  private final HttpClient http =
      HttpClient.newBuilder()
          .cookieHandler(cookies)
          .followRedirects(HttpClient.Redirect.NORMAL)
          .connectTimeout(Duration.ofSeconds(5))
          .build();
  private final String base;

  private ConsoleBrowser(int port) {
    this.base = "http://localhost:" + port;
  }

  /** Logs in. */
  public static ConsoleBrowser loggedIn(int port, String user, String password) {
    ConsoleBrowser browser = new ConsoleBrowser(port);
    String page = browser.logIn(user, password);
    if (!page.contains("/logout")) {
      throw new IllegalStateException("not logged in: " + page);
    }
    return browser;
  }

  /** The page after the attempt to log in, whether it succeeds or not. */
  public static String afterLogin(int port, String user, String password) {
    return new ConsoleBrowser(port).logIn(user, password);
  }

  private String logIn(String user, String password) {
    Matcher token = TOKEN.matcher(page("/login"));
    if (!token.find()) {
      throw new IllegalStateException("the login page has no form");
    }
    return send(
        HttpRequest.newBuilder(URI.create(base + "/login"))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    "_csrf="
                        + encode(token.group(1))
                        + "&username="
                        + encode(user)
                        + "&password="
                        + encode(password))));
  }

  /** The values of the cookies that it has. */
  public Set<String> cookies() {
    Set<String> values = new HashSet<>();
    cookies.getCookieStore().getCookies().forEach(cookie -> values.add(cookie.getValue()));
    return values;
  }

  /** A page. */
  public String page(String path) {
    return send(HttpRequest.newBuilder(URI.create(base + path)).GET());
  }

  /**
   * Pages by their paths: those given, and what is linked from there and from the first page, so
   * many of each kind.
   */
  public Map<String, String> pages(Collection<String> first, int ofEachKind) {
    Map<String, String> pages = new LinkedHashMap<>();
    Map<String, Integer> kinds = new HashMap<>();
    Deque<String> next = new ArrayDeque<>(first);
    Set<String> given = Set.copyOf(first);
    next.add("/console");
    while (!next.isEmpty() && pages.size() < MAX_PAGES) {
      String path = next.remove();
      String kind = ID.matcher(path.replaceAll("\\?.*", "")).replaceAll("{id}");
      if (pages.containsKey(path)
          || !given.contains(path) && kinds.merge(kind, 1, Integer::sum) > ofEachKind) {
        continue;
      }
      String page = page(path);
      pages.put(path, page);
      Matcher link = LINK.matcher(page);
      while (link.find()) {
        next.add(HtmlUtils.htmlUnescape(link.group(1)));
      }
    }
    return pages;
  }

  private String send(HttpRequest.Builder request) {
    try {
      return http.send(
              request.timeout(Duration.ofSeconds(30)).build(), HttpResponse.BodyHandlers.ofString())
          .body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
