package org.byoemail.format.mail;

import java.util.List;

/**
 * An address of a From, To, Cc or Reply-To field with its display name.
 *
 * @param name the decoded display name; empty if absent
 */
public record NamedAddress(String name, EmailAddress address) {

  /**
   * Reads a list of addresses (RFC 5322 section 3.4), broken ones included; what is no address is
   * left out.
   */
  public static List<NamedAddress> parseAll(String field) {
    return AddressFields.parse(field);
  }
}
