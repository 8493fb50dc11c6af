package org.byoemail.api;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.UUID;
import org.byoemail.operations.setup.ApiKeyDraft;
import org.byoemail.operations.setup.ApiKeySetup;
import org.byoemail.platform.access.Caller;
import org.byoemail.platform.access.NewApiKey;
import org.byoemail.platform.access.Page;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** API keys, for admins. The secret of a key is shown once, when it is created or rotated. */
@RestController
@RequestMapping("/api/v1/api-keys")
@Tag(name = "api-keys")
class ApiKeysController {
  private final ApiKeySetup setup;

  ApiKeysController(ApiKeySetup setup) {
    this.setup = setup;
  }

  @PostMapping
  @Operation(operationId = "createApiKey", summary = "Create an API key")
  @ResponseStatus(HttpStatus.CREATED)
  ApiKeyResponse create(
      @AuthenticationPrincipal Caller caller, @RequestBody ApiKeyRequest request) {
    NewApiKey created =
        setup.create(
            caller,
            new ApiKeyDraft(
                request.name(),
                request.role(),
                request.permissions(),
                request.agents(),
                request.accounts(),
                RequestParams.organization(caller, request.organization()),
                request.expiresAt(),
                request.requestsPerMinute()));
    return ApiKeyResponse.of(created.key(), created.secret());
  }

  @GetMapping
  @Operation(operationId = "listApiKeys", summary = "List API keys")
  Page<ApiKeyResponse> list(
      @AuthenticationPrincipal Caller caller,
      @RequestParam(required = false) @Nullable String cursor,
      @RequestParam(required = false) @Nullable Integer limit) {
    int rows = RequestParams.limit(limit);
    return Page.of(
        setup.list(caller, RequestParams.cursor(cursor), rows + 1),
        rows,
        key -> key.id(),
        key -> ApiKeyResponse.of(key, null));
  }

  @PostMapping("/{id}/rotate")
  @Operation(
      operationId = "rotateApiKey",
      summary = "Replace the secret of an API key",
      description =
          "Gives the key a new secret, shown once. The old secret works for another `overlap`"
              + " seconds; a secret older than that ends at once.")
  ApiKeyResponse rotate(
      @AuthenticationPrincipal Caller caller,
      @PathVariable UUID id,
      @RequestBody(required = false) @Nullable ApiKeyRotation request) {
    NewApiKey rotated =
        setup.rotate(
            caller,
            id,
            request == null ? null : request.overlap(),
            request == null ? null : request.expiresAt());
    return ApiKeyResponse.of(rotated.key(), rotated.secret());
  }

  @DeleteMapping("/{id}")
  @Operation(operationId = "deleteApiKey", summary = "Delete an API key")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void delete(@AuthenticationPrincipal Caller caller, @PathVariable UUID id) {
    setup.delete(caller, id);
  }
}
