package org.byoemail.api;

import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.byoemail.access.ApiKeys;
import org.byoemail.access.Caller;
import org.byoemail.access.NewApiKey;
import org.byoemail.access.Role;
import org.byoemail.setup.FieldProblem;
import org.byoemail.setup.FieldsRefused;
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

/** Keys, for admins. A key itself is told once, when it is made. */
@RestController
@RequestMapping("/api/v1/api-keys")
@Tag(name = "api-keys")
class ApiKeysController {
  private static final int LONGEST_NAME = 100;

  private final ApiKeys keys;

  ApiKeysController(ApiKeys keys) {
    this.keys = keys;
  }

  @PostMapping
  @ResponseStatus(HttpStatus.CREATED)
  KeyJson.Shown create(
      @AuthenticationPrincipal Caller caller, @RequestBody KeyJson.Request request) {
    List<FieldProblem> problems = new ArrayList<>();
    String name = line("name", request.name(), problems);
    String organization =
        request.organization() == null
            ? null
            : line("organization", request.organization(), problems);
    Role role = role(request.role(), problems);
    if (!problems.isEmpty()) {
      throw new FieldsRefused(problems);
    }
    NewApiKey made = keys.create(name, role, Organizations.of(caller, organization));
    return KeyJson.Shown.of(made.key(), made.secret());
  }

  @GetMapping
  Page<KeyJson.Shown> list(
      @AuthenticationPrincipal Caller caller,
      @RequestParam(required = false) @Nullable String cursor,
      @RequestParam(required = false) @Nullable Integer limit) {
    int rows = Asked.limit(limit);
    return Page.of(
        keys.list(caller.organization(), Asked.cursor(cursor), rows + 1),
        rows,
        key -> key.id(),
        key -> KeyJson.Shown.of(key, null));
  }

  @DeleteMapping("/{id}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void delete(@AuthenticationPrincipal Caller caller, @PathVariable UUID id) {
    if (!keys.delete(caller.organization(), id)) {
      throw new NotThere("key");
    }
  }

  private static String line(String field, @Nullable String text, List<FieldProblem> problems) {
    String line = text == null ? "" : text.strip();
    if (line.isEmpty()
        || line.length() > LONGEST_NAME
        || line.chars().anyMatch(Character::isISOControl)) {
      problems.add(
          new FieldProblem(field, "must be a line of 1 to " + LONGEST_NAME + " characters"));
    }
    return line;
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
