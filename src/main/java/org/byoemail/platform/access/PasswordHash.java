package org.byoemail.platform.access;

/** The hash of a password, which takes a while to compute: before a transaction begins. */
public record PasswordHash(String value) {
  @Override
  public String toString() {
    return "PasswordHash";
  }
}
