package org.byoemail.account.registry;

import java.util.Arrays;

/** A password as it is stored: sealed. {@link Secrets} opens it. */
public final class SealedSecret {
  private final byte[] sealed;

  SealedSecret(byte[] sealed) {
    this.sealed = sealed.clone();
  }

  byte[] bytes() {
    return sealed.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SealedSecret that && Arrays.equals(sealed, that.sealed);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(sealed);
  }

  @Override
  public String toString() {
    return "sealed";
  }
}
