package org.byoemail.operations.setup;

import java.util.List;
import java.util.UUID;
import org.byoemail.account.registry.SealedColumn;
import org.byoemail.account.registry.SealedColumns;
import org.byoemail.account.registry.SealedSecret;
import org.byoemail.account.registry.Secrets;
import org.byoemail.platform.access.SecondFactors;
import org.byoemail.platform.access.SecretSeal;
import org.springframework.stereotype.Component;

/** Seals the secrets of people's authenticator apps with the keyset, and has them resealed. */
@Component
class SecondFactorSeal implements SecretSeal, SealedColumns {
  private final Secrets secrets;

  SecondFactorSeal(Secrets secrets) {
    this.secrets = secrets;
  }

  @Override
  public byte[] seal(UUID owner, String field, String secret) {
    return secrets.seal(owner, field, secret).bytes();
  }

  @Override
  public String open(UUID owner, String field, byte[] sealed) {
    return secrets.open(owner, field, new SealedSecret(sealed));
  }

  @Override
  public List<SealedColumn> columns() {
    return List.of(
        new SealedColumn(
            "second_factor",
            "person_id",
            "totp_secret",
            SecondFactors.FIELD,
            SecondFactors.RESEAL));
  }
}
