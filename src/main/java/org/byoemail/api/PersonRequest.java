package org.byoemail.api;

import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The body of a request that creates a person. */
@Schema(name = "PersonRequest")
record PersonRequest(
    @Nullable
        @Schema(
            requiredMode = Schema.RequiredMode.REQUIRED,
            description = "the login, an email address")
        String email,
    @Nullable @Schema(requiredMode = Schema.RequiredMode.REQUIRED) String name,
    @Nullable @Schema(description = "the organization whose data is shown; absent: all")
        String organization,
    @Nullable
        @Schema(
            requiredMode = Schema.RequiredMode.REQUIRED,
            description = "at least one of viewer, reviewer, operator, admin")
        List<String> roles,
    @Nullable
        @Schema(
            accessMode = Schema.AccessMode.WRITE_ONLY,
            description = "absent: the person sets one with the link in the response")
        String password) {

  @Override
  public String toString() {
    return "person request";
  }
}
