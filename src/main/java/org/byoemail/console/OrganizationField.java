package org.byoemail.console;

import org.byoemail.format.mail.OrganizationId;
import org.byoemail.operations.setup.AgentSetup;
import org.byoemail.operations.setup.FieldsRefused;
import org.jspecify.annotations.Nullable;

/** The field {@code organization} of forms and filters. */
final class OrganizationField {
  private OrganizationField() {}

  /** The organisation whose data a page shows or changes; empty: the default one. */
  static OrganizationId orDefault(String text) {
    return text.isBlank() ? AgentSetup.DEFAULT_ORGANIZATION : new OrganizationId(text.strip());
  }

  /**
   * The organisation that a new row gets; null: all.
   *
   * @throws FieldsRefused if the name is not valid
   */
  static @Nullable OrganizationId orAll(String text) {
    try {
      return text.isBlank() ? null : OrganizationId.parse(text.strip());
    } catch (IllegalArgumentException e) {
      throw new FieldsRefused("organization", String.valueOf(e.getMessage()));
    }
  }
}
