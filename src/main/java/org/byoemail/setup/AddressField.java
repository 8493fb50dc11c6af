package org.byoemail.setup;

import org.byoemail.format.mail.EmailAddress;
import org.jspecify.annotations.Nullable;

/** Reads an address that somebody typed into the field {@code address}. */
public final class AddressField {
  private static final String FIELD = "address";

  private AddressField() {}

  /**
   * The address.
   *
   * @throws FieldsRefused where there is none
   */
  public static EmailAddress read(@Nullable String text) {
    if (text == null || text.isBlank()) {
      throw new FieldsRefused(FIELD, "is needed");
    }
    try {
      return EmailAddress.parse(text);
    } catch (IllegalArgumentException e) {
      throw new FieldsRefused(FIELD, "is not valid: " + e.getMessage());
    }
  }
}
