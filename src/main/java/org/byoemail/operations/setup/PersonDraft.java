package org.byoemail.operations.setup;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.byoemail.format.mail.OrganizationId;
import org.jspecify.annotations.Nullable;

/**
 * A person to be created.
 *
 * @param organization the only one whose data is shown; null: all organisations
 * @param password null: the person is invited to set one
 */
public record PersonDraft(
    @Nullable String email,
    @Nullable String name,
    @Nullable OrganizationId organization,
    @Nullable List<@Nullable String> roles,
    @Nullable String password) {

  /** A copy of the roles is kept. */
  public PersonDraft {
    roles = roles == null ? null : Collections.unmodifiableList(new ArrayList<>(roles));
  }

  @Override
  public String toString() {
    return "PersonDraft[name=" + name + "]";
  }
}
