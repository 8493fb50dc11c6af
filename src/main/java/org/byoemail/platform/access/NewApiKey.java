package org.byoemail.platform.access;

/** A key that was just made, with the only sight of its secret. */
public record NewApiKey(ApiKey key, String secret) {

  @Override
  public String toString() {
    return "NewApiKey[" + key + "]";
  }
}
