package org.byoemail.operations.setup;

import org.byoemail.format.mail.EmailAddress;
import org.jspecify.annotations.Nullable;

/** Reads the field {@code address} of a request or form. */
public final class AddressField {
  private static final String FIELD = "address";

  private AddressField() {}

  /**
   * The address.
   *
   * @throws FieldsRefused if the address is absent or not valid
   */
  public static EmailAddress read(@Nullable String text) {
    if (text == null || text.isBlank()) {
      throw new FieldsRefused(FIELD, "is required");
    }
    try {
      return EmailAddress.parse(text);
    } catch (IllegalArgumentException e) {
      throw new FieldsRefused(FIELD, "is not valid: " + e.getMessage());
    }
  }
}
