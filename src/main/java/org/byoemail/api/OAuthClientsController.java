package org.byoemail.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.byoemail.account.oauth.GrantType;
import org.byoemail.account.oauth.OAuthClient;
import org.byoemail.account.oauth.OAuthClientDraft;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.operations.setup.FieldsRefused;
import org.byoemail.operations.setup.OAuthClientSetup;
import org.byoemail.platform.access.Caller;
import org.byoemail.platform.access.Page;
import org.byoemail.platform.access.PublicUrl;
import org.byoemail.platform.access.ResourceNotFound;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** OAuth clients that are registered with providers, for admins. Secrets are write-only. */
@RestController
@RequestMapping("/api/v1/oauth-clients")
@Tag(name = "oauth-clients")
class OAuthClientsController {
  private static final int MAX_LINE = 320;
  private static final int MAX_SECRET = 16_384;

  private final OAuthClientSetup setup;
  private final MergePatch patches;
  private final PublicUrl publicUrl;

  OAuthClientsController(OAuthClientSetup setup, MergePatch patches, PublicUrl publicUrl) {
    this.setup = setup;
    this.patches = patches;
    this.publicUrl = publicUrl;
  }

  @GetMapping
  @Operation(operationId = "listOAuthClients", summary = "List OAuth clients")
  Page<OAuthClientResponse> list(
      @AuthenticationPrincipal Caller caller,
      @RequestParam(required = false) @Nullable String organization,
      @RequestParam(required = false) @Nullable String cursor,
      @RequestParam(required = false) @Nullable Integer limit) {
    int rows = RequestParams.limit(limit);
    UUID after = RequestParams.cursor(cursor);
    List<OAuthClient> clients =
        setup.list(RequestParams.organization(caller, organization)).stream()
            .sorted(Comparator.comparing(client -> client.id().toString()))
            .filter(
                client -> after == null || client.id().toString().compareTo(after.toString()) > 0)
            .limit(rows + 1L)
            .toList();
    return Page.of(clients, rows, OAuthClient::id, this::response);
  }

  @PostMapping
  @Operation(operationId = "createOAuthClient", summary = "Create an OAuth client")
  @ResponseStatus(HttpStatus.CREATED)
  OAuthClientResponse create(
      @AuthenticationPrincipal Caller caller, @RequestBody OAuthClientRequest request) {
    OrganizationId organization = RequestParams.organization(caller, request.organization());
    return response(
        setup.create(
            Objects.requireNonNullElse(organization, OrganizationId.OPERATOR), draft(request)));
  }

  @GetMapping("/{id}")
  @Operation(operationId = "getOAuthClient", summary = "Get an OAuth client")
  OAuthClientResponse get(@AuthenticationPrincipal Caller caller, @PathVariable UUID id) {
    return response(find(caller, id));
  }

  @PatchMapping("/{id}")
  @Operation(operationId = "updateOAuthClient", summary = "Change an OAuth client")
  OAuthClientResponse change(
      @AuthenticationPrincipal Caller caller,
      @PathVariable UUID id,
      @io.swagger.v3.oas.annotations.parameters.RequestBody(
              content = @Content(schema = @Schema(implementation = OAuthClientRequest.class)))
          @RequestBody
          ObjectNode patch)
      throws JsonProcessingException {
    OAuthClientRequest present = OAuthClientRequest.of(find(caller, id));
    OAuthClientRequest request = patches.apply(present, patch, OAuthClientRequest.class);
    unchanged("organization", present.organization(), request.organization());
    unchanged("provider", present.provider(), request.provider());
    unchanged("kind", present.kind(), request.kind());
    return response(
        setup.change(id, draft(request)).orElseThrow(() -> new ResourceNotFound("OAuth client")));
  }

  @DeleteMapping("/{id}")
  @Operation(operationId = "deleteOAuthClient", summary = "Delete an OAuth client")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void delete(@AuthenticationPrincipal Caller caller, @PathVariable UUID id) {
    setup.delete(find(caller, id));
  }

  private OAuthClient find(Caller caller, UUID id) {
    return setup
        .find(id)
        .filter(client -> caller.sees(client.organization()))
        .orElseThrow(() -> new ResourceNotFound("OAuth client"));
  }

  private OAuthClientResponse response(OAuthClient client) {
    boolean redirects = client.kind() == GrantType.AUTHORIZATION_CODE && publicUrl.isSet();
    return OAuthClientResponse.of(
        client,
        redirects ? publicUrl.oauthCallback(client.provider(), client.organization()) : null);
  }

  private static OAuthClientDraft draft(OAuthClientRequest request) {
    String provider = line("provider", request.provider(), MAX_LINE);
    if (provider == null) {
      throw new FieldsRefused("provider", "is required");
    }
    return new OAuthClientDraft(
        provider,
        kind(request.kind()),
        line("clientId", request.clientId(), MAX_LINE),
        line("tenant", request.tenant(), MAX_LINE),
        secret(request.secret()),
        request.secretExpiresAt());
  }

  private static GrantType kind(@Nullable String word) {
    try {
      return word == null ? GrantType.AUTHORIZATION_CODE : GrantType.of(word);
    } catch (IllegalArgumentException e) {
      throw new FieldsRefused("kind", String.valueOf(e.getMessage()));
    }
  }

  private static @Nullable String line(String field, @Nullable String text, int most) {
    if (text == null) {
      return null;
    }
    String line = text.strip();
    if (line.isEmpty() || line.length() > most || line.chars().anyMatch(Character::isISOControl)) {
      throw new FieldsRefused(field, "must be a line of 1 to " + most + " characters");
    }
    return line;
  }

  private static @Nullable String secret(@Nullable String secret) {
    if (secret != null && (secret.isBlank() || secret.length() > MAX_SECRET)) {
      throw new FieldsRefused("secret", "must have 1 to " + MAX_SECRET + " characters");
    }
    return secret;
  }

  private static void unchanged(String field, @Nullable String before, @Nullable String after) {
    if (!Objects.equals(before, after)) {
      throw new FieldsRefused(field, "cannot be changed: create another OAuth client");
    }
  }
}
