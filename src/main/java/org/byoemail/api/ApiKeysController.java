package org.byoemail.api;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.Scope;
import org.byoemail.operations.setup.FieldProblem;
import org.byoemail.operations.setup.FieldsRefused;
import org.byoemail.platform.access.ApiKeys;
import org.byoemail.platform.access.Caller;
import org.byoemail.platform.access.NewApiKey;
import org.byoemail.platform.access.Page;
import org.byoemail.platform.access.Permission;
import org.byoemail.platform.access.ResourceNotFound;
import org.byoemail.platform.access.Role;
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
  private static final int MAX_NAME = 100;
  private static final int MAX_PERMISSIONS = 100;

  private static final long DEFAULT_OVERLAP = Duration.ofDays(1).toSeconds();
  private static final long MAX_OVERLAP = Duration.ofDays(30).toSeconds();
  private static final Instant MAX_EXPIRY = Instant.parse("3000-01-01T00:00:00Z");

  private final ApiKeys keys;
  private final KeyBindings bindings;
  private final Clock clock;

  ApiKeysController(ApiKeys keys, KeyBindings bindings, Clock clock) {
    this.bindings = bindings;
    this.keys = keys;
    this.clock = clock;
  }

  @PostMapping
  @Operation(operationId = "createApiKey", summary = "Create an API key")
  @ResponseStatus(HttpStatus.CREATED)
  ApiKeyResponse create(
      @AuthenticationPrincipal Caller caller, @RequestBody ApiKeyRequest request) {
    List<FieldProblem> problems = new ArrayList<>();
    String name = line("name", request.name(), problems);
    OrganizationId organization = RequestParams.organization(caller, request.organization());
    checkExpiry(request.expiresAt(), problems);
    NewApiKey created =
        request.permissions() == null
            ? withRole(caller, name, organization, request, problems)
            : withPermissions(caller, name, organization, request, problems);
    return ApiKeyResponse.of(created.key(), created.secret());
  }

  private NewApiKey withRole(
      Caller caller,
      String name,
      @Nullable OrganizationId organization,
      ApiKeyRequest request,
      List<FieldProblem> problems) {
    if (caller.role() == null) {
      problems.add(
          new FieldProblem("permissions", "is required: the key that makes it has permissions"));
    }
    if (request.agents() != null || request.accounts() != null) {
      problems.add(
          new FieldProblem(
              request.agents() == null ? "accounts" : "agents",
              "needs permissions instead of a role"));
    }
    Role role = role(request.role(), problems);
    done(problems);
    return keys.create(name, role, organization, request.expiresAt());
  }

  private NewApiKey withPermissions(
      Caller caller,
      String name,
      @Nullable OrganizationId organization,
      ApiKeyRequest request,
      List<FieldProblem> problems) {
    if (request.role() != null) {
      problems.add(new FieldProblem("role", "cannot be given with permissions: leave one out"));
    }
    List<@Nullable String> words = Objects.requireNonNull(request.permissions());
    if (words.isEmpty() || words.size() > MAX_PERMISSIONS) {
      problems.add(
          new FieldProblem("permissions", "must have 1 to " + MAX_PERMISSIONS + " entries"));
      done(problems);
    }
    Set<Permission> permissions = EnumSet.noneOf(Permission.class);
    for (int i = 0; i < words.size(); i++) {
      String field = "permissions[" + i + "]";
      Permission one = Permission.of(String.valueOf(words.get(i))).orElse(null);
      if (one == null) {
        problems.add(
            new FieldProblem(
                field,
                "must be one of "
                    + String.join(", ", Permission.words(EnumSet.allOf(Permission.class)))));
      } else if (!caller.may(one)) {
        problems.add(new FieldProblem(field, "is not a permission of the key that makes this one"));
      } else {
        permissions.add(one);
      }
    }
    Scope binding = bindings.read(caller, organization, request, problems);
    if (binding != null) {
      checkBindable(words, problems);
    }
    done(problems);
    return keys.create(
        name,
        permissions,
        binding,
        organization == null ? bindings.organization(binding) : organization,
        caller.key(),
        request.expiresAt());
  }

  private static void checkBindable(List<@Nullable String> words, List<FieldProblem> problems) {
    for (int i = 0; i < words.size(); i++) {
      if (Permission.of(String.valueOf(words.get(i)))
          .filter(one -> !one.canBeBound())
          .isPresent()) {
        problems.add(
            new FieldProblem(
                "permissions[" + i + "]",
                "concerns the whole organization: leave it out, or agents and accounts"));
      }
    }
  }

  private static void done(List<FieldProblem> problems) {
    if (!problems.isEmpty()) {
      throw new FieldsRefused(problems);
    }
  }

  @GetMapping
  @Operation(operationId = "listApiKeys", summary = "List API keys")
  Page<ApiKeyResponse> list(
      @AuthenticationPrincipal Caller caller,
      @RequestParam(required = false) @Nullable String cursor,
      @RequestParam(required = false) @Nullable Integer limit) {
    int rows = RequestParams.limit(limit);
    return Page.of(
        keys.list(caller.organization(), maker(caller), RequestParams.cursor(cursor), rows + 1),
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
    ApiKeyRotation requested = request == null ? new ApiKeyRotation(null, null) : request;
    long overlap = requested.overlap() == null ? DEFAULT_OVERLAP : requested.overlap();
    List<FieldProblem> problems = new ArrayList<>();
    if (overlap < 0 || overlap > MAX_OVERLAP) {
      problems.add(new FieldProblem("overlap", "must be 0 to " + MAX_OVERLAP + " seconds"));
    }
    checkExpiry(requested.expiresAt(), problems);
    if (!problems.isEmpty()) {
      throw new FieldsRefused(problems);
    }
    if (keys.find(caller.organization(), id).isEmpty() || !isManagedBy(caller, id)) {
      throw new ResourceNotFound("key");
    }
    NewApiKey rotated =
        keys.rotate(caller.organization(), id, Duration.ofSeconds(overlap), requested.expiresAt())
            .orElseThrow(() -> new FieldsRefused("expiresAt", "is required: the key has expired"));
    return ApiKeyResponse.of(rotated.key(), rotated.secret());
  }

  @DeleteMapping("/{id}")
  @Operation(operationId = "deleteApiKey", summary = "Delete an API key")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void delete(@AuthenticationPrincipal Caller caller, @PathVariable UUID id) {
    if (!isManagedBy(caller, id) || !keys.delete(caller.organization(), id)) {
      throw new ResourceNotFound("key");
    }
  }

  /**
   * A key with permissions manages only those that it has made, or it could take a stronger one.
   */
  private boolean isManagedBy(Caller caller, UUID id) {
    UUID maker = maker(caller);
    return maker == null || keys.isMadeBy(id, maker);
  }

  private static @Nullable UUID maker(Caller caller) {
    return caller.role() == null ? Objects.requireNonNull(caller.key()) : null;
  }

  private static String line(String field, @Nullable String text, List<FieldProblem> problems) {
    String line = text == null ? "" : text.strip();
    if (line.isEmpty()
        || line.length() > MAX_NAME
        || line.chars().anyMatch(Character::isISOControl)) {
      problems.add(new FieldProblem(field, "must be a line of 1 to " + MAX_NAME + " characters"));
    }
    return line;
  }

  private void checkExpiry(@Nullable Instant expiresAt, List<FieldProblem> problems) {
    if (expiresAt != null
        && (!expiresAt.isAfter(clock.instant()) || expiresAt.isAfter(MAX_EXPIRY))) {
      problems.add(
          new FieldProblem("expiresAt", "must be in the future, and before " + MAX_EXPIRY));
    }
  }

  private static Role role(@Nullable String word, List<FieldProblem> problems) {
    try {
      return Role.of(word == null ? "" : word);
    } catch (IllegalArgumentException e) {
      problems.add(new FieldProblem("role", String.valueOf(e.getMessage())));
      return Role.PRODUCER;
    }
  }
}
