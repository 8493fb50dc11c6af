package org.byoemail.platform.access;

/** A new key with its secret, which is shown only here. */
public record NewApiKey(ApiKey key, String secret) {

  @Override
  public String toString() {
    return "NewApiKey[" + key + "]";
  }
}
