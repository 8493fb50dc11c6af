package org.byoemail.platform.dossier;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.StringUtils;

/**
 * The chain of dossier entries.
 *
 * @param enabled whether entries about messages are written; what concerns the chain itself, such
 *     as an erasure, always is
 * @param interval between two seals of an organisation's chain
 * @param signingKey Ed25519 private key that signs the chain's heads, in Base64: its 32 bytes, or
 *     PKCS #8; a secret. Without it the chain is not signed
 */
@ConfigurationProperties("byo.dossier")
record DossierSettings(
    @DefaultValue("true") boolean enabled,
    @DefaultValue("5s") Duration interval,
    @Nullable String signingKey) {

  DossierSettings {
    if (interval.toMillis() < 100 || interval.toHours() > 24) {
      throw new IllegalArgumentException("byo.dossier.interval: must be 100ms to 24h");
    }
    if (StringUtils.hasText(signingKey)) {
      SigningKey.parse(signingKey);
    }
  }

  @Nullable SigningKey key() {
    return StringUtils.hasText(signingKey) ? SigningKey.parse(signingKey) : null;
  }

  @Override
  public String toString() {
    return "DossierSettings[enabled=" + enabled + ", interval=" + interval + "]";
  }
}
