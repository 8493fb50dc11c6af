package org.byoemail.support;

import static org.awaitility.Awaitility.await;

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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A browser as far as the pages of a connect link need one: it keeps cookies and fills in forms.
 */
public final class LinkBrowser {
  private static final Pattern TOKEN = Pattern.compile("name=\"_csrf\" value=\"([^\"]+)\"");

  private final HttpClient http =
      HttpClient.newBuilder()
          .cookieHandler(new CookiesBehindProxy())
          .connectTimeout(Duration.ofSeconds(5))
          .build();
  private final String path;
  private int port;
  private String csrf = "";

  /** As a browser that speaks https to a proxy: cookies for https only come back, too. */
  private static final class CookiesBehindProxy extends CookieManager {
    @Override
    public void put(URI uri, Map<String, List<String>> headers) throws IOException {
      Map<String, List<String>> plain = new HashMap<>(headers);
      plain.replaceAll(
          (name, values) ->
              name.equalsIgnoreCase("Set-Cookie")
                  ? values.stream().map(value -> value.replaceAll("(?i); *secure", "")).toList()
                  : values);
      super.put(uri, plain);
    }
  }

  /**
   * @param url of the link, at whichever host
   */
  public LinkBrowser(int port, String url) {
    this.port = port;
    this.path = URI.create(url).getPath();
  }

  /** Reaches another node from now on, as behind a load balancer. */
  public LinkBrowser at(int port) {
    this.port = port;
    return this;
  }

  /** Asks for the page of the link. */
  public HttpResponse<String> open() {
    return keep(send(request("").GET().build()));
  }

  /** Presses the button of a form, and follows to the page that it leads to. */
  public HttpResponse<String> submit(String step, String... fields) {
    HttpResponse<String> answer = post(step, csrf, fields);
    return answer.statusCode() == 303 ? afterTest() : keep(answer);
  }

  /** The page once it no longer loads itself again. */
  private HttpResponse<String> afterTest() {
    return await()
        .atMost(Duration.ofSeconds(90))
        .pollInterval(Duration.ofMillis(50))
        .until(this::open, page -> !isTesting(page));
  }

  /** Sends a form with another token than that of its page. */
  public HttpResponse<String> post(String step, String token, String... fields) {
    List<String> form = new ArrayList<>(List.of("_csrf=" + encode(token)));
    for (int i = 0; i < fields.length; i += 2) {
      form.add(encode(fields[i]) + "=" + encode(fields[i + 1]));
    }
    return send(
        request("/" + step)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(String.join("&", form)))
            .build());
  }

  /** Asks for the page of a URL of the gateway, at whichever host. */
  public HttpResponse<String> get(String url) {
    URI uri = URI.create(url);
    String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
    HttpResponse<String> answer = keep(send(at(uri.getRawPath() + query).GET().build()));
    return answer.statusCode() / 100 == 3 || isTesting(answer) ? afterTest() : answer;
  }

  private static boolean isTesting(HttpResponse<String> page) {
    return page.body().contains("http-equiv=\"refresh\"");
  }

  private HttpRequest.Builder request(String step) {
    return at(path + step);
  }

  private HttpRequest.Builder at(String target) {
    return HttpRequest.newBuilder(URI.create("http://localhost:" + port + target))
        .timeout(Duration.ofSeconds(90));
  }

  private HttpResponse<String> keep(HttpResponse<String> page) {
    Matcher token = TOKEN.matcher(page.body());
    if (token.find()) {
      csrf = token.group(1);
    }
    return page;
  }

  private HttpResponse<String> send(HttpRequest request) {
    try {
      return http.send(request, HttpResponse.BodyHandlers.ofString());
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
