package org.byoemail.operations.setup;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.byoemail.account.connection.VettedHttp;
import org.byoemail.account.link.ConnectLink;
import org.byoemail.format.mail.OrganizationId;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * The pages that a connect link may lead back to, compared by their exact origin and path. The
 * redirect target is built from the setting, never from the request. Immutable.
 */
@Component
public class ReturnUrls {
  private static final int MAX_LENGTH = 2000;

  private final List<URI> ofAll;
  private final Map<String, List<URI>> ofOrganization;

  ReturnUrls(ConnectSettings settings) {
    this.ofAll = settings.returnUrls().stream().map(ReturnUrls::configured).toList();
    this.ofOrganization =
        settings.organizations().entrySet().stream()
            .collect(
                Collectors.toMap(
                    Map.Entry::getKey,
                    entry -> entry.getValue().stream().map(ReturnUrls::configured).toList()));
  }

  /** The outcome of a link, as passed to its return URL. */
  public enum Outcome {
    /** The mailbox is connected. */
    CONNECTED,
    /** The owner pressed Cancel; the link can still be used. */
    CANCELLED,
    /** The link has expired, or was withdrawn. */
    EXPIRED;

    private String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * The allowed address that equals the given one.
   *
   * @throws IllegalArgumentException naming the reason
   */
  String allowed(OrganizationId organization, String given) {
    URI wanted = parse(given);
    return Stream.concat(
            ofAll.stream(), ofOrganization.getOrDefault(organization.value(), List.of()).stream())
        .filter(allowed -> isSame(allowed, wanted))
        .findFirst()
        .map(URI::toString)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "is not allowed: the operator has to add its exact origin and path to"
                        + " byo.connect.return-urls, or to byo.connect.organizations."
                        + organization));
  }

  /**
   * Where the browser goes from a link; empty if it has no return URL, or that one is no longer
   * allowed. It contains the state, encoded, and the account, if any.
   */
  public Optional<String> back(ConnectLink link, Outcome outcome) {
    if (link.returnUrl() == null) {
      return Optional.empty();
    }
    String base;
    try {
      base = allowed(link.organization(), link.returnUrl());
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    StringBuilder url = new StringBuilder(base).append("?outcome=").append(outcome.word());
    if (link.state() != null) {
      url.append("&state=").append(encode(link.state()));
    }
    if (outcome == Outcome.CONNECTED && link.progress().account() != null) {
      url.append("&account=").append(link.progress().account());
    }
    return Optional.of(url.toString());
  }

  private static URI configured(String text) {
    try {
      return parse(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "byo.connect: the return URL " + text + " " + e.getMessage(), e);
    }
  }

  private static URI parse(String text) {
    try {
      URI uri = new URI(text);
      if (text.length() <= MAX_LENGTH && VettedHttp.isAllowed(uri) && uri.getRawQuery() == null) {
        return uri;
      }
    } catch (URISyntaxException e) {
      // Reported below.
    }
    throw new IllegalArgumentException(
        "must be an https URL (http only on localhost) without user, query and fragment; put data"
            + " for the page into state");
  }

  private static boolean isSame(URI one, URI other) {
    return lower(one.getScheme()).equals(lower(other.getScheme()))
        && lower(one.getHost()).equals(lower(other.getHost()))
        && port(one) == port(other)
        && path(one).equals(path(other));
  }

  private static int port(URI uri) {
    if (uri.getPort() >= 0) {
      return uri.getPort();
    }
    return lower(uri.getScheme()).equals("https") ? 443 : 80;
  }

  private static String path(URI uri) {
    return uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
  }

  private static String lower(@Nullable String text) {
    return text == null ? "" : text.toLowerCase(Locale.ROOT);
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
