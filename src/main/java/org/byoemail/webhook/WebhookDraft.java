package org.byoemail.webhook;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.byoemail.account.connection.VettedHttp;
import org.byoemail.platform.event.EventType;
import org.jspecify.annotations.Nullable;

/**
 * The validated settings of a webhook. The host is vetted at each delivery, since DNS records
 * change.
 *
 * @param connectLinks whether its events include connect links: only if the caller who configures
 *     the webhook may create such links
 * @param decidesBy who allows its receiver to decide on reviews, such as {@code key:<id>}; null: it
 *     may not
 */
public record WebhookDraft(
    String url,
    @Nullable String description,
    List<String> types,
    List<UUID> agents,
    List<UUID> accounts,
    boolean connectLinks,
    @Nullable String decidesBy) {
  private static final int MAX_URL = 2_000;
  private static final int MAX_DESCRIPTION = 200;
  private static final int MAX_IDS = 100;
  private static final Set<String> TYPES =
      Arrays.stream(EventType.values()).map(EventType::word).collect(Collectors.toSet());

  /**
   * Checks the fields.
   *
   * @throws WebhookInvalid naming the field
   */
  public WebhookDraft {
    url = url(url);
    if (description != null) {
      description = description.strip();
      if (description.length() > MAX_DESCRIPTION
          || description.chars().anyMatch(Character::isISOControl)) {
        throw new WebhookInvalid(
            "description", "must be one line of at most " + MAX_DESCRIPTION + " characters");
      }
    }
    types = types.stream().distinct().toList();
    for (String type : types) {
      if (!TYPES.contains(type)) {
        throw new WebhookInvalid(
            "types", "must be among " + String.join(", ", TYPES.stream().sorted().toList()));
      }
    }
    agents = ids("agents", agents);
    accounts = ids("accounts", accounts);
  }

  private static List<UUID> ids(String field, List<UUID> ids) {
    if (ids.size() > MAX_IDS) {
      throw new WebhookInvalid(field, "must be at most " + MAX_IDS);
    }
    return ids.stream().distinct().toList();
  }

  private static String url(String text) {
    if (text.length() <= MAX_URL && text.chars().allMatch(c -> c > ' ' && c < 127)) {
      try {
        URI uri = new URI(text);
        if (VettedHttp.isAllowed(uri)) {
          return text;
        }
      } catch (URISyntaxException e) {
        // Refused below.
      }
    }
    throw new WebhookInvalid(
        "url",
        "must be an https URL in ASCII, without user or fragment, of at most "
            + MAX_URL
            + " characters (http only on localhost)");
  }

  @Override
  public String toString() {
    return "webhook draft";
  }
}
