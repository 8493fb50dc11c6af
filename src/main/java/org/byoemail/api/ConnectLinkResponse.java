package org.byoemail.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.byoemail.account.link.ConnectLink;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.platform.access.Caller;
import org.jspecify.annotations.Nullable;

/**
 * A connect link in a response.
 *
 * @param url only in the response that makes the link
 */
@Schema(name = "ConnectLink")
record ConnectLinkResponse(
    UUID id,
    String organization,
    UUID agent,
    @Nullable
        @Schema(
            description =
                "the account that is signed in again, or that was connected; null: none yet")
        UUID account,
    @Nullable @Schema(description = "the address, or null where the owner types one")
        String address,
    List<String> providers,
    @Schema(allowableValues = {"discovered", "any"}) String servers,
    @Nullable String returnUrl,
    @Nullable String state,
    @Schema(allowableValues = {"open", "used", "revoked", "expired"}) String status,
    @Nullable @Schema(description = "null for the key of an organization") String createdBy,
    Instant createdAt,
    Instant expiresAt,
    @Nullable @Schema(description = "when it was bound to a browser; null: not yet")
        Instant openedAt,
    @Nullable @Schema(description = "when a mailbox was connected by it; null: not yet")
        Instant usedAt,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String url) {

  static ConnectLinkResponse of(Caller caller, ConnectLink link, @Nullable String url) {
    return new ConnectLinkResponse(
        link.id(),
        link.organization().value(),
        link.agent().value(),
        link.connected() == null ? null : link.connected().value(),
        address(link),
        link.signIn(),
        link.anyServers() ? "any" : "discovered",
        link.returnUrl(),
        link.state(),
        link.status().word(),
        // It may be an operator's name, which an organisation does not get.
        caller.organization() == null ? link.createdBy() : null,
        link.createdAt(),
        link.expiresAt(),
        link.progress().openedAt(),
        link.progress().usedAt(),
        url);
  }

  private static @Nullable String address(ConnectLink link) {
    EmailAddress address =
        link.status() == ConnectLink.Status.USED ? link.mailbox() : link.address();
    return address == null ? null : address.value();
  }

  @Override
  public String toString() {
    return "ConnectLink[" + id + "]";
  }
}
