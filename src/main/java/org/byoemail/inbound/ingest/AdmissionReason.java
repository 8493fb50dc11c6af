package org.byoemail.inbound.ingest;

import java.util.Locale;

/** Why a mail was let in although its sender is not proven. */
public enum AdmissionReason {
  /** It answers a Message-ID that only its sender was sent. */
  ANSWERS_OURS,
  /** Its contact is trusted this way. */
  TRUSTED_WAY,
  /** A person let it in. */
  RELEASED;

  /** The word of the contract and of the database. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
