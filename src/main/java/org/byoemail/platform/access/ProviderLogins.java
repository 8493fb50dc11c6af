package org.byoemail.platform.access;

import java.util.Optional;
import org.springframework.stereotype.Component;

/** Whether people can log in at an OpenID provider. Immutable. */
@Component
public class ProviderLogins {
  private final OidcSettings settings;

  ProviderLogins(OidcSettings settings) {
    this.settings = settings;
  }

  /** The label of the button; empty: there is no button. */
  public Optional<String> button() {
    return settings.isOn() ? Optional.of(settings.label()) : Optional.empty();
  }
}
