package org.byoemail.account.registry;

import java.util.Base64;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The keys that seal passwords.
 *
 * @param keyset keys of 32 bytes in Base64: the first seals, all of them open; to rotate, put a new
 *     one in front
 */
@ConfigurationProperties("byo.secret")
record SecretSettings(@DefaultValue List<String> keyset) {
  private static final int KEY_BYTES = 32;

  SecretSettings {
    if (keyset.isEmpty()) {
      throw new IllegalArgumentException(
          "byo.secret.keyset (BYO_SECRET_KEYSET) is not set: passwords cannot be sealed;"
              + " make a key with 'openssl rand -base64 32'");
    }
    keyset.forEach(SecretSettings::decode);
  }

  static byte[] decode(String key) {
    try {
      byte[] bytes = Base64.getDecoder().decode(key.strip());
      if (bytes.length == KEY_BYTES) {
        return bytes;
      }
    } catch (IllegalArgumentException e) {
      // Reported below without the cause, whose message quotes the key.
    }
    throw new IllegalArgumentException(
        "byo.secret.keyset (BYO_SECRET_KEYSET) must hold keys of 32 bytes in Base64, separated by commas");
  }

  @Override
  public String toString() {
    return "SecretSettings[" + keyset.size() + " keys]";
  }
}
