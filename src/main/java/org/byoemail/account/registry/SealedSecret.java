package org.byoemail.account.registry;

import java.util.Arrays;

/** A secret as it is stored: sealed. {@link Secrets} opens it. Immutable. */
public final class SealedSecret {
  private final byte[] sealed;

  /** What a row holds. */
  public SealedSecret(byte[] sealed) {
    this.sealed = sealed.clone();
  }

  /** What the row holds. */
  public byte[] bytes() {
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
