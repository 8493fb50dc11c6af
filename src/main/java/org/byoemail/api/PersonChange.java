package org.byoemail.api;

import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.platform.access.Person;
import org.jspecify.annotations.Nullable;

/** The body of a request that changes a person. */
@Schema(name = "PersonPatch")
record PersonChange(
    @Nullable String name,
    @Nullable @Schema(description = "null: all") String organization,
    @Nullable @Schema(description = "replace the present roles") List<String> roles,
    @Nullable @Schema(description = "true: the person cannot log in, and all sessions end")
        Boolean disabled) {

  static PersonChange of(Person person) {
    return new PersonChange(
        person.name(),
        OrganizationId.valueOrNull(person.organization()),
        person.roleWords(),
        person.disabledAt() != null);
  }
}
