package org.byoemail.api;

import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.byoemail.operations.setup.FieldsRefused;
import org.byoemail.webhook.Webhook;
import org.byoemail.webhook.WebhookDraft;
import org.jspecify.annotations.Nullable;

/** The body of a request that creates or changes a webhook. */
@Schema(name = "WebhookRequest")
record WebhookRequest(
    @Nullable
        @Schema(
            requiredMode = Schema.RequiredMode.REQUIRED,
            description = "where events are posted: https, http only on localhost")
        String url,
    @Nullable @Schema(description = "for people") String description,
    @Nullable @Schema(description = "types of events; none: every type") List<String> types,
    @Nullable @Schema(description = "ids of agents; none: every agent") List<UUID> agents,
    @Nullable @Schema(description = "ids of accounts; none: every account") List<UUID> accounts,
    @Nullable
        @Schema(
            description =
                "whether its receiver may decide on reviews in its answers to"
                    + " message.review_requested; needs reviews:decide, as does each further change"
                    + " of such a webhook")
        Boolean decides,
    @Nullable @Schema(description = "cannot be changed") String organization) {

  static WebhookRequest of(Webhook webhook) {
    return new WebhookRequest(
        webhook.url(),
        webhook.description(),
        webhook.types(),
        webhook.agents(),
        webhook.accounts(),
        webhook.decides(),
        webhook.organization().value());
  }

  /**
   * Reads the draft.
   *
   * @param connectLinks whether its events may include connect links
   * @param reviewer who allows its receiver to decide, if that is requested
   */
  WebhookDraft draft(boolean connectLinks, String reviewer) {
    if (url == null) {
      throw new FieldsRefused("url", "is required");
    }
    return new WebhookDraft(
        url,
        description,
        list("types", types),
        list("agents", agents),
        list("accounts", accounts),
        connectLinks,
        Boolean.TRUE.equals(decides) ? reviewer : null);
  }

  private static <T> List<T> list(String field, @Nullable List<T> list) {
    if (list == null) {
      return List.of();
    }
    if (list.stream().anyMatch(Objects::isNull)) {
      throw new FieldsRefused(field, "must not hold null");
    }
    return list;
  }

  @Override
  public String toString() {
    return "webhook request";
  }
}
